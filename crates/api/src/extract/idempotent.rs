//! The `Idempotency-Key` of a request, with the JSON body that it came with or without one.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use bailiwick_kernel::Problem;
use bailiwick_services::idempotency::IdempotencyKey;
use http::HeaderMap;
use http::request::Parts;
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

/// The idempotency key of a request without a body, bound to the path.
#[derive(Debug)]
pub struct Key(pub Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let header = read_key(&parts.headers)?;
        Ok(Self(header.map(|key| {
            IdempotencyKey::new(key, parts.uri.path(), &[])
        })))
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
