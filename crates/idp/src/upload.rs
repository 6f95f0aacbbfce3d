//! A file in the body of a request.

use axum::extract::multipart::MultipartError;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};

use crate::domain::images;
use crate::error::{Error, Refusal};

/// The largest form: the largest picture and what is around it.
const MAX_BODY: usize = images::MAX_BYTES + 64 * 1024;

/// The field `file` of a multipart form, read to its end. Its route needs [`limit`].
pub(crate) struct Upload(pub(crate) Vec<u8>);

/// The bound of a route that takes an [`Upload`].
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(MAX_BODY)
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let mut form = Multipart::from_request(request, state)
            .await
            .map_err(|_| Refusal::format("file", "The body must be a multipart form."))?;
        while let Some(field) = form.next_field().await.map_err(unreadable)? {
            if field.name() == Some("file") {
                let bytes = field.bytes().await.map_err(unreadable)?;
                return Ok(Self(bytes.to_vec()));
            }
        }
        Err(Refusal::missing("file").into())
    }
}

fn unreadable(error: MultipartError) -> Error {
    if error.status() == http::StatusCode::PAYLOAD_TOO_LARGE {
        return images::too_large().into();
    }
    Refusal::format("file", "The file was cut off or cannot be read.").into()
}
