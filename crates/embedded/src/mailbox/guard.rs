//! Who may ask, and what every answer says to the browser.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};

/// The page runs its own script and style, talks to its own server, and shows mail in a frame.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     connect-src 'self'; img-src 'self' data:; frame-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// Answers only to this machine's own names, so that no page elsewhere can point a name of its own
/// at 127.0.0.1 and read the mail; changes only for our own page or no page at all.
pub(super) async fn apply(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(HOST)
        .and_then(|host| host.to_str().ok());
    let Some(host) = host.filter(|host| is_local(host)) else {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "ask as localhost or 127.0.0.1\n",
        )
            .into_response();
    };
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let foreign = request
        .headers()
        .get(ORIGIN)
        .is_some_and(|origin| origin.as_bytes() != format!("http://{host}").as_bytes());
    if changes && foreign {
        return (StatusCode::FORBIDDEN, "another page may not do that\n").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-cache"));
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(PAGE_POLICY));
    response
}

fn is_local(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|byte| byte.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    name.eq_ignore_ascii_case("localhost") || name == "127.0.0.1"
}

#[cfg(test)]
mod tests {
    use super::is_local;

    #[test]
    fn knows_the_names_of_this_machine() {
        let check = |host, local| assert_eq!(is_local(host), local, "{host}");
        check("localhost:4402", true);
        check("LocalHost", true);
        check("127.0.0.1:80", true);
        check("evil.example", false);
        check("localhost.evil.example:4402", false);
        check("127.0.0.1.evil.example", false);
        check("localhost:80@evil.example", false);
        check("", false);
    }
}
