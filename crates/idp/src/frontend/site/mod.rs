//! The instance as a site: is it there, what is its own, and what must a browser forget.

mod account_portal;
mod associations;
mod health;
mod redirect;
mod site_data;

use axum::Router;
use axum::routing::get;

use super::Frontend;

/// Routes below `/v1`.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/health", get(health::get))
        .route("/proxy-health", get(health::proxy))
        .route("/account_portal", get(account_portal::get))
        .route("/redirect", get(redirect::get))
        .route("/clear-site-data", get(site_data::clear))
}

/// Routes below `/.well-known`.
pub fn well_known_routes() -> Router<Frontend> {
    Router::new()
        .route("/assetlinks.json", get(associations::android))
        .route("/apple-app-site-association", get(associations::apple))
}
