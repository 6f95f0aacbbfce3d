//! `/v1/email_addresses` and `/v1/phone_numbers`: what users are told apart by, of any user, for
//! servers. Both kinds are added, proven, changed and removed in the same way.

mod handlers;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post, put};

use super::state::Backend;
use crate::domain::identifications::Kind;
use handlers::{create, find, remove, replace, update};
use verify::{attempt, prepare};

/// The routes of both kinds.
pub(super) fn router() -> Router<Arc<Backend>> {
    routes(Kind::Email, "email_addresses").merge(routes(Kind::Phone, "phone_numbers"))
}

fn routes(kind: Kind, path: &str) -> Router<Arc<Backend>> {
    let one = format!("/{path}/{{id}}");
    let of_user = format!("/users/{{id}}/{}", kind.object());
    Router::new()
        .route(&format!("/{path}"), post(create))
        .route(&one, get(find).patch(update).delete(remove))
        .route(&format!("{one}/prepare_verification"), post(prepare))
        .route(&format!("{one}/attempt_verification"), post(attempt))
        .route(&of_user, put(replace))
        .layer(axum::Extension(kind))
}
