//! Tokens that sign a user in.

mod actor;
mod agents;
mod sign_in;
mod testing;

use std::sync::Arc;

use axum::Router;
use axum::routing::post;

use super::form::Form;
use super::state::Backend;
use crate::error::Refusal;

/// The longest that a token can be used, or a session of one lasts, in seconds: a year.
const LONGEST: i64 = 365 * 24 * 3600;

/// The routes of all kinds of them.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/sign_in_tokens", post(sign_in::create))
        .route("/sign_in_tokens/{id}/revoke", post(sign_in::revoke))
        .route("/actor_tokens", post(actor::create))
        .route("/actor_tokens/{id}/revoke", post(actor::revoke))
        .route("/agents/tasks", post(agents::create))
        .route("/agents/tasks/{id}/revoke", post(agents::revoke))
        .route("/testing_tokens", post(testing::create))
}

/// Takes a number of seconds out of the form.
fn seconds(form: &mut Form, name: &str, default: i64) -> i64 {
    let seconds = form.count(name).flatten().unwrap_or(default);
    if !(1..=LONGEST).contains(&seconds) {
        let text = format!("{name} must be a number from 1 to {LONGEST}.");
        form.refuse(Refusal::format(name, &text));
    }
    seconds
}
