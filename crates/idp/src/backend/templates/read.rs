//! `GET /v1/templates/{type}`, `GET /v1/templates/{type}/{slug}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use super::{find, show};
use crate::backend::answer::{Answer, page};
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::messages::{MESSAGES, Message};
use crate::error::Refusal;
use crate::model;

/// The messages of a type with their texts: a bare list, or a page with their number where the
/// request says `paginated=true`. 404 for a type that there is not.
pub(super) async fn list(
    State(backend): State<Arc<Backend>>,
    Path(template_type): Path<String>,
    params: Params,
) -> Answer {
    if !matches!(template_type.as_str(), "email" | "sms") {
        return Err(Refusal::not_found("Template type").into());
    }
    let is_paginated = params.boolean("paginated")?.unwrap_or(false);
    let wanted = params.page()?;
    let is_of = |message: &&Message| message.template_type == template_type;
    let messages: Vec<_> = MESSAGES.iter().filter(is_of).collect();
    let mut tx = backend.begin().await?;
    let mut shown = Vec::new();
    for message in wanted.of(&messages) {
        shown.push(show(&backend.idp, &mut tx, message).await?);
    }
    tx.commit().await?;
    Ok(if is_paginated {
        page(shown, model::count(&messages))
    } else {
        Json(Value::Array(shown))
    })
}

/// A message with its text. 404 where there is none.
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Path((template_type, slug)): Path<(String, String)>,
) -> Answer {
    let message = find(&template_type, &slug)?;
    let mut tx = backend.begin().await?;
    let shown = show(&backend.idp, &mut tx, message).await?;
    tx.commit().await?;
    Ok(Json(shown))
}
