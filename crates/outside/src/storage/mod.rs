//! Object storage. The browser sends and fetches the bytes itself, by URLs that we sign; we only
//! look, list and delete, and write small things of our own.
//!
//! # How a confirmed document stays what it was
//!
//! An upload URL signs the key, the type, the length, the checksum where the client sent one, and
//! the condition `If-None-Match: *`. Whoever holds the URL must send all of them as signed, and the
//! condition makes the store refuse the write (412) where the key already has an object. So the URL
//! can create but never replace: from the moment at which a document's object exists, which is
//! before anybody can confirm it, no PUT by any URL that we ever signed changes a byte of it,
//! though the URL itself is valid for the rest of its hour.
//!
//! What this leaves open, and who closes it: a deleted object can be created again while its URL
//! lives, as an orphan under a key that no document has any more (keys are never used twice), and
//! the sweeper removes it. A store that ignores the condition, as some old S3-compatible ones do,
//! gives no such promise: [`ObjectStore::check_conditions`] finds that out at the start.

mod config;
mod disposition;
mod error;
mod key;
mod memory;
mod s3;
mod s3_answer;
mod s3_http;
mod signing;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use url::Url;

pub use config::{S3Config, S3ConfigError};
pub use error::StorageError;
pub use key::{KeyError, ObjectKey};
pub use memory::{MemoryStore, UploadRefused};
pub use s3::S3Store;

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Signed URLs live a week at most, which is S3's own bound.
pub const MAX_EXPIRY: Duration = Duration::from_secs(7 * 24 * 3600);

/// How many objects one page of a list holds at most.
pub const LIST_LIMIT: usize = 1000;

/// A store of objects in one bucket.
pub trait ObjectStore: Send + Sync {
    /// Signs a URL by which a browser may create this object, once: see the module's text. It
    /// must send exactly [`Presigned::headers`], and `size` bytes of body; the length is signed
    /// too, and left out of the headers since browsers set it themselves.
    ///
    /// # Errors
    /// [`StorageError::ContentType`], [`StorageError::Expiry`]. Nothing is sent.
    fn presign_put(
        &self,
        key: &ObjectKey,
        content_type: &str,
        size: u64,
        sha256: Option<[u8; 32]>,
        expires: Duration,
    ) -> Result<Presigned, StorageError>;

    /// Signs a URL by which a browser may download this object under `file_name`, as this type,
    /// always as an attachment and never into a shared cache.
    ///
    /// # Errors
    /// [`StorageError::ContentType`], [`StorageError::Expiry`]. Nothing is sent.
    fn presign_get(
        &self,
        key: &ObjectKey,
        file_name: &str,
        content_type: &str,
        expires: Duration,
    ) -> Result<Presigned, StorageError>;

    /// What is known of an object; none where there is none.
    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<ObjectMeta>, StorageError>>;

    /// Writes a small object of our own, replacing what was there.
    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<(), StorageError>>;

    /// Writes a small object of our own where there is none; `false` where there is one. A write
    /// whose first answer was lost may say `false` of itself.
    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<bool, StorageError>>;

    /// Reads a small object of our own, of at most `max_bytes`; none where there is none.
    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Option<Bytes>, StorageError>>;

    /// Deletes an object. Deleting what is not there is a success.
    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>>;

    /// One page of the objects below `prefix` (all of them for none), in the order of their keys.
    /// `after` is [`ObjectPage::next`] of the page before.
    fn list<'a>(
        &'a self,
        prefix: Option<&'a ObjectKey>,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ObjectPage, StorageError>>;

    /// Whether the bucket can be reached with our credentials. Cheap, for the readiness check.
    fn check(&self) -> BoxFuture<'_, Result<(), StorageError>>;

    /// Whether the store keeps the condition on which uploads rest, tried out on an object of our
    /// own that is removed again. Once, at the start.
    ///
    /// # Errors
    /// [`StorageError::ConditionIgnored`] where documents could be replaced.
    fn check_conditions(&self) -> BoxFuture<'_, Result<(), StorageError>>;
}

/// A signed URL, and what the browser must send with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presigned {
    /// Secret for as long as it is valid: it must not be logged.
    pub url: Url,
    /// Headers to send, exactly as they are.
    pub headers: BTreeMap<String, String>,
}

/// What a store knows of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectMeta {
    /// Bytes.
    pub size: u64,
    /// The type it was sent with.
    pub content_type: Option<String>,
    /// The store's mark of this content, without quotes.
    pub etag: Option<String>,
    /// The checksum of the whole, where it was sent with one and the store reports it.
    pub sha256: Option<[u8; 32]>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPage {
    /// The objects whose keys are ours. Others, which somebody else must have put there, are
    /// passed over.
    pub objects: Vec<ListedObject>,
    /// Where the next page starts; none on the last.
    pub next: Option<String>,
}

/// An object in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key.
    pub key: ObjectKey,
    /// Bytes.
    pub size: u64,
    /// When it was written, where the store says so.
    pub modified_at: Option<jiff::Timestamp>,
}
