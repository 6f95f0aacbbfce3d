//! A store in memory, for tests: the same rules, and a browser's side to try them.

mod objects;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use bailiwick_kernel::Env;
use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use super::{ObjectKey, StorageError};

/// Objects in memory. Signed URLs are of a host that does not exist; [`MemoryStore::upload`] and
/// [`MemoryStore::download`] play the browser.
pub struct MemoryStore {
    env: Env,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<ObjectKey, Stored>,
    uploads: HashMap<String, Upload>,
    downloads: HashMap<String, Download>,
    failing: bool,
}

struct Stored {
    body: Bytes,
    content_type: String,
    sha256: Option<[u8; 32]>,
    modified_at: Timestamp,
}

struct Upload {
    key: ObjectKey,
    headers: BTreeMap<String, String>,
    size: u64,
    sha256: Option<[u8; 32]>,
    until: Timestamp,
}

struct Download {
    key: ObjectKey,
    until: Timestamp,
}

/// Why a store would not take an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UploadRefused {
    /// 403: not a URL of ours, or its time is over.
    #[error("the URL is unknown or has expired")]
    Url,
    /// 403: a signed header is missing or other than signed, the length included.
    #[error("a header differs from what was signed")]
    Headers,
    /// 400: the bytes are not those of the checksum.
    #[error("the checksum is another")]
    Checksum,
    /// 412: the key has an object already.
    #[error("the object exists")]
    Exists,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new(env: Env) -> Self {
        Self {
            env,
            state: Mutex::default(),
        }
    }

    /// From now on every operation fails as if nobody were there, or works again.
    pub fn set_failing(&self, failing: bool) {
        self.lock().failing = failing;
    }

    /// Uploads as a browser would.
    ///
    /// # Errors
    /// [`UploadRefused`], as a real store refuses.
    pub fn upload(
        &self,
        url: &Url,
        headers: &BTreeMap<String, String>,
        body: Bytes,
    ) -> Result<(), UploadRefused> {
        let now = self.env.now();
        let mut state = self.lock();
        let upload = state.uploads.get(url.as_str()).ok_or(UploadRefused::Url)?;
        if now >= upload.until {
            return Err(UploadRefused::Url);
        }
        if *headers != upload.headers || u64::try_from(body.len()) != Ok(upload.size) {
            return Err(UploadRefused::Headers);
        }
        if upload
            .sha256
            .is_some_and(|sha256| digest(&SHA256, &body).as_ref() != sha256)
        {
            return Err(UploadRefused::Checksum);
        }
        let (key, sha256) = (upload.key.clone(), upload.sha256);
        if state.objects.contains_key(&key) {
            return Err(UploadRefused::Exists);
        }
        let content_type = headers.get("content-type").cloned().unwrap_or_default();
        state.objects.insert(
            key,
            Stored {
                body,
                content_type,
                sha256,
                modified_at: now,
            },
        );
        Ok(())
    }

    /// Downloads as a browser would; none where the URL or the object is gone.
    #[must_use]
    pub fn download(&self, url: &Url) -> Option<Bytes> {
        let state = self.lock();
        let download = state.downloads.get(url.as_str())?;
        let current = self.env.now() < download.until;
        state
            .objects
            .get(&download.key)
            .filter(|_| current)
            .map(|stored| stored.body.clone())
    }

    fn url(&self, key: &ObjectKey) -> Result<Url, StorageError> {
        let grant = self.env.uuid();
        Url::parse(&format!("http://objects.invalid/{key}?grant={grant}")).map_err(|_| {
            StorageError::Malformed {
                operation: "presign",
            }
        })
    }

    fn until(&self, expires: Duration) -> Timestamp {
        self.env
            .now()
            .checked_add(expires)
            .unwrap_or(Timestamp::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of a store that is there.
    fn reach(&self, operation: &'static str) -> Result<MutexGuard<'_, State>, StorageError> {
        let state = self.lock();
        if state.failing {
            let code = "ServiceUnavailable".to_owned();
            return Err(StorageError::Status {
                operation,
                status: 503,
                code,
            });
        }
        Ok(state)
    }
}
