//! Around every handler: key, quota, version, trace id.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, StatusCode, header};

use super::answer::render;
use super::params::Params;
use super::state::Backend;
use super::version::Version;
use crate::error::{Error, Refusal};

/// The one path whose use is not bounded: verifiers refetch keys whenever they meet a new one.
const UNBOUNDED: &str = "/v1/jwks";

/// Admits a request or refuses it; renders refusals.
pub(super) async fn guard(
    State(backend): State<Arc<Backend>>,
    mut request: Request,
    next: Next,
) -> Response {
    let trace = hex::encode(backend.idp.env().bytes::<16>());
    let mut response = match admit(&backend, &request) {
        Ok(version) => {
            request.extensions_mut().insert(version);
            render(next.run(request).await, &trace)
        }
        Err(refusal) => Error::from(refusal).answer(&trace),
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn admit(backend: &Backend, request: &Request) -> Result<Version, Refusal> {
    let headers = request.headers();
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let Some(token) = token else {
        let text = "Unable to authenticate the request: no secret key was sent as bearer token.";
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "authentication_invalid",
            text,
        ));
    };
    if !backend.is_key(token) {
        let text = "The provided Clerk Secret Key is invalid.";
        return Err(Refusal::new(
            StatusCode::UNAUTHORIZED,
            "clerk_key_invalid",
            text,
        ));
    }
    if request.uri().path() != UNBOUNDED {
        backend.quota.take(backend.idp.env().now())?;
    }
    Version::read(
        headers,
        &Params::parse(request.uri().query().unwrap_or_default()),
    )
}
