//! S3 and what speaks like it.

use std::collections::BTreeMap;
use std::time::Duration;

use bailiwick_kernel::Env;
use bytes::Bytes;
use http::{Method, StatusCode};
use rusty_s3::{Credentials, S3Action};
use secrecy::ExposeSecret;

use super::config::{Buckets, buckets};
use super::disposition::attachment;
use super::s3_answer::{object_meta, object_page};
use super::s3_http::{Call, S3Http};
use super::signing::{check_content_type, check_expiry, upload_headers};
use super::{
    BoxFuture, LIST_LIMIT, ObjectKey, ObjectMeta, ObjectPage, ObjectStore, Presigned, S3Config,
    S3ConfigError, StorageError,
};

/// How long our own requests are valid: all attempts of one, with room for clocks that differ.
const OWN_EXPIRY: Duration = Duration::from_secs(600);

/// A page of a list is about 400 bytes an object.
const MAX_LIST_BYTES: usize = 8 * 1024 * 1024;

/// Answers of which nothing but the status is wanted.
const MAX_PLAIN_BYTES: usize = 64 * 1024;

/// A bucket behind the S3 protocol.
pub struct S3Store {
    buckets: Buckets,
    credentials: Credentials,
    http: S3Http,
    env: Env,
}

impl S3Store {
    /// Checks the settings; sends nothing.
    ///
    /// # Errors
    /// [`S3ConfigError`] names what is missing.
    pub fn new(config: S3Config) -> Result<Self, S3ConfigError> {
        let buckets = buckets(&config)?;
        let (key, secret) = (config.access_key, config.secret_key.expose_secret());
        let credentials = match config.session_token {
            Some(token) => Credentials::new_with_token(key, secret, token.expose_secret()),
            None => Credentials::new(key, secret),
        };
        let http = S3Http::new(config.timeout, config.env.clone())?;
        Ok(Self {
            buckets,
            credentials,
            http,
            env: config.env,
        })
    }

