//! One object, one file: the bytes, then what is known about them, then where that begins.
//!
//! The facts come last because the checksums are known last; one file because a rename is then
//! all it takes to publish bytes and facts together.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// Ends every object's file; a later format gets another.
const MAGIC: &[u8; 8] = b"bwobject";
/// The facts' length as `u32`, then the magic.
const TAIL_BYTES: u64 = 12;
/// S3 allows 2 KB of user metadata and 1 KB of key; the rest is ours and short.
const FACTS_BYTES_MAX: u32 = 64 << 10;

/// What is known about an object besides its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Facts {
    pub key: String,
    /// Bytes of content.
    pub size: u64,
    /// MD5 of the content in hex, as S3 has it for single uploads.
    pub e_tag: String,
    /// SHA-256 of the content in base64.
    pub sha256: String,
    pub content_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_language: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "HashMap::is_empty")]
    pub metadata: HashMap<String, String>,
}

impl Facts {
    /// Appends the facts to the content that was written before.
    pub fn append_to(&self, file: &mut File) -> io::Result<()> {
        let mut tail = serde_json::to_vec(self)?;
        let length = u32::try_from(tail.len())
            .ok()
            .filter(|length| *length <= FACTS_BYTES_MAX);
        let length = length.ok_or_else(|| io::Error::other("too much metadata"))?;
        tail.extend(length.to_be_bytes());
        tail.extend(MAGIC);
        file.write_all(&tail)
    }

    /// Reads the facts and the time of the last change; the file's position does not move.
    pub fn read(file: &File) -> io::Result<(Self, SystemTime)> {
        let meta = file.metadata()?;
        let damaged = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
        let tail_at = meta
            .len()
            .checked_sub(TAIL_BYTES)
            .ok_or_else(|| damaged("too short"))?;
        let (mut length, mut magic) = ([0; 4], [0; 8]);
        file.read_exact_at(&mut length, tail_at)?;
        file.read_exact_at(&mut magic, tail_at + 4)?;
        let length = u32::from_be_bytes(length);
        if magic != *MAGIC || length > FACTS_BYTES_MAX {
            return Err(damaged("not an object"));
        }
        let size = tail_at
            .checked_sub(u64::from(length))
            .ok_or_else(|| damaged("too short"))?;
        let mut json = vec![0; length as usize];
        file.read_exact_at(&mut json, size)?;
        let facts: Self = serde_json::from_slice(&json)?;
        if facts.size != size {
            return Err(damaged("not as long as it says"));
        }
        Ok((facts, meta.modified()?))
    }
}
