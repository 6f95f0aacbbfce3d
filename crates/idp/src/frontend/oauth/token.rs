//! Codes are changed into tokens, and tokens looked at and taken back.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::json;

use super::client::proven;
use super::refusal::{fresh, refused};
use crate::domain::oauth::grants::{self, TOKEN_SECONDS, Tokens};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;

/// `POST /oauth/token`: tokens for a code, or for the token that gets the next one. The application
/// proves who it is. Rate limited.
pub async fn token(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response> {
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let mut tx = idp.pool().begin().await?;
    let Some(application) = proven(&mut tx, &headers, &form).await? else {
        return Ok(refused(
            "invalid_client",
            "The application is unknown or its secret wrong.",
        ));
    };
    let field = |name: &str| form.get(name).unwrap_or_default();
    let tokens = match field("grant_type") {
        "authorization_code" => {
            let only = match &application.redirect_uris[..] {
                [only] => only.as_str(),
                _ => "",
            };
            let redirect_uri = form.get("redirect_uri").unwrap_or(only);
            let presented = (field("code"), redirect_uri, form.get("code_verifier"));
            grants::redeem(idp, &mut tx, &application, presented).await?
        }
        "refresh_token" => {
            grants::refresh(idp, &mut tx, &application, field("refresh_token")).await?
        }
        _ => {
            let text = "The grant_type must be authorization_code or refresh_token.";
            return Ok(refused("invalid_request", text));
        }
    };
    // What a stolen code or token ended has ended, whatever is answered.
    tx.commit().await?;
    Ok(match tokens {
        Some(tokens) => fresh(Json(shown(&tokens)).into_response()),
        None => refused("invalid_grant", "The code or token is not good."),
    })
}

fn shown(tokens: &Tokens) -> serde_json::Value {
    let mut value = json!({
        "access_token": tokens.access,
        "token_type": "bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": tokens.row.scopes.join(" "),
    });
    for (name, token) in [
        ("refresh_token", &tokens.refresh),
        ("id_token", &tokens.id_token),
    ] {
        if let Some(token) = token {
            value[name] = token.as_str().into();
        }
    }
    value
}

/// `POST /oauth/token_info`: whether a token of the application that asks is good. It proves who it
/// is; of others' tokens it learns nothing.
pub async fn info(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response> {
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let mut tx = idp.pool().begin().await?;
    let Some(application) = proven(&mut tx, &headers, &form).await? else {
        return Err(unproven().into());
    };
    let row = grants::presented(idp, &mut tx, form.require("token")?).await?;
    tx.commit().await?;
    let shown = match row.filter(|row| row.application_id == application.id) {
        Some(row) => json!({
            "active": true,
            "client_id": row.client_id,
            "iat": row.created_at.as_second(),
            "scope": row.scopes.join(" "),
            "sub": row.user_id,
        }),
        None => json!({ "active": false }),
    };
    Ok(fresh(Json(shown).into_response()))
}

/// `POST /oauth/token/revoke`: takes a token of the application that asks back, with all that came
/// of the same code. Says nothing of a token that is not there.
pub async fn revoke(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
    Form(form): Form,
) -> Result<Response> {
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let mut tx = idp.pool().begin().await?;
    let Some(application) = proven(&mut tx, &headers, &form).await? else {
        return Ok(refused(
            "invalid_client",
            "The application is unknown or its secret wrong.",
        ));
    };
    let Some(token) = form.get("token") else {
        return Ok(refused("invalid_request", "The token is missing."));
    };
    grants::revoke(idp, &mut tx, &application, token).await?;
    tx.commit().await?;
    Ok(fresh(Json(json!({})).into_response()))
}

fn unproven() -> Refusal {
    let text = "The application is unknown or its secret wrong.";
    Refusal::new(http::StatusCode::UNAUTHORIZED, "oauth_invalid_client", text)
}
