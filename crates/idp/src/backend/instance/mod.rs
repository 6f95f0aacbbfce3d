//! The instance itself: what it is, and settings that change while it runs.

mod beta;
mod communication;
mod oauth;
mod protect;
mod read;
mod restrictions;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch};
use serde_json::{Map, Value, json};

use super::form::Form;
use super::state::Backend;
use crate::error::Result;

/// The routes under `/instance`, and those that were there before.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/instance", get(read::get).patch(update::update))
        .route("/instance/restrictions", patch(restrictions::update))
        .route(
            "/instance/protect",
            get(protect::get).patch(protect::update),
        )
        .route(
            "/instance/communication",
            get(communication::get).patch(communication::update),
        )
        .route(
            "/instance/oauth_application_settings",
            get(oauth::get).patch(oauth::update),
        )
        .route("/beta_features/instance_settings", patch(beta::update))
}

/// Takes booleans out of the form: those that it has.
fn booleans(form: &mut Form, names: &[&str]) -> Map<String, Value> {
    let mut given = Map::new();
    for name in names {
        if let Some(value) = form.boolean(name) {
            given.insert((*name).to_owned(), value.into());
        }
    }
    given
}

/// Stores what is given on top of one part of the section of this API.
async fn change(backend: &Backend, part: &str, given: Map<String, Value>) -> Result<()> {
    if given.is_empty() {
        return Ok(());
    }
    backend
        .idp
        .change_settings("apis", &json!({ part: given }))
        .await
}
