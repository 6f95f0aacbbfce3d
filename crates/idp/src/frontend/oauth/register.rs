//! Applications that register themselves (RFC 7591).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::refusal::{fresh, refused};
use crate::domain::oauth;
use crate::domain::oauth::applications::{self, NewApplication, are_redirects};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;

/// What an application says of itself; more is read over, as the protocol wants it.
#[derive(Deserialize)]
struct Metadata {
    redirect_uris: Vec<String>,
    token_endpoint_auth_method: Option<String>,
    client_name: Option<String>,
    client_uri: Option<String>,
    scope: Option<String>,
}

/// `POST /oauth/register`: makes an application, where the instance lets them register themselves
/// (403 otherwise). Its users are always asked. Public, rate limited.
pub async fn register(
    State(frontend): State<Frontend>,
    meta: Meta,
    body: Bytes,
) -> Result<Response> {
    const MAX_BODY: usize = 16 * 1024;
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let settings = idp.settings();
    if !settings.apis.oauth.dynamic_client_registration {
        let text = "Applications cannot register themselves with this instance.";
        return Err(Refusal::forbidden(text).into());
    }
    let invalid = |text: &str| Ok(refused("invalid_client_metadata", text));
    let Some(given) = Some(&body)
        .filter(|body| body.len() <= MAX_BODY)
        .and_then(|body| serde_json::from_slice::<Metadata>(body).ok())
    else {
        return invalid("The body is no metadata of an application.");
    };
    if !are_redirects(&given.redirect_uris) {
        return Ok(refused(
            "invalid_redirect_uri",
            "A redirect_uri is not allowed.",
        ));
    }
    let method = given
        .token_endpoint_auth_method
        .as_deref()
        .unwrap_or("client_secret_basic");
    if !matches!(
        method,
        "client_secret_basic" | "client_secret_post" | "none"
    ) {
        return invalid("The token_endpoint_auth_method is not supported.");
    }
    let name = given
        .client_name
        .unwrap_or_else(|| "Application".to_owned());
    let is_page = |text: &String| text.starts_with("https://") && text.len() <= 1024;
    let is_short = name.chars().count() <= 256 && !name.chars().any(char::is_control);
    if !is_short || !given.client_uri.as_ref().is_none_or(is_page) {
        return invalid("The client_name or client_uri is not allowed.");
    }
    let default_scopes = settings.apis.oauth.default_scopes.join(" ");
    let Some(scopes) = oauth::scopes(&given.scope.unwrap_or(default_scopes)) else {
        return invalid("A scope is unknown.");
    };
    let new = NewApplication {
        name,
        client_uri: given.client_uri,
        dynamically_registered: true,
        consent_screen_enabled: true,
        pkce_required: true,
        is_public: method == "none",
        scopes: scopes.join(" "),
        redirect_uris: given.redirect_uris,
    };
    let mut tx = idp.pool().begin().await?;
    let (row, secret) = applications::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    let mut shown = json!({
        "client_id": row.client_id,
        "client_id_issued_at": row.created_at.as_second(),
        "client_secret_expires_at": 0,
        "client_name": row.name,
        "redirect_uris": row.redirect_uris,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": row.scopes,
        "token_endpoint_auth_method": method,
    });
    if let Some(secret) = secret {
        shown["client_secret"] = secret.into();
    }
    if let Some(uri) = row.client_uri {
        shown["client_uri"] = uri.into();
    }
    Ok(fresh((StatusCode::CREATED, Json(shown)).into_response()))
}
