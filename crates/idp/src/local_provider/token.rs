//! Codes and refresh tokens become access tokens.

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::flavor::Flavor;
use super::store::Grant;
use super::{LocalProvider, oidc};
use crate::frontend::fields::Fields;
use crate::secrets;

/// How long an access token is good.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

/// `POST …/token`.
pub async fn token(
    flavor: Flavor,
    State(provider): State<LocalProvider>,
    headers: HeaderMap,
    RawForm(form): RawForm,
) -> Response {
    let form = Fields::parse(&form).unwrap_or_default();
    let answer = match granted(flavor, &provider, &headers, &form) {
        Ok((grant, refresh)) => issue(flavor, &provider, grant, refresh),
        Err(error) => Err(error),
    };
    let mut response = match answer {
        Ok(body) => Json(body).into_response(),
        Err(error) => {
            // GitHub says errors with status 200.
            let status = match (flavor, error) {
                (Flavor::GitHub, _) => StatusCode::OK,
                (_, "invalid_client") => StatusCode::UNAUTHORIZED,
                _ => StatusCode::BAD_REQUEST,
            };
            (status, Json(json!({ "error": error }))).into_response()
        }
    };
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

fn granted(
    flavor: Flavor,
    provider: &LocalProvider,
    headers: &HeaderMap,
    form: &Fields,
) -> Result<(Grant, Option<String>), &'static str> {
    if !is_client(flavor, provider, headers, form) {
        return Err("invalid_client");
    }
    let text = |name: &str| form.get(name).unwrap_or_default();
    // GitHub's clients need not name the grant.
    let grant_type = form.get("grant_type").unwrap_or("authorization_code");
    match grant_type {
        "authorization_code" => {
            let found = provider
                .0
                .store
                .take_code(text("code"), provider.0.env.now());
            let grant = found.ok_or("invalid_grant")?;
            let met = digest(&SHA256, text("code_verifier").as_bytes());
            let fits = grant.flavor == flavor
                && grant.redirect_uri == text("redirect_uri")
                && grant.challenge == URL_SAFE_NO_PAD.encode(met);
            fits.then_some((grant, None)).ok_or("invalid_grant")
        }
        "refresh_token" => {
            let grant = provider.0.store.refresh(text("refresh_token"));
            let grant = grant.filter(|grant| grant.flavor == flavor);
            let grant = grant.ok_or("invalid_grant")?;
            Ok((grant, Some(text("refresh_token").to_owned())))
        }
        _ => Err("unsupported_grant_type"),
    }
}

/// Whether the client knows its secret, in the form or as basic authentication.
fn is_client(flavor: Flavor, provider: &LocalProvider, headers: &HeaderMap, form: &Fields) -> bool {
    let basic = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Basic "))
        .and_then(|text| String::from_utf8(STANDARD.decode(text).ok()?).ok());
    let (id, secret) = match basic.as_deref().and_then(|text| text.split_once(':')) {
        Some((id, secret)) => (Some(id), secret),
        None => (
            form.get("client_id"),
            form.get("client_secret").unwrap_or_default(),
        ),
    };
    let right = secret.as_bytes().ct_eq(provider.0.client_secret.as_bytes());
    id == Some(flavor.client_id()) && bool::from(right)
}

fn issue(
    flavor: Flavor,
    provider: &LocalProvider,
    mut grant: Grant,
    refresh: Option<String>,
) -> Result<Value, &'static str> {
    let (env, store) = (&provider.0.env, &provider.0.store);
    let now = env.now();
    grant.until = now.saturating_add(LIFETIME).unwrap_or(now);
    let access = secrets::opaque(env);
    store.put_access(&access, grant.clone());
    if flavor == Flavor::GitHub {
        // GitHub separates scopes by commas, and its tokens last.
        let scope = grant.scope.replace(' ', ",");
        return Ok(json!({ "access_token": access, "token_type": "bearer", "scope": scope }));
    }
    let refresh = refresh.unwrap_or_else(|| {
        let token = secrets::opaque(env);
        store.put_refresh(&token, grant.clone());
        token
    });
    Ok(json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": LIFETIME.as_secs(),
        "refresh_token": refresh,
        "scope": grant.scope,
        "id_token": oidc::id_token(provider, &grant).ok_or("server_error")?,
    }))
}
