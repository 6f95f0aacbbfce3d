//! Clerk's own scripts, unmodified, from the published packages.

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use rust_embed::RustEmbed;

use crate::error::{Refusal, Result};

/// The browser builds of both packages. In a debug build files are read from disk when asked for.
#[derive(RustEmbed)]
#[folder = "../../.tools/clerk/"]
#[include = "clerk-js/dist/clerk.browser.js"]
#[include = "clerk-js/dist/*_clerk.browser_*.js"]
#[include = "ui/dist/ui.browser.js"]
#[include = "ui/dist/*_ui_de828c_*.js"]
#[allow_missing = true]
struct Scripts;

/// `GET /npm/@clerk/{package}@{version}/dist/{file}`. Public. The version part is not looked at:
/// there is one. 404 for any other package or file.
pub async fn script(
    Path((package, file)): Path<(String, String)>,
    request: HeaderMap,
) -> Result<Response> {
    let (script, immutable) = find(&package, &file).ok_or_else(|| Refusal::not_found("Script"))?;
    let etag = format!("\"{}\"", hex::encode(script.metadata.sha256_hash()));
    let cache = if immutable {
        "public, max-age=31536000, immutable"
    } else {
        // The entry's name stays while its content changes with the pinned version.
        "public, max-age=0, must-revalidate"
    };
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (header::CACHE_CONTROL, cache),
        (header::ETAG, etag.as_str()),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let known = request.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    Ok((headers, script.data).into_response())
}

fn find(package: &str, file: &str) -> Option<(rust_embed::EmbeddedFile, bool)> {
    let (name, version) = package.split_once('@')?;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if version.is_empty() || !file.chars().all(fits) || !file.ends_with(".js") {
        return None;
    }
    let directory = match name {
        "clerk-js" => "clerk-js",
        "ui" => "ui",
        _ => return None,
    };
    let script = Scripts::get(&format!("{directory}/dist/{file}"))?;
    // The names of lazy chunks carry a hash and the version.
    let immutable = !matches!(file, "clerk.browser.js" | "ui.browser.js");
    Some((script, immutable))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_two_packages_and_flat_names() {
        for (package, file) in [
            ("react@6", "index.js"),
            ("ui", "ui.browser.js"),
            ("ui@", "ui.browser.js"),
            ("ui@1", "../../../Cargo.js"),
            ("ui@1", "..%2f..%2fx.js"),
            ("clerk-js@6", "clerk.browser.js.map"),
            ("clerk-js@6", "no_such_chunk.js"),
        ] {
            assert!(find(package, file).is_none(), "{package} {file}");
        }
    }
}
