//! Headers that keep browsers from helping an attacker.

use axum::response::Response;
use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue};

use crate::settings::PageSources;
use crate::state::AppState;

/// For everything that is no page: it loads nothing and is shown in nothing.
const DATA_POLICY: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";

/// The policy of pages. Clerk's components write style elements and run a worker from a blob.
///
/// # Errors
/// A source of the settings has characters that no header may have.
pub fn page_policy(sources: &PageSources) -> Result<HeaderValue, http::Error> {
    let directive = |name: &str, fixed: &str, more: &[String]| {
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        format!("{name} {fixed} {}", more.join(" "))
            .trim_end()
            .to_owned()
    };
    let policy = [
        "default-src 'self'".to_owned(),
        directive("script-src", "'self'", &sources.scripts),
        "style-src 'self' 'unsafe-inline'".to_owned(),
        directive("img-src", "'self' data: blob:", &sources.images),
        "font-src 'self' data:".to_owned(),
        directive("connect-src", "'self'", &sources.connections),
        directive("frame-src", "'self'", &sources.frames),
        "worker-src 'self' blob:".to_owned(),
        "object-src 'none'".to_owned(),
        "base-uri 'self'".to_owned(),
        "form-action 'self'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ];
    Ok(HeaderValue::try_from(policy.join("; "))?)
}

/// What a response does not say itself is said for it.
#[derive(Clone)]
pub struct Headers {
    page_policy: HeaderValue,
    https: bool,
}

impl Headers {
    /// As the settings have it.
    #[must_use]
    pub fn new(state: &AppState) -> Self {
        Self {
            page_policy: state.page_policy.clone(),
            https: state.http.https,
        }
    }

    /// Adds what is absent.
    #[must_use]
    pub fn add(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        let is_page = headers
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/html"));
        let policy = if is_page {
            self.page_policy.clone()
        } else {
            HeaderValue::from_static(DATA_POLICY)
        };
        absent(headers, CONTENT_SECURITY_POLICY, policy);
        let fixed = [
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (X_FRAME_OPTIONS, "DENY"),
            (REFERRER_POLICY, "strict-origin-when-cross-origin"),
            (
                HeaderName::from_static("permissions-policy"),
                "camera=(), geolocation=(), microphone=()",
            ),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin-allow-popups",
            ),
        ];
        for (name, value) in fixed {
            absent(headers, name, HeaderValue::from_static(value));
        }
        if self.https {
            let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
            absent(headers, STRICT_TRANSPORT_SECURITY, year);
        }
        response
    }
}

fn absent(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
