//! A store in memory, for tests: the same rules, and a browser's side to try them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use bailiwick_kernel::Env;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use url::Url;

use super::disposition::attachment;
use super::error::{check_content_type, check_expiry};
use super::{
    BoxFuture, LIST_LIMIT, ListedObject, ObjectKey, ObjectMeta, ObjectPage, ObjectStore, Presigned,
    StorageError,
};

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

    fn page(
        &self,
        prefix: Option<&ObjectKey>,
        after: Option<&str>,
    ) -> Result<ObjectPage, StorageError> {
        let state = self.reach("list")?;
        let prefix = prefix
            .map(|prefix| format!("{prefix}/"))
            .unwrap_or_default();
        let after = after.map(str::parse::<ObjectKey>).transpose();
        let after = after.map_err(|_| StorageError::Malformed { operation: "list" })?;
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut objects: Vec<ListedObject> = state
            .objects
            .range::<ObjectKey, _>((start, Bound::Unbounded))
            .filter(|(key, _)| key.as_str().starts_with(&prefix))
            .take(LIST_LIMIT + 1)
            .map(|(key, stored)| ListedObject {
                key: key.clone(),
                size: stored.body.len() as u64,
                modified_at: Some(stored.modified_at),
            })
            .collect();
        let more = objects.len() > LIST_LIMIT;
        objects.truncate(LIST_LIMIT);
        let next = objects
            .last()
            .filter(|_| more)
            .map(|object| object.key.to_string());
        Ok(ObjectPage { objects, next })
    }
}

impl ObjectStore for MemoryStore {
    fn presign_put(
        &self,
        key: &ObjectKey,
        content_type: &str,
        size: u64,
        sha256: Option<[u8; 32]>,
        expires: Duration,
    ) -> Result<Presigned, StorageError> {
        check_content_type(content_type)?;
        check_expiry(expires)?;
        let mut headers = BTreeMap::from([
            ("content-type".to_owned(), content_type.to_owned()),
            ("if-none-match".to_owned(), "*".to_owned()),
        ]);
        if let Some(sha256) = sha256 {
            headers.insert("x-amz-checksum-sha256".to_owned(), STANDARD.encode(sha256));
        }
        let url = self.url(key)?;
        let upload = Upload {
            key: key.clone(),
            headers: headers.clone(),
            size,
            sha256,
            until: self.until(expires),
        };
        self.lock().uploads.insert(url.to_string(), upload);
        Ok(Presigned { url, headers })
    }

    fn presign_get(
        &self,
        key: &ObjectKey,
        file_name: &str,
        content_type: &str,
        expires: Duration,
    ) -> Result<Presigned, StorageError> {
        check_content_type(content_type)?;
        check_expiry(expires)?;
        let mut url = self.url(key)?;
        url.query_pairs_mut()
            .append_pair("response-content-disposition", &attachment(file_name))
            .append_pair("response-content-type", content_type);
        let download = Download {
            key: key.clone(),
            until: self.until(expires),
        };
        self.lock().downloads.insert(url.to_string(), download);
        Ok(Presigned {
            url,
            headers: BTreeMap::new(),
        })
    }

    fn head<'a>(
        &'a self,
        key: &'a ObjectKey,
    ) -> BoxFuture<'a, Result<Option<ObjectMeta>, StorageError>> {
        Box::pin(async move {
            let state = self.reach("head")?;
            Ok(state.objects.get(key).map(|stored| ObjectMeta {
                size: stored.body.len() as u64,
                content_type: Some(stored.content_type.clone()),
                etag: Some(STANDARD.encode(digest(&SHA256, &stored.body).as_ref())),
                sha256: stored.sha256,
            }))
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            check_content_type(content_type)?;
            let stored = Stored {
                body,
                content_type: content_type.to_owned(),
                sha256: None,
                modified_at: self.env.now(),
            };
            self.reach("put")?.objects.insert(key.clone(), stored);
            Ok(())
        })
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Option<Bytes>, StorageError>> {
        Box::pin(async move {
            match self.reach("get")?.objects.get(key) {
                Some(stored) if stored.body.len() > max_bytes => {
                    Err(StorageError::TooLarge(max_bytes))
                }
                stored => Ok(stored.map(|stored| stored.body.clone())),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            self.reach("delete")
                .map(|mut state| drop(state.objects.remove(key)))
        })
    }

    fn list<'a>(
        &'a self,
        prefix: Option<&'a ObjectKey>,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ObjectPage, StorageError>> {
        Box::pin(async move { self.page(prefix, after) })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move { self.reach("check").map(|_| ()) })
    }

    fn check_conditions(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        self.check()
    }
}
