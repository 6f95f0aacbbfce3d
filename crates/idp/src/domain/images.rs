//! Uploaded pictures: what counts as one, and where it is kept.

use bailiwick_pg::Tx;
use http::StatusCode;

use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::store::{self, images};

/// The largest picture, in bytes.
pub const MAX_BYTES: usize = 10 * 1024 * 1024;

/// Stores an uploaded file and returns its new id. Its first bytes say what it is, not its name
/// nor what the browser calls it; 422 unless that is PNG, JPEG, WebP or GIF, 413 above
/// [`MAX_BYTES`].
pub async fn store(idp: &Idp, tx: &mut Tx, bytes: Vec<u8>) -> Result<String> {
    if bytes.len() > MAX_BYTES {
        return Err(too_large().into());
    }
    let content_type = content_type(&bytes).ok_or_else(|| {
        let text = "The image must be a PNG, JPEG, WebP or GIF file.";
        Refusal::format("file", text)
    })?;
    let image = images::Image {
        id: ids::new(idp.env(), Kind::Image),
        content_type: content_type.to_owned(),
        bytes,
    };
    images::insert(tx, &image, store::now(idp.env())).await?;
    Ok(image.id)
}

/// The refusal of a file above [`MAX_BYTES`].
#[must_use]
pub fn too_large() -> Refusal {
    let text = "The image must not be larger than 10 MB.";
    let status = StatusCode::PAYLOAD_TOO_LARGE;
    Refusal::new(status, "image_too_large", text).param("file")
}

fn content_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n...."[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0", Some("image/jpeg")),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"GIF89a", Some("image/gif")),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
            (b"<html>", None),
            (b"", None),
        ] {
            assert_eq!(content_type(bytes), expected);
        }
    }
}