    /// Signs one of our own requests, with the headers that go out with it.
    fn call<'a, A: S3Action<'a>>(
        &self,
        operation: &'static str,
        mut action: A,
        headers: Vec<(&'static str, String)>,
    ) -> Call {
        for (name, value) in &headers {
            action.headers_mut().insert(*name, value.clone());
        }
        let method = match A::METHOD {
            rusty_s3::Method::Head => Method::HEAD,
            rusty_s3::Method::Get => Method::GET,
            rusty_s3::Method::Post => Method::POST,
            rusty_s3::Method::Put => Method::PUT,
            rusty_s3::Method::Delete => Method::DELETE,
        };
        let url = action.sign_with_time(OWN_EXPIRY, &self.env.now());
        let max_answer_bytes = MAX_PLAIN_BYTES;
        Call {
            operation,
            method,
            url,
            headers,
            body: Bytes::new(),
            max_answer_bytes,
        }
    }

    /// Writes; whether it was written, or refused because of the condition.
    async fn write(
        &self,
        key: &ObjectKey,
        content_type: &str,
        body: Bytes,
        create_only: bool,
    ) -> Result<bool, StorageError> {
        check_content_type(content_type)?;
        let mut headers = vec![("content-type", content_type.to_owned())];
        if create_only {
            headers.push(("if-none-match", "*".to_owned()));
        }
        let action = self
            .buckets
            .internal
            .put_object(Some(&self.credentials), key.as_str());
        let call = Call {
            body,
            ..self.call("put", action, headers)
        };
        let answer = self.http.send(call).await?;
        if create_only && answer.status == StatusCode::PRECONDITION_FAILED {
            return Ok(false);
        }
        answer.successful().map(|_| true)
    }

    async fn try_conditions(&self, key: &ObjectKey) -> Result<(), StorageError> {
        let body = Bytes::from_static(b"first");
        let written = self.write(key, "text/plain", body, true).await?;
        if !written && self.head(key).await?.is_none() {
            // Refused though the key is free. Where the object is there after all, the write was
            // repeated because its first answer was lost.
            return Err(StorageError::Malformed { operation: "put" });
        }
        let body = Bytes::from_static(b"second");
        match self.write(key, "text/plain", body, true).await? {
            true => Err(StorageError::ConditionIgnored),
            false => Ok(()),
        }
    }
}

impl ObjectStore for S3Store {
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
        let mut action = self
            .buckets
            .public
            .put_object(Some(&self.credentials), key.as_str());
        let signed = action.headers_mut();
        signed.insert("content-length", size.to_string());
        for (name, value) in &headers {
            signed.insert(name.clone(), value.clone());
        }
        let url = action.sign_with_time(expires, &self.env.now());
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
        let mut action = self
            .buckets
            .public
            .get_object(Some(&self.credentials), key.as_str());
        let query = action.query_mut();
        query.insert("response-cache-control", "private, no-store");
        query.insert("response-content-disposition", attachment(file_name));
        query.insert("response-content-type", content_type);
        let url = action.sign_with_time(expires, &self.env.now());
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
            let action = self
                .buckets
                .internal
                .head_object(Some(&self.credentials), key.as_str());
            let headers = vec![("x-amz-checksum-mode", "ENABLED".to_owned())];
            let answer = self
                .http
                .send(self.call("head", action, headers))
                .await?
                .found()?;
            answer
                .map(|answer| object_meta(&answer.headers))
                .transpose()
        })
    }

    fn put<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move { self.write(key, content_type, body, false).await.map(|_| ()) })
    }

    fn create<'a>(
        &'a self,
        key: &'a ObjectKey,
        content_type: &'a str,
        body: Bytes,
    ) -> BoxFuture<'a, Result<bool, StorageError>> {
        Box::pin(self.write(key, content_type, body, true))
    }

    fn get<'a>(
        &'a self,
        key: &'a ObjectKey,
        max_bytes: usize,
    ) -> BoxFuture<'a, Result<Option<Bytes>, StorageError>> {
        Box::pin(async move {
            let action = self
                .buckets
                .internal
                .get_object(Some(&self.credentials), key.as_str());
            let call = Call {
                max_answer_bytes: max_bytes,
                ..self.call("get", action, Vec::new())
            };
            let answer = self.http.send(call).await?.found()?;
            Ok(answer.map(|answer| answer.body))
        })
    }

    fn delete<'a>(&'a self, key: &'a ObjectKey) -> BoxFuture<'a, Result<(), StorageError>> {
        Box::pin(async move {
            let action = self
                .buckets
                .internal
                .delete_object(Some(&self.credentials), key.as_str());
            self.http
                .send(self.call("delete", action, Vec::new()))
                .await?
                .found()
                .map(|_| ())
        })
    }

    fn list<'a>(
        &'a self,
        prefix: Option<&'a ObjectKey>,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<ObjectPage, StorageError>> {
        Box::pin(async move {
            let mut action = self
                .buckets
                .internal
                .list_objects_v2(Some(&self.credentials));
            action.with_max_keys(LIST_LIMIT);
            if let Some(prefix) = prefix {
                action.with_prefix(format!("{prefix}/"));
            }
            if let Some(after) = after {
                action.with_start_after(after);
            }
            let call = self.call("list", action, Vec::new());
            let call = Call {
                max_answer_bytes: MAX_LIST_BYTES,
                ..call
            };
            object_page(&self.http.send(call).await?.successful()?.body)
        })
    }

    fn check(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move {
            let action = self.buckets.internal.head_bucket(Some(&self.credentials));
            let answer = self
                .http
                .send(self.call("check", action, Vec::new()))
                .await?;
            answer.successful().map(|_| ())
        })
    }

    fn check_conditions(&self) -> BoxFuture<'_, Result<(), StorageError>> {
        Box::pin(async move {
            let name = self.env.uuid().to_string();
            let key = ObjectKey::from_segments(["bailiwick-probe", &name])
                .map_err(|_| StorageError::Malformed { operation: "put" })?;
            let kept = self.try_conditions(&key).await;
            let removed = self.delete(&key).await;
            kept.and(removed)
        })
    }
}
