//! Files compiled into the binary: the web page and the API's reference. In debug builds they are
//! read from the disk, so that a rebuilt page needs no rebuilt server.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::ApiProblem;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
#[allow_missing = true]
struct Page;

#[derive(RustEmbed)]
#[folder = "../../web/dist-docs"]
#[allow_missing = true]
struct Docs;

/// Files below this never change under their name.
const HASHED: &str = "assets/";

/// The web page's file at `path`, or its one page for whatever browsers navigate to.
pub(crate) fn page(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if method != Method::GET && method != Method::HEAD {
        return not_found();
    }
    let name = path.trim_start_matches('/');
    if !name.is_empty()
        && name != "index.html"
        && let Some(response) = file::<Page>(name, headers)
    {
        return response;
    }
    let wanted = name.is_empty() || name == "index.html" || accepts_html(headers);
    if !wanted {
        return not_found();
    }
    file::<Page>("index.html", headers).unwrap_or_else(|| {
        let problem = Problem::not_found().detail("This build carries no web page");
        ApiProblem(problem).into_response()
    })
}

/// A file of the API's reference page.
pub(crate) fn docs(name: &str, headers: &HeaderMap) -> Response {
    file::<Docs>(name, headers).unwrap_or_else(not_found)
}

fn not_found() -> Response {
    ApiProblem(Problem::not_found()).into_response()
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    accepted
        .flat_map(|line| line.split(','))
        .any(|kind| kind.trim().starts_with("text/html"))
}

/// The file, in the smallest form that the client reads.
fn file<E: RustEmbed>(name: &str, headers: &HeaderMap) -> Option<Response> {
    let plain = E::get(name)?;
    let encoded = ["br", "gzip"]
        .into_iter()
        .filter(|coding| accepts_coding(headers, coding));
    let (coding, file) = encoded
        .filter_map(|coding| {
            let suffix = if coding == "br" { "br" } else { "gz" };
            Some((Some(coding), E::get(&format!("{name}.{suffix}"))?))
        })
        .next()
        .unwrap_or((None, plain.clone()));
    Some(respond(
        name,
        plain.metadata.mimetype(),
        coding,
        file,
        headers,
    ))
}

fn respond(
    name: &str,
    content_type: &str,
    coding: Option<&'static str>,
    file: EmbeddedFile,
    headers: &HeaderMap,
) -> Response {
    let hash = file.metadata.sha256_hash();
    let tag: String = hash
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{tag}\"");
    let caching = if name.starts_with(HASHED) {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let known = headers
        .get(IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data.into_owned()).into_response()
    };
    let content_type = match content_type {
        "text/html" | "text/css" | "text/javascript" => format!("{content_type}; charset=utf-8"),
        other => other.to_owned(),
    };
    let set: [(HeaderName, &str); 4] = [
        (CONTENT_TYPE, &content_type),
        (ETAG, &tag),
        (CACHE_CONTROL, caching),
        (VARY, "accept-encoding"),
    ];
    let coding = coding.map(|coding| (CONTENT_ENCODING, coding));
    for (name, value) in set.into_iter().chain(coding) {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Whether `Accept-Encoding` names `coding` and does not refuse it by a weight of zero.
fn accepts_coding(headers: &HeaderMap, coding: &str) -> bool {
    let lines = headers
        .get_all(ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|entry| {
        let (name, parameters) = entry.split_once(';').unwrap_or((entry, ""));
        let weight = parameters
            .trim()
            .strip_prefix("q=")
            .map_or(Ok(1.0), str::parse::<f32>);
        name.trim().eq_ignore_ascii_case(coding) && weight.is_ok_and(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_negotiated() {
        let check = |line: &str, coding| {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, line.parse().unwrap())]);
            accepts_coding(&headers, coding)
        };
        assert!(check("gzip, deflate, br", "br") && check("BR;q=0.5", "br"));
        assert!(!check("gzip", "br") && !check("br;q=0", "br") && !check("br;q=x", "br"));
        assert!(!accepts_coding(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn no_path_leads_out_of_the_folder() {
        for path in [
            "/../Cargo.toml",
            "/..%2f..%2fCargo.toml",
            "//etc/passwd",
            "/assets/../../x",
        ] {
            let response = page(&Method::GET, path, &HeaderMap::new());
            assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        }
    }
}
