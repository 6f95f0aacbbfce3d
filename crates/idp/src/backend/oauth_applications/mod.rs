//! Applications of others that ask users for access.

mod create;
mod fields;
mod logo;
mod read;
mod secret;
mod tokens;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};
use bailiwick_pg::Tx;

use super::state::Backend;
use crate::error::{Refusal, Result};
use crate::store::oauth::applications::{self as rows, Application};
use crate::upload::limit;

/// The routes under `/oauth_applications`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/oauth_applications", get(read::list).post(create::create))
        .route(
            "/oauth_applications/{id}",
            get(read::get).patch(update::update).delete(update::delete),
        )
        .route(
            "/oauth_applications/{id}/logo",
            put(logo::put).layer(limit()),
        )
        .route(
            "/oauth_applications/{id}/rotate_secret",
            post(secret::rotate),
        )
        .route(
            "/oauth_applications/{id}/revoke_token",
            post(tokens::revoke),
        )
}

/// What servers ask of the tokens that applications bring.
pub(super) fn token_router() -> Router<Arc<Backend>> {
    Router::new().route(
        "/oauth_applications/access_tokens/verify",
        post(tokens::verify),
    )
}

async fn find_locked(tx: &mut Tx, id: &str) -> Result<Application> {
    Ok(rows::find_locked(tx, id).await?.ok_or_else(not_found)?)
}

fn not_found() -> Refusal {
    Refusal::not_found("OAuth application")
}
