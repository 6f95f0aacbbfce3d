//! What happens to a request before it finds its route, and to its answer afterwards.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::uri::PathAndQuery;
use http::{HeaderValue, Method, StatusCode, Uri, header};

use super::social;
use crate::error::{Refusal, Result};
use crate::instance::Idp;

/// Reads the real method from `?_method=`, removes a trailing slash, refuses foreign origins,
/// forbids caching, and renders errors under a trace id.
pub async fn intake(State(idp): State<Idp>, mut request: Request<Body>, next: Next) -> Response {
    let trace = hex::encode(idp.env().bytes::<16>());
    let is_api = request.uri().path().starts_with("/v1");
    let mut response = match prepare(&idp, &mut request, is_api) {
        Ok(()) => next.run(request).await,
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions_mut().remove::<crate::error::Shared>() {
        response = error.into_answer(&trace);
    }
    if is_api {
        let no_store = HeaderValue::from_static("no-store");
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, no_store);
    }
    response
}

fn prepare(idp: &Idp, request: &mut Request<Body>, is_api: bool) -> Result<()> {
    // Providers post to the callback from their own pages; that changes nothing.
    let is_callback = request.uri().path() == social::CALLBACK;
    if is_api && !is_callback {
        check_origin(idp, request)?;
    }
    let method = overridden(request)?;
    *request.method_mut() = method;
    if let Some(uri) = without_slash(request.uri()) {
        *request.uri_mut() = uri;
    }
    Ok(())
}

/// Cookies alone prove nothing: a page of another origin can make the browser send them. Every
/// write must name an origin that we know, and no read may name one that we do not.
fn check_origin(idp: &Idp, request: &Request<Body>) -> Result<(), Refusal> {
    let refused = || {
        let text = "The Request HTTP Origin header must be equal to or a subdomain of the \
                    requesting URL.";
        Refusal::new(StatusCode::BAD_REQUEST, "origin_invalid", text)
    };
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (None, _) if matches!(*request.method(), Method::GET | Method::HEAD) => Ok(()),
        (Some(origin), None) if is_known(idp, origin.as_bytes()) => Ok(()),
        _ => Err(refused()),
    }
}

fn is_known(idp: &Idp, origin: &[u8]) -> bool {
    let settings = idp.settings();
    let mut known = idp.config().allowed_origins.iter();
    let mut added = settings.apis.instance.allowed_origins.iter();
    known.any(|own| own.as_bytes() == origin) || added.any(|own| own.as_bytes() == origin)
}

/// Browsers send every write as POST and name the method that is meant.
fn overridden(request: &Request<Body>) -> Result<Method, Refusal> {
    if request.method() != Method::POST {
        return Ok(request.method().clone());
    }
    let query = request.uri().query().unwrap_or_default();
    let named = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "_method");
    match named
        .as_ref()
        .map(|(_, value)| value.to_ascii_uppercase())
        .as_deref()
    {
        None | Some("" | "POST") => Ok(Method::POST),
        Some("PATCH") => Ok(Method::PATCH),
        Some("PUT") => Ok(Method::PUT),
        Some("DELETE") => Ok(Method::DELETE),
        Some(_) => {
            let text = "The _method parameter must be one of PATCH, PUT and DELETE.";
            Err(Refusal::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                text,
            ))
        }
    }
}

fn without_slash(uri: &Uri) -> Option<Uri> {
    let path = uri
        .path()
        .strip_suffix('/')
        .filter(|path| !path.is_empty())?;
    let text = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(text).ok()?);
    Uri::from_parts(parts).ok()
}

/// No such path.
pub async fn not_found() -> Result<Response> {
    Err(Refusal::not_found("Path").into())
}

/// The path exists, with other methods.
pub async fn method_not_allowed() -> Result<Response> {
    let text = "The method is not allowed here.";
    Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", text).into())
}
