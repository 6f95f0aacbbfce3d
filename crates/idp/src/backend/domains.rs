//! `/v1/domains`: of the instance, not of organizations.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{delete, get};
use http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, page};
use super::state::Backend;
use crate::error::{Error, Refusal};
use crate::instance::Idp;

/// The routes of the instance's domains.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/domains", get(list).post(create))
        .route("/domains/{id}", delete(remove).patch(update))
}

/// The only domain: that of the application, which the provider lives under.
fn primary(idp: &Idp) -> Value {
    let config = idp.config();
    let name = config
        .home_url
        .split_once("://")
        .map_or(config.home_url.as_str(), |(_, host)| host);
    json!({
        "object": "domain",
        "id": id(idp),
        "name": name,
        "is_satellite": false,
        "frontend_api_url": config.frontend_url(),
        "accounts_portal_url": null,
        "proxy_url": config.frontend_url(),
        "development_origin": "",
        "cname_targets": [],
    })
}

fn id(idp: &Idp) -> String {
    idp.keys().instance_id().replacen("ins_", "dmn_", 1)
}

/// The domains of the instance: one.
async fn list(State(backend): State<Arc<Backend>>) -> Answer {
    Ok(page(vec![primary(&backend.idp)], 1))
}

/// Refused with 402: the provider lives under the application's own origin, and under no second.
async fn create() -> Error {
    let text = "Satellite domains are not available.";
    let status = StatusCode::PAYMENT_REQUIRED;
    Refusal::new(status, "unsupported_subscription_plan_features", text).into()
}

/// Refused: the domain is the configuration's. 404 for any other id.
async fn update(State(backend): State<Arc<Backend>>, Path(of): Path<String>) -> Answer {
    let text = "The primary domain is that of the configured home URL.";
    Err(refusal(&backend.idp, &of, StatusCode::UNPROCESSABLE_ENTITY, text).into())
}

/// Refused with 403: there is no instance without its domain. 404 for any other id.
async fn remove(State(backend): State<Arc<Backend>>, Path(of): Path<String>) -> Answer {
    let text = "The primary domain cannot be deleted.";
    Err(refusal(&backend.idp, &of, StatusCode::FORBIDDEN, text).into())
}

fn refusal(idp: &Idp, of: &str, status: StatusCode, text: &str) -> Refusal {
    if of == id(idp) {
        Refusal::new(status, "operation_not_allowed_on_primary_domain", text)
    } else {
        Refusal::not_found("Domain")
    }
}
