//! `GET /v1/sign_ups/{id}`, `PATCH /v1/sign_ups/{id}`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::get;
use axum::{Json, Router};
use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::Value;

use super::answer::Answer;
use super::form::Form;
use super::state::Backend;
use crate::error::{Refusal, Result};
use crate::model;
use crate::store::{self, sign_up_ids, sign_ups};

/// The routes under `/sign_ups`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new().route("/sign_ups/{id}", get(read).patch(update))
}

/// An attempt to sign up. 404 where there is none.
async fn read(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let shown = show(&backend, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Gives whoever signs up the customer's own id, which the user gets. 404 where there is no such
/// attempt, 403 where it is over.
async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let external_id = form.name("external_id");
    form.unsupported(&["custom_action"]);
    form.finish()?;
    let mut tx = backend.begin().await?;
    if show(&backend, &mut tx, &id).await?["status"] != "missing_requirements" {
        let text = "This sign up attempt is over.";
        let status = StatusCode::FORBIDDEN;
        return Err(Refusal::new(status, "sign_up_cannot_be_updated", text).into());
    }
    if let Some(external_id) = external_id {
        sign_up_ids::set_external_id(&mut tx, &id, external_id.as_deref()).await?;
    }
    let shown = show(&backend, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

async fn show(backend: &Backend, tx: &mut Tx, id: &str) -> Result<Value> {
    let not_found = || Refusal::not_found("Sign up attempt");
    let (client_id, external_id) = sign_up_ids::find(tx, id).await?.ok_or_else(not_found)?;
    let row = sign_ups::find(tx, id, &client_id).await?;
    let now = store::now(backend.idp.env());
    let mut shown =
        model::sign_up::sign_up(&backend.idp.settings(), &row.ok_or_else(not_found)?, now);
    if let Some(fields) = shown.as_object_mut() {
        fields.remove("has_password");
        fields.insert("external_id".to_owned(), external_id.into());
    }
    Ok(shown)
}
