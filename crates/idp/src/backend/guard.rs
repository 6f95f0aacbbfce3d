//! Around every handler: key, quota, version, trace id.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};

use super::answer::render;
use super::caller::Caller;
use super::params::Params;
use super::quota::Bound;
use super::state::Backend;
use super::version::Version;
use crate::error::{Refusal, Result};
use crate::{secrets, store};

/// The one path whose use is not bounded: verifiers refetch keys whenever they meet a new one.
const UNBOUNDED: &str = "/v1/jwks";
/// What machines may ask with their own keys, below the version or without it.
const OF_MACHINES: &str = "/m2m_tokens";

/// Admits a request or refuses it; renders refusals.
pub(super) async fn guard(
    State(backend): State<Arc<Backend>>,
    mut request: Request,
    next: Next,
) -> Response {
    let trace = hex::encode(backend.idp.env().bytes::<16>());
    let mut response = match admit(&backend, request.headers(), request.uri()).await {
        Ok((version, caller)) => {
            request.extensions_mut().insert(version);
            request.extensions_mut().insert(caller);
            render(next.run(request).await, &trace)
        }
        Err(error) => error.answer(&trace),
    };
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn admit(backend: &Backend, headers: &HeaderMap, uri: &Uri) -> Result<(Version, Caller)> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let Some(token) = token else {
        let text = "Unable to authenticate the request: no secret key was sent as bearer token.";
        let status = StatusCode::UNAUTHORIZED;
        return Err(Refusal::new(status, "authentication_invalid", text).into());
    };
    let Some(caller) = caller(backend, token, uri.path()).await? else {
        let text = "The provided Clerk Secret Key is invalid.";
        let status = StatusCode::UNAUTHORIZED;
        return Err(Refusal::new(status, "clerk_key_invalid", text).into());
    };
    if uri.path() != UNBOUNDED {
        backend.take(Bound::Requests)?;
    }
    let params = Params::parse(uri.query().unwrap_or_default());
    Ok((Version::read(headers, &params)?, caller))
}

/// Whose key it is. A machine's opens nothing but what concerns its tokens.
async fn caller(backend: &Backend, token: &str, path: &str) -> Result<Option<Caller>> {
    if backend.is_key(token) {
        return Ok(Some(Caller::Instance));
    }
    let unversioned = path.strip_prefix("/v1").unwrap_or(path);
    let rest = unversioned.strip_prefix(OF_MACHINES);
    let is_of_machines = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if !is_of_machines || !token.starts_with("ak_") {
        return Ok(None);
    }
    let mut tx = backend.begin().await?;
    let (digest, now) = (secrets::digest(token), store::now(backend.idp.env()));
    let machine = store::machines::find_by_secret(&mut tx, &digest, now).await?;
    tx.commit().await?;
    Ok(machine.map(Caller::Machine))
}
