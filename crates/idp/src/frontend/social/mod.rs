//! Signing in, up and connecting by other providers.
//!
//! A browser leaves with a state that is bound to it, good once and for ten minutes, and comes
//! back to [`callback`], which asks the provider who it was and moves the attempt on.

mod accounts;
mod arrive;
mod callback;
mod depart;
mod link;
pub mod logo;
mod sign_in;
mod sign_up;
mod transfer;

use axum::Router;
use axum::routing::{delete, get, patch, post};
use serde_json::Value;

pub use depart::Departure;
pub use sign_in::resume as resume_sign_in;
pub use sign_up::absorb as absorb_into_sign_up;
pub use sign_up::account_of as account_of_sign_up;
pub use transfer::take as take_transfer;

use super::Frontend;
use super::visit::Visit;
use crate::error::Result;
use crate::model;
use crate::store::oauth_flows::{self, Flow};

/// The path to which providers send browsers back, below the Frontend API's own.
pub const CALLBACK: &str = "/v1/oauth_callback";

/// The routes of this area, below `/v1`.
pub fn social_routes() -> Router<Frontend> {
    Router::new()
        .route("/oauth_callback", get(callback::get).post(callback::post))
        .route("/me/external_accounts", post(accounts::create))
        .route("/me/external_accounts/{id}", delete(accounts::delete))
        .route(
            "/me/external_accounts/{id}/reauthorize",
            patch(accounts::reauthorize),
        )
        .route(
            "/me/external_accounts/{id}/tokens",
            delete(accounts::revoke_tokens),
        )
}

/// Whether a strategy leads to another provider.
#[must_use]
pub fn is_oauth(strategy: &str) -> bool {
    strategy.starts_with("oauth_")
}

/// The newest way to a provider of an attempt.
pub async fn flow(visit: &mut Visit, target_id: &str) -> Result<Option<Flow>> {
    oauth_flows::find_by_target(&mut visit.tx, target_id).await
}

/// A way to a provider as a verification.
#[must_use]
pub fn show(visit: &Visit, flow: &Flow) -> Value {
    let location = depart::location(&visit.idp, flow);
    model::external_account::flow(flow, &location, visit.now)
}
