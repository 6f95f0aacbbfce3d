//! From a request's bearer to who asks ([`Caller`]) and where ([`Scope`]): the only entries.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use bailiwick_kernel::id::{OrgId, RequestId};
use bailiwick_kernel::{Code, PlatformRole, Problem};
use bailiwick_services::{Caller, RequestInfo, Scope};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use http::request::Parts;

use crate::problem::ApiProblem;
use crate::state::AppState;
use crate::{client_address, request};

/// Names an organization: for operators the one that they mean, for everybody else a confirmation
/// of the active one.
const ORGANIZATION: &str = "x-organization-id";

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        let token = bearer(&parts.headers)?;
        let claims = state.app.verify(token).await?;
        let info = RequestInfo {
            id: request_id(parts, state),
            address: Some(address(parts, state)),
        };
        let caller = state.app.caller(claims.clone(), None, info.clone()).await?;
        request::note_user(caller.user());
        if let Some(acting) = caller.acting() {
            request::note_impersonator(acting.impersonator);
        }
        state.limits.count_user(caller.user())?;
        match named_organization(&parts.headers)? {
            None => Ok(caller),
            Some(org) if caller.platform_role() != PlatformRole::None => {
                Ok(state.app.caller(claims, Some(org), info).await?)
            }
            Some(org) if caller.active_organization() == Some(org) => Ok(caller),
            Some(_) => Err(Code::TenantContextMismatch.into()),
        }
    }
}

impl FromRequestParts<AppState> for Scope {
    type Rejection = ApiProblem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiProblem> {
        let scope = Self::open(Caller::from_request_parts(parts, state).await?).await?;
        request::note_tenant(scope.org(), scope.schema());
        Ok(scope)
    }
}

/// The bearer token. No header is "who are you", any other header is "I do not believe you".
fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values
        .next()
        .ok_or_else(|| Problem::new(Code::AuthRequired))?;
    let invalid = || Problem::new(Code::AuthInvalidToken);
    if values.next().is_some() {
        return Err(invalid());
    }
    let text = value.to_str().map_err(|_| invalid())?;
    let (scheme, token) = text.split_once(' ').ok_or_else(invalid)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(token.trim())
    } else {
        Err(invalid())
    }
}

fn named_organization(headers: &HeaderMap) -> Result<Option<OrgId>, Problem> {
    let Some(value) = headers.get(ORGANIZATION) else {
        return Ok(None);
    };
    let id = value.to_str().ok().and_then(|text| text.parse().ok());
    id.map(Some)
        .ok_or_else(|| Problem::new(Code::TenantContextMismatch))
}

fn request_id(parts: &Parts, state: &AppState) -> RequestId {
    let found = parts.extensions.get::<RequestId>().copied();
    found.unwrap_or_else(|| RequestId::from(state.env.uuid()))
}

fn address(parts: &Parts, state: &AppState) -> String {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    client_address(peer, &parts.headers, state.http.trusted_proxies).to_string()
}
