//! The signed-in user's password and picture.

mod image;
mod password;

use axum::Router;
use axum::routing::post;

use super::Frontend;

/// The routes of password and picture under `/me`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/me/change_password", post(password::change))
        .route("/me/remove_password", post(password::remove))
        .route(
            "/me/profile_image",
            post(image::upload).delete(image::delete),
        )
}
