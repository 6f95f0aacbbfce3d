//! Reading what a store says.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use rusty_s3::actions::ListObjectsV2;

use super::{ListedObject, ObjectMeta, ObjectPage, StorageError};

/// The code in an error's XML, empty where there is none (answers to `HEAD` have no body).
pub(super) fn error_code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    text.split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map(|(code, _)| {
            code.chars()
                .filter(char::is_ascii_alphanumeric)
                .take(64)
                .collect()
        })
        .unwrap_or_default()
}

/// What the headers of an object say.
pub(super) fn object_meta(headers: &HeaderMap) -> Result<ObjectMeta, StorageError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let size = text("content-length")
        .and_then(|length| length.parse().ok())
        .ok_or(StorageError::Malformed { operation: "head" })?;
    Ok(ObjectMeta {
        size,
        content_type: text("content-type").map(ToOwned::to_owned),
        etag: text("etag").map(|etag| etag.trim_start_matches("W/").trim_matches('"').to_owned()),
        sha256: text("x-amz-checksum-sha256").and_then(checksum),
    })
}

/// A checksum of the whole object; the checksums of an upload in parts have another form.
fn checksum(base64: &str) -> Option<[u8; 32]> {
    STANDARD.decode(base64).ok()?.try_into().ok()
}

/// One page of a list.
pub(super) fn object_page(body: &[u8]) -> Result<ObjectPage, StorageError> {
    let malformed = || StorageError::Malformed { operation: "list" };
    let text = std::str::from_utf8(body).map_err(|_| malformed())?;
    let list = ListObjectsV2::parse_response(text).map_err(|_| malformed())?;
    let more = list.next_continuation_token.is_some();
    let next = list
        .contents
        .last()
        .map(|object| object.key.clone())
        .filter(|_| more);
    if more && next.is_none() {
        return Err(malformed());
    }
    let objects = list
        .contents
        .into_iter()
        .filter_map(|object| {
            let Ok(key) = object.key.parse() else {
                tracing::debug!("the bucket has an object whose key is not ours");
                return None;
            };
            let modified_at = object.last_modified.and_then(|time| time.parse().ok());
            Some(ListedObject {
                key,
                size: object.size.unwrap_or_default(),
                modified_at,
            })
        })
        .collect();
    Ok(ObjectPage { objects, next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_errors() {
        let body =
            b"<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>x</Message></Error>";
        assert_eq!(error_code(body), "NoSuchKey");
        assert_eq!(error_code(b"<Code>a\r\nb"), "");
        assert_eq!(error_code(b"<Code>a\r\nb</Code>"), "ab");
        assert_eq!(error_code(b"\xff"), "");
    }

    #[test]
    fn checksums_of_parts_are_none() {
        assert_eq!(
            checksum("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            Some([0; 32])
        );
        assert_eq!(
            checksum("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=-3"),
            None
        );
        assert_eq!(checksum("AAAA"), None);
    }
}
