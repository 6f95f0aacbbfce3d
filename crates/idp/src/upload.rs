//! Files that a request brings.

use axum::body::{Body, to_bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use http::header;

use crate::domain::images::{MAX_BYTES, too_large};
use crate::error::{Error, Refusal};

/// The most that a request is beside its file, in bytes: names and boundaries of the parts.
const AROUND: usize = 64 * 1024;

/// The one file of a request: the part `file` of `multipart/form-data`, or the whole body of
/// `application/octet-stream`. 413 above [`MAX_BYTES`], 422 without a file.
pub(crate) struct Upload(pub(crate) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let kind = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_ascii_lowercase)
            .unwrap_or_default();
        if kind.starts_with("application/octet-stream") {
            let body = to_bytes(request.into_body(), MAX_BYTES).await;
            return whole(body.map_err(|_| too_large())?.to_vec());
        }
        if !kind.starts_with("multipart/form-data") {
            return Err(Refusal::format("file", "The body must be a multipart form.").into());
        }
        let (head, body) = request.into_parts();
        let body = to_bytes(body, MAX_BYTES + AROUND).await;
        let body = body.map_err(|_| too_large())?;
        let mut request = Request::from_parts(head, Body::from(body));
        // It is bounded already.
        DefaultBodyLimit::disable().apply(&mut request);
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|_| malformed())?;
        loop {
            let part = parts.next_field().await.map_err(|_| malformed())?;
            let part = part.ok_or_else(|| Refusal::missing("file"))?;
            if part.name() == Some("file") {
                let bytes = part.bytes().await.map_err(|_| malformed())?;
                return whole(bytes.to_vec());
            }
        }
    }
}

fn whole(bytes: Vec<u8>) -> Result<Upload, Error> {
    if bytes.is_empty() {
        return Err(Refusal::missing("file").into());
    }
    Ok(Upload(bytes))
}

fn malformed() -> Refusal {
    Refusal::format("file", "The file was cut off or cannot be read.")
}

/// The bound of a route that takes an [`Upload`].
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_BYTES + AROUND)
}
