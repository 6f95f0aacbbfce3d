//! Refusals in OAuth's own words (RFC 6749 §5.2).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

/// The answer to an application that is refused: `error` is a word of the protocol. 401 where the
/// application did not prove who it is, else 400.
pub fn refused(error: &str, text: &str) -> Response {
    let status = match error {
        "invalid_client" => StatusCode::UNAUTHORIZED,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = Json(json!({ "error": error, "error_description": text }));
    let mut response = (status, body).into_response();
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Basic");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    fresh(response)
}

/// An answer that nobody keeps.
pub fn fresh(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}
