//! `POST /v1/webhooks/svix`, `DELETE /v1/webhooks/svix`, `POST /v1/webhooks/svix_url`
//!
//! At Clerk an instance has an application at Svix, which keeps its endpoints, and a portal to look
//! at them. Here the endpoints are the instance's own and the portal is the console.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::post;
use http::StatusCode;
use serde_json::json;

use super::answer::Answer;
use super::state::Backend;
use crate::console::access;
use crate::error::{Refusal, Result};
use crate::webhooks::manage;

/// The routes under `/webhooks`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/webhooks/svix", post(portal).delete(remove))
        .route("/webhooks/svix_url", post(portal))
}

/// A link to the console that works once, within ten minutes. 400 where no console is served.
async fn portal(State(backend): State<Arc<Backend>>) -> Answer {
    let Some(base) = &backend.idp.config().console_url else {
        let text = "This instance serves no console.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "svix_app_missing", text).into());
    };
    let path = access::link_for_one_use(&backend.idp).await?;
    Ok(Json(json!({ "svix_url": format!("{base}{path}") })))
}

/// Removes every endpoint that was made at run time. Those of the configuration stay.
async fn remove(State(backend): State<Arc<Backend>>) -> Result<StatusCode> {
    let mut tx = backend.begin().await?;
    for endpoint in manage::list(&mut tx).await? {
        if endpoint.key.is_none() {
            manage::delete(&mut tx, &endpoint.id).await?;
        }
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
