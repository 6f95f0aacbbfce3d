//! Making a browser forget what it keeps for the site.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::error::{Refusal, Result};

/// `GET /v1/clear-site-data`: asks the browser to drop cookies, storage and caches of the origin.
/// Public, but not for pages of other sites: a picture there would sign everybody out.
pub async fn clear(headers: HeaderMap) -> Result<Response> {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site == "cross-site") {
        let text = "Pages of other sites cannot ask for this.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, "origin_invalid", text).into());
    }
    let all = HeaderValue::from_static("\"*\"");
    let json = HeaderValue::from_static("application/json");
    let headers = [
        (header::HeaderName::from_static("clear-site-data"), all),
        (header::CONTENT_TYPE, json),
    ];
    Ok((headers, "{}").into_response())
}
