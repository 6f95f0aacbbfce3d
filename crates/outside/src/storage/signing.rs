//! What goes into a signed URL, the same for every store.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;

use super::{MAX_EXPIRY, StorageError};

/// The headers that a browser must send with an upload, beside the length, which it sends anyway.
/// The condition is what makes the URL create and never replace.
pub(super) fn upload_headers(
    content_type: &str,
    sha256: Option<[u8; 32]>,
) -> Result<BTreeMap<String, String>, StorageError> {
    check_content_type(content_type)?;
    let mut headers = BTreeMap::from([
        ("content-type".to_owned(), content_type.to_owned()),
        ("if-none-match".to_owned(), "*".to_owned()),
    ]);
    if let Some(sha256) = sha256 {
        headers.insert("x-amz-checksum-sha256".to_owned(), STANDARD.encode(sha256));
    }
    Ok(headers)
}

/// A type fit for a signed header: printable, and with spaces that no signer would fold.
pub(super) fn check_content_type(content_type: &str) -> Result<(), StorageError> {
    let printable = content_type
        .bytes()
        .all(|byte| (0x20..0x7f).contains(&byte));
    let folded = content_type.trim() != content_type || content_type.contains("  ");
    let usable = printable
        && !folded
        && !content_type.is_empty()
        && HeaderValue::from_str(content_type).is_ok();
    if usable {
        Ok(())
    } else {
        Err(StorageError::ContentType)
    }
}

pub(super) fn check_expiry(expires: Duration) -> Result<(), StorageError> {
    let possible = Duration::from_secs(1)..=MAX_EXPIRY;
    if possible.contains(&expires) {
        Ok(())
    } else {
        Err(StorageError::Expiry)
    }
}
