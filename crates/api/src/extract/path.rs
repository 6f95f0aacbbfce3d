//! Parts of the path.

use axum::extract::FromRequestParts;
use bailiwick_kernel::Problem;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::problem::ApiProblem;

/// Parts of the path. What is no id names nothing, so it is 404 and not 422.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<S, T> FromRequestParts<S> for Path<T>
where
    S: Send + Sync,
    T: DeserializeOwned + Send,
{
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiProblem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(rejection) if rejection.status().is_server_error() => {
                Err(Problem::internal(rejection.body_text()).into())
            }
            Err(_) => Err(Problem::not_found().into()),
        }
    }
}
