//! This instance as an OAuth 2 server: applications of others ask its users for access.
//!
//! Browsers come to `authorize` with their cookie, and leave with a code for the application. The
//! rest is asked by the applications themselves, who prove who they are and have no cookie.

mod authorize;
mod client;
mod consent;
mod discovery;
mod refusal;
mod register;
mod request;
mod token;
mod userinfo;

use axum::Router;
use axum::routing::{get, post};

use super::Frontend;

/// Routes below `/oauth`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/register", post(register::register))
        .route("/token", post(token::token))
        .route("/token_info", post(token::info))
        .route("/token/revoke", post(token::revoke))
        .route("/userinfo", get(userinfo::get).post(userinfo::get))
}

/// Routes below `/v1/me/oauth`.
pub fn consent_routes() -> Router<Frontend> {
    Router::new().route(
        "/me/oauth/consent/{client_id}",
        get(consent::get).post(consent::post),
    )
}

/// Routes below `/.well-known`.
pub fn well_known_routes() -> Router<Frontend> {
    Router::new()
        .route("/openid-configuration", get(discovery::openid))
        .route("/oauth-authorization-server", get(discovery::server))
}
