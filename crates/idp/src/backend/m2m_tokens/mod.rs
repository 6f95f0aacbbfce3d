//! Tokens with which machines call each other.

mod create;
mod jwt;
mod list;
mod revoke;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use serde_json::{Map, Value};

use super::form::Form;
use super::state::Backend;
use crate::error::Refusal;

/// The routes under `/m2m_tokens`, which machines may ask too.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/m2m_tokens", get(list::list).post(create::create))
        .route("/m2m_tokens/verify", post(verify::verify))
        .route("/m2m_tokens/{id}/revoke", post(revoke::revoke))
}

fn not_found() -> Refusal {
    Refusal::not_found("M2M token")
}

/// Takes claims out of a form: an object of bounded size, or none.
pub(super) fn claims(form: &mut Form, max: usize) -> Option<Option<Value>> {
    if !form.has("claims") {
        return None;
    }
    let claims: Map<String, Value> = form.object("claims").unwrap_or_default();
    let claims = Value::Object(claims);
    if claims.to_string().len() > max {
        let text = format!("claims is larger than {max} bytes.");
        form.refuse(Refusal::format("claims", &text));
    }
    Some(Some(claims).filter(|claims| claims.as_object().is_some_and(|map| !map.is_empty())))
}
