//! Billing, as the components see it: plans for everybody, and for an organization or the user
//! their subscription, checkouts, payment methods and payments.

mod checkouts;
mod credits;
mod history;
mod items;
mod methods;
mod plans;
mod subscription;

use axum::Router;
use axum::routing::{delete, get, patch, post, put};
use serde::Deserialize;

use super::Frontend;
use super::organizations::{membership, missing_permission};
use super::visit::Visit;
use crate::domain::billing::Owner;
use crate::error::Result;

/// May see what an organization pays.
const READ: &[&str] = &["org:sys_billing:read", "org:sys_billing:manage"];
/// May change it.
const MANAGE: &[&str] = &["org:sys_billing:manage"];

/// The routes under `/v1`.
pub(super) fn routes() -> Router<Frontend> {
    Router::new()
        .route("/billing/plans", get(plans::list))
        .route("/billing/plans/{plan}", get(plans::get))
        .nest("/me/billing", payer_routes())
        .nest("/organizations/{id}/billing", payer_routes())
}

fn payer_routes() -> Router<Frontend> {
    Router::new()
        .route("/subscription", get(subscription::get))
        .route("/subscription_items", get(items::list))
        .route("/subscription_items/{of}", delete(items::cancel))
        .route("/checkouts", post(checkouts::create))
        .route(
            "/checkouts/{of}",
            get(checkouts::get).patch(checkouts::update),
        )
        .route("/checkouts/{of}/confirm", patch(checkouts::confirm))
        .route("/payment_methods", get(methods::list).post(methods::create))
        .route("/payment_methods/initialize", post(methods::initialize))
        .route("/payment_methods/{of}", delete(methods::delete))
        .route("/payers/default_payment_method", put(methods::set_default))
        .route("/payment_attempts", get(history::payments))
        .route("/payment_attempts/{of}", get(history::payment))
        .route("/statements", get(history::statements))
        .route("/statements/{of}", get(history::statement))
        .route("/credits", get(credits::get))
        .route("/credits/history", get(credits::history))
}

/// The ids in a path of a payer: the organization's, which is missing for the user's own, and
/// that of what is meant.
#[derive(Deserialize)]
struct Ids {
    id: Option<String>,
    #[serde(default)]
    of: String,
}

impl Ids {
    /// Who pays; 401 without a session, 404 where the user is no member of the organization, 403
    /// without one of the permissions.
    async fn owner(&self, visit: &mut Visit, permissions: &[&str]) -> Result<Owner> {
        let Some(id) = &self.id else {
            let (_, person) = visit.signed_in().await?;
            return Ok(Owner::User(person.user.id));
        };
        let membership = membership(visit, id).await?;
        if permissions.iter().any(|own| membership.may(own)) {
            return Ok(Owner::Organization(id.clone()));
        }
        Err(missing_permission(permissions).into())
    }
}
