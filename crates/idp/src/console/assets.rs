//! What pages are dressed in: one style sheet and one icon, of our own.

use axum::response::{IntoResponse, Response};
use http::header;

const CACHE: &str = "public, max-age=300";

/// `GET /console/style.css`. Public.
pub(super) async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, include_str!("assets/style.css")).into_response()
}

/// `GET /console/icon.svg`. Public.
pub(super) async fn icon() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, CACHE),
    ];
    (headers, include_str!("assets/icon.svg")).into_response()
}
