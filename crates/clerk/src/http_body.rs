//! Reading answers of other servers within a bound.

use reqwest::Response;

/// Why a body could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// It is larger than the bound.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The connection failed half-way.
    #[error("the body could not be read")]
    Transport(#[source] reqwest::Error),
}

/// Reads at most `max` bytes. A declared length above it is refused before anything is read.
pub(crate) async fn read_bounded(mut answer: Response, max: usize) -> Result<Vec<u8>, BodyError> {
    let declared = answer
        .content_length()
        .and_then(|length| usize::try_from(length).ok());
    if declared.is_some_and(|length| length > max) {
        return Err(BodyError::TooLarge(max));
    }
    let mut body = Vec::with_capacity(declared.unwrap_or(4096).min(max));
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|error| BodyError::Transport(error.without_url()))?
    {
        if body.len() + chunk.len() > max {
            return Err(BodyError::TooLarge(max));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
