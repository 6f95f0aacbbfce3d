//! The signed-in user's second factors.

mod backup_codes;
mod totp;

use axum::Router;
use axum::routing::post;

use super::Frontend;

/// The routes under `/me`.
pub fn factor_routes() -> Router<Frontend> {
    Router::new()
        .route("/me/totp", post(totp::create).delete(totp::delete))
        .route("/me/totp/attempt_verification", post(totp::attempt))
        .route("/me/backup_codes", post(backup_codes::create))
}
