//! Billing.

mod credits;
mod items;
mod plans;
mod prices;
mod statements;
mod subscription;
mod transition;
mod trial;

use std::sync::Arc;

use axum::Router;
use axum::routing::{delete, get, post};
use bailiwick_pg::Tx;

use super::state::{Backend, organization_id, person};
use crate::domain::billing::Owner;
use crate::domain::organizations;
use crate::error::Result;

/// The routes under `/billing`, and those of an organization's and a user's billing.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/billing/plans", get(plans::list))
        .route("/billing/prices", get(prices::list).post(prices::create))
        .route("/billing/subscription_items", get(items::list))
        .route("/billing/subscription_items/{id}", delete(items::cancel))
        .route(
            "/billing/subscription_items/{id}/extend_free_trial",
            post(trial::extend),
        )
        .route(
            "/billing/subscription_items/{id}/price_transition",
            post(transition::create),
        )
        .route("/billing/statements", get(statements::list))
        .route("/billing/statements/{id}", get(statements::get))
        .route(
            "/billing/statements/{id}/payment_attempts",
            get(statements::payments),
        )
        .route(
            "/organizations/{id}/billing/subscription",
            get(subscription::of_organization),
        )
        .route(
            "/organizations/{id}/billing/credits",
            get(credits::of_organization).post(credits::adjust_of_organization),
        )
        .route(
            "/users/{id}/billing/subscription",
            get(subscription::of_user),
        )
        .route(
            "/users/{id}/billing/credits",
            get(credits::of_user).post(credits::adjust_of_user),
        )
}

/// The organization as a payer, by id or slug; 404 where there is none.
async fn organization(tx: &mut Tx, id: &str) -> Result<Owner> {
    let id = organization_id(tx, id).await?;
    Ok(Owner::Organization(organizations::get(tx, &id).await?.id))
}

/// The user as a payer; 404 where there is none.
async fn user(tx: &mut Tx, id: &str) -> Result<Owner> {
    Ok(Owner::User(person(tx, id).await?.user.id))
}
