//! Pictures of providers.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;

use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::social::{self, logo};

/// `GET /images/providers/{name}.svg`: the picture of a provider that is offered; 404 for others.
/// Public.
pub async fn get(State(idp): State<Idp>, Path(file): Path<String>) -> Result<Response> {
    let settings = idp.settings();
    let offered = social::list(&settings.social);
    let named = file.strip_suffix(".svg");
    let provider = offered.iter().find(|own| Some(own.key.as_str()) == named);
    let provider = provider.ok_or_else(|| Refusal::not_found("Picture"))?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, logo::svg(provider)).into_response())
}
