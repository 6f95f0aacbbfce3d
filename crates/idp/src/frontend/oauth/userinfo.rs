//! Who a user is, for an application that may know.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};

use super::refusal::fresh;
use crate::domain::oauth::grants;
use crate::domain::people;
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::request::Meta;

/// `GET` or `POST /oauth/userinfo`: the user of a token, as far as its scopes go. 401 for a token
/// that opens nothing. Rate limited.
pub async fn get(
    State(frontend): State<Frontend>,
    meta: Meta,
    headers: HeaderMap,
) -> Result<Response> {
    let idp = &frontend.idp;
    idp.limits().attempt(&meta.address)?;
    let unauthorized = || {
        let text = "The access token is missing or not good.";
        Refusal::new(StatusCode::UNAUTHORIZED, "oauth_access_token_invalid", text)
    };
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .ok_or_else(unauthorized)?;
    let mut tx = idp.pool().begin().await?;
    let row = grants::presented(idp, &mut tx, token).await?;
    let row = row.ok_or_else(unauthorized)?;
    let person = people::find(&mut tx, &row.user_id).await?;
    tx.commit().await?;
    let person = person.ok_or_else(unauthorized)?;
    let mut shown = grants::claims(idp, &person, &row.scopes);
    let own = json!({
        "object": "oauth_user_info",
        "instance_id": idp.keys().instance_id(),
        "user_id": row.user_id,
        "sub": row.user_id,
    });
    if let (Value::Object(shown), Value::Object(own)) = (&mut shown, own) {
        shown.extend(own);
    }
    Ok(fresh(Json(shown).into_response()))
}
