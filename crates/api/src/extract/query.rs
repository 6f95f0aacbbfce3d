//! The query string.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::refusal;
use crate::problem::ApiProblem;

/// The query string as a value; 422 with the parameter's name where it does not fit. Parameters
/// that the operation does not know are left alone, as links carry some of their own.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<S, T> FromRequestParts<S> for Query<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiProblem> {
        let text = parts.uri.query().unwrap_or("");
        let pairs = url::form_urlencoded::parse(text.as_bytes());
        let query = serde_urlencoded::Deserializer::new(pairs);
        let value = serde_path_to_error::deserialize(query).map_err(|error| {
            refusal::of_serde(&error.path().to_string(), &error.inner().to_string())
        })?;
        Ok(Self(value))
    }
}
