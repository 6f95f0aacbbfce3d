//! A JSON body with the `Idempotency-Key` that came with it.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use bailiwick_kernel::Problem;
use bailiwick_services::idempotency::IdempotencyKey;
use http::HeaderMap;
use serde::de::DeserializeOwned;

use super::json::{body, parse};
use crate::problem::ApiProblem;

/// Longer keys are refused.
const KEY_CHARS_MAX: usize = 255;

/// A JSON body, as [`super::Json`], and the request's idempotency key where it has one.
#[derive(Debug)]
pub struct Idempotent<T> {
    /// The key, bound to the path and the body's bytes.
    pub key: Option<IdempotencyKey>,
    /// The body.
    pub body: T,
}

impl<S, T> FromRequest<S> for Idempotent<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = ApiProblem;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiProblem> {
        let header = read_key(request.headers())?;
        let path = request.uri().path().to_owned();
        let bytes: Bytes = body(request, state).await?;
        let key = header.map(|key| IdempotencyKey::new(key, &path, &bytes));
        Ok(Self {
            key,
            body: parse(&bytes)?,
        })
    }
}

fn read_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > KEY_CHARS_MAX {
        let message = format!("must be 1 to {KEY_CHARS_MAX} visible ASCII characters");
        return Err(Problem::invalid("Idempotency-Key", message));
    }
    Ok(Some(text.to_owned()))
}
