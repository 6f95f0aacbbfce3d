//! Clerk's Backend API: what servers ask and order, with the instance's secret key.
//!
//! One handler a file. A handler reads the request, changes rows in one transaction, emits the
//! webhook of each change in the same transaction, and answers with the resource. The guard around
//! all of them checks the key, counts requests and renders refusals.

mod answer;
mod api_keys;
mod billing;
mod caller;
mod clients;
mod domains;
mod form;
mod guard;
mod identifications;
mod instance;
mod invitations;
mod jwks;
mod jwt_templates;
mod login_tokens;
mod m2m_tokens;
mod machines;
mod memberships;
mod metadata;
mod oauth_applications;
mod organization_domains;
mod organization_invitations;
mod organization_settings;
mod organizations;
mod params;
mod quota;
mod redirect_urls;
mod restrictions;
mod roles;
mod sessions;
mod sign_ups;
mod state;
mod templates;
mod users;
mod version;
mod waitlist;
mod webhooks;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::get;

use crate::error::{Error, Refusal};
use crate::instance::Idp;
use state::Backend;

/// The largest body that is read, in bytes: metadata of all kinds at their largest fit many times.
const BODY_MAX: usize = 256 * 1024;

/// The Backend API, its paths under `/v1`. To be served on a listener of its own.
pub fn router(idp: Idp) -> Router {
    let backend = Arc::new(Backend::new(idp));
    let v1 = Router::new()
        .route("/jwks", get(jwks::get))
        .merge(webhooks::router())
        .merge(users::router())
        .merge(identifications::router())
        .merge(organizations::router())
        .merge(memberships::router())
        .merge(organization_invitations::router())
        .merge(organization_domains::router())
        .merge(organization_settings::router())
        .merge(roles::router())
        .merge(invitations::router())
        .merge(sessions::router())
        .merge(jwt_templates::router())
        .merge(login_tokens::router())
        .merge(instance::router())
        .merge(restrictions::router())
        .merge(billing::router())
        .merge(oauth_applications::router())
        .merge(clients::router())
        .merge(sign_ups::router())
        .merge(templates::router())
        .merge(domains::router())
        .merge(redirect_urls::router())
        .merge(waitlist::router())
        .merge(machines::router())
        .merge(keys_and_tokens());
    Router::new()
        .nest("/v1", v1)
        .merge(keys_and_tokens())
        .fallback(unknown)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(from_fn_with_state(Arc::clone(&backend), guard::guard))
        .with_state(backend)
}

/// Keys and tokens of machines and applications: Clerk serves them with and without a version, and its SDKs differ
/// in which they ask.
fn keys_and_tokens() -> Router<Arc<Backend>> {
    Router::new()
        .merge(api_keys::router())
        .merge(m2m_tokens::router())
        .merge(oauth_applications::token_router())
}

async fn unknown() -> Error {
    Refusal::not_found("Resource").into()
}

async fn not_allowed() -> Error {
    let text = "This method is not allowed here.";
    Refusal::new(
        http::StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        text,
    )
    .into()
}
