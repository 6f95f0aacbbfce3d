//! What every store does, done in memory.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::{Download, MemoryStore, Stored, Upload};
use crate::storage::disposition::attachment;
use crate::storage::signing::{check_content_type, check_expiry, upload_headers};
use crate::storage::{
    BoxFuture, LIST_LIMIT, ListedObject, ObjectKey, ObjectMeta, ObjectPage, ObjectStore, Presigned,
    StorageError,
};

impl MemoryStore {
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
        check_expiry(expires)?;
        let headers = upload_headers(content_type, sha256)?;
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

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<bool, StorageError>> {
        Box::pin(async move {
            if self.reach("put")?.objects.contains_key(key) {
                return Ok(false);
            }
            self.put(key, content_type, body).await.map(|()| true)
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
