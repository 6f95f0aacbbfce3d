//! Around every page: whose name is called, where a form comes from, who is inside, and what the
//! browser may do with the answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::{Console, access, layout};
use crate::error::{Refusal, Shared};

/// Pages for whoever is not inside yet.
const OPEN: [&str; 4] = [
    "/console/login",
    "/console/enter",
    "/console/style.css",
    "/console/icon.svg",
];

/// Admits a request or refuses it; renders refusals as pages.
pub(super) async fn guard(
    State(console): State<Arc<Console>>,
    request: Request,
    next: Next,
) -> Response {
    // A body cannot be shared between threads, so its request is not lent.
    let (method, headers) = (request.method().clone(), request.headers().clone());
    let is_open = OPEN.contains(&request.uri().path());
    let mut response = match admit(&console, &method, &headers, is_open).await {
        Ok(()) => next.run(request).await,
        Err(refused) => *refused,
    };
    if let Some(shared) = response.extensions_mut().remove::<Shared>() {
        let refusal = shared.log();
        response = layout::refusal(&refusal);
    }
    secure(&console, response.headers_mut());
    response
}

async fn admit(
    console: &Console,
    method: &Method,
    headers: &HeaderMap,
    is_open: bool,
) -> Result<(), Box<Response>> {
    if !is_own_name(headers) {
        let text = "The console answers to localhost only.";
        let refusal = Refusal::new(StatusCode::MISDIRECTED_REQUEST, "host_invalid", text);
        return Err(Box::new(layout::refusal(&refusal)));
    }
    if !method.is_safe() && !is_own_form(headers) {
        let text = "This form was sent from elsewhere. Nothing was changed.";
        return Err(Box::new(layout::refusal(&Refusal::forbidden(text))));
    }
    if is_open {
        return Ok(());
    }
    match access::is_inside(&console.idp, headers).await {
        Ok(true) => Ok(()),
        Ok(false) if *method == Method::GET => {
            Err(Box::new(Redirect::to("/console/login").into_response()))
        }
        Ok(false) => Err(Box::new(layout::refusal(&Refusal::signed_out()))),
        Err(error) => Err(Box::new(error.into_response())),
    }
}

/// Whether the request calls this machine by one of its own names. A foreign name that leads here
/// would make a foreign page of the same origin (DNS rebinding).
fn is_own_name(headers: &HeaderMap) -> bool {
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    host.is_some_and(|host| {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        matches!(name, "localhost" | "127.0.0.1" | "[::1]")
    })
}

/// Whether a form was sent by a page of ours: every browser names the origin of a POST.
fn is_own_form(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(host), Some(origin)) = (text(header::HOST), text(header::ORIGIN)) else {
        return false;
    };
    let same_site = text(header::HeaderName::from_static("sec-fetch-site"));
    origin.strip_prefix("http://") == Some(host)
        && same_site.is_none_or(|site| site == "same-origin")
}

fn secure(console: &Console, headers: &mut HeaderMap) {
    let home = &console.idp.config().home_url;
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self' {home}; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    let opener = header::HeaderName::from_static("cross-origin-opener-policy");
    headers.insert(opener, HeaderValue::from_static("same-origin"));
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn own_names_only() {
        for host in [
            "localhost",
            "localhost:4400",
            "127.0.0.1:1",
            "[::1]:4400",
            "[::1]",
        ] {
            assert!(is_own_name(&headers(&[("host", host)])), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:4400",
            "10.0.0.1:4400",
            "",
            "a:b",
        ] {
            assert!(!is_own_name(&headers(&[("host", host)])), "{host}");
        }
        assert!(!is_own_name(&HeaderMap::new()));
    }

    #[test]
    fn own_forms_only() {
        let host = ("host", "localhost:4400");
        let own = |pairs: &[(&'static str, &'static str)]| {
            let mut all = vec![host];
            all.extend(pairs);
            is_own_form(&headers(&all))
        };
        assert!(own(&[("origin", "http://localhost:4400")]));
        assert!(!own(&[]));
        assert!(!own(&[("origin", "null")]));
        assert!(!own(&[("origin", "http://localhost:3000")]));
        assert!(!own(&[("origin", "http://127.0.0.1:4400")]));
        assert!(!own(&[("origin", "https://localhost:4400")]));
        let cross = ("sec-fetch-site", "same-site");
        assert!(!own(&[("origin", "http://localhost:4400"), cross]));
    }
}
