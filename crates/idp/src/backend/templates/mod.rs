//! Texts of mails and text messages.

mod preview;
mod read;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use bailiwick_pg::Tx;
use serde_json::Value;

use super::state::Backend;
use crate::domain::messages::{self, MESSAGES, Message};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::store::templates as rows;

/// The routes under `/templates`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/templates/{type}", get(read::list))
        .route(
            "/templates/{type}/{slug}",
            get(read::get).put(update::update),
        )
        .route("/templates/{type}/{slug}/revert", post(update::revert))
        .route("/templates/{type}/{slug}/preview", post(preview::preview))
        .route(
            "/templates/{type}/{slug}/toggle_delivery",
            post(update::toggle),
        )
}

/// The message of a path, or 404.
fn find(template_type: &str, slug: &str) -> Result<&'static Message, Refusal> {
    messages::find(template_type, slug).ok_or_else(|| Refusal::not_found("Template"))
}

/// A message with its text of now.
async fn show(idp: &Idp, tx: &mut Tx, message: &Message) -> Result<Value> {
    let changed = rows::find(tx, message.template_type, message.slug).await?;
    let same = MESSAGES
        .iter()
        .filter(|other| other.template_type == message.template_type);
    let position = same.take_while(|other| other.slug != message.slug).count();
    Ok(model::template::template(
        message,
        changed.as_ref(),
        position,
        idp.keys().instance_id(),
    ))
}
