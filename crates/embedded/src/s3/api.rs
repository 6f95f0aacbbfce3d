//! The operations of S3 on our store. The signature is checked before any of them runs.

use std::fs::File;
use std::io;
use std::time::SystemTime;

use s3s::dto::{
    DeleteObjectInput, DeleteObjectOutput, ETag, ETagCondition, GetObjectInput, GetObjectOutput,
    HeadBucketInput, HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input,
    ListObjectsV2Output, PutObjectInput, PutObjectOutput, StreamingBlob,
};
use s3s::{S3, S3Error, S3Request, S3Response, S3Result, s3_error};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio_util::io::ReaderStream;

use super::listing;
use super::object::Facts;
use super::store::{Bucket, Replace, Store};
use super::upload;

/// What goes from the disk to a reader at a time.
const READ_BYTES: usize = 64 << 10;

/// S3's own default.
const UNKNOWN_TYPE: &str = "binary/octet-stream";

/// The store as `s3s` asks it.
pub(super) struct Api {
    pub store: Store,
}

impl Api {
    fn bucket(&self, name: &str) -> S3Result<Bucket> {
        self.store
            .bucket(name)
            .ok_or_else(|| s3_error!(NoSuchBucket))
    }

    async fn open(&self, bucket: &str, key: &str) -> S3Result<(File, Facts, SystemTime)> {
        check_key(key)?;
        let (bucket, key) = (self.bucket(bucket)?, key.to_owned());
        on_disk(move || bucket.open(&key))
            .await?
            .ok_or_else(|| s3_error!(NoSuchKey))
    }
}

#[async_trait::async_trait]
impl S3 for Api {
    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = &request.input;
        check_key(&input.key)?;
        let replace = match (&input.if_none_match, &input.if_match) {
            (None, None) => Replace::Yes,
            (Some(ETagCondition::Any), None) => Replace::No,
            _ => {
                return Err(s3_error!(
                    NotImplemented,
                    "only If-None-Match: * is known here"
                ));
            }
        };
        let bucket = self.bucket(&input.bucket)?;
        let mut facts = facts_of(input);
        let uploads = bucket.clone();
        let (file, path) = on_disk(move || uploads.upload()).await?;
        let received = upload::receive(request, file).await?;
        facts.size = received.size;
        facts.e_tag = received.md5;
        facts.sha256 = received.sha256;
        let output = PutObjectOutput {
            e_tag: Some(ETag::Strong(facts.e_tag.clone())),
            checksum_sha256: Some(facts.sha256.clone()),
            size: i64::try_from(facts.size).ok(),
            ..PutObjectOutput::default()
        };
        let publish = move || bucket.publish(received.file, path, &facts, replace);
        if !on_disk(publish).await? {
            return Err(s3_error!(
                PreconditionFailed,
                "there is an object of this key"
            ));
        }
        Ok(S3Response::new(output))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let (file, facts, changed) = self.open(&input.bucket, &input.key).await?;
        check_conditions(
            &facts,
            input.if_match.as_ref(),
            input.if_none_match.as_ref(),
        )?;
        let range = input
            .range
            .map(|range| range.check(facts.size))
            .transpose()?;
        let content_range = range
            .as_ref()
            .map(|range| format!("bytes {}-{}/{}", range.start, range.end - 1, facts.size));
        let whole = range.is_none();
        let range = range.unwrap_or(0..facts.size);
        let mut file = tokio::fs::File::from_std(file);
        file.seek(io::SeekFrom::Start(range.start))
            .await
            .map_err(S3Error::internal_error)?;
        let content = file.take(range.end - range.start);
        let body = StreamingBlob::wrap(ReaderStream::with_capacity(content, READ_BYTES));
        Ok(S3Response::new(GetObjectOutput {
            body: Some(body),
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(range.end - range.start).ok(),
            content_range,
            checksum_sha256: whole.then_some(facts.sha256),
            content_type: Some(facts.content_type),
            content_disposition: facts.content_disposition,
            content_encoding: facts.content_encoding,
            content_language: facts.content_language,
            cache_control: facts.cache_control,
            e_tag: Some(ETag::Strong(facts.e_tag)),
            last_modified: Some(changed.into()),
            metadata: Some(facts.metadata),
            ..GetObjectOutput::default()
        }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let (_, facts, changed) = self.open(&input.bucket, &input.key).await?;
        check_conditions(
            &facts,
            input.if_match.as_ref(),
            input.if_none_match.as_ref(),
        )?;
        Ok(S3Response::new(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(facts.size).ok(),
            checksum_sha256: Some(facts.sha256),
            content_type: Some(facts.content_type),
            content_disposition: facts.content_disposition,
            content_encoding: facts.content_encoding,
            content_language: facts.content_language,
            cache_control: facts.cache_control,
            e_tag: Some(ETag::Strong(facts.e_tag)),
            last_modified: Some(changed.into()),
            metadata: Some(facts.metadata),
            ..HeadObjectOutput::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        let input = request.input;
        check_key(&input.key)?;
        if input.if_match.is_some() {
            return Err(s3_error!(NotImplemented, "DELETE knows no conditions here"));
        }
        let bucket = self.bucket(&input.bucket)?;
        on_disk(move || bucket.remove(&input.key)).await?;
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let bucket = self.bucket(&request.input.bucket)?;
        let page = tokio::task::spawn_blocking(move || listing::page(&bucket, request.input));
        page.await
            .map_err(S3Error::internal_error)?
            .map(S3Response::new)
    }

    async fn head_bucket(
        &self,
        request: S3Request<HeadBucketInput>,
    ) -> S3Result<S3Response<HeadBucketOutput>> {
        self.bucket(&request.input.bucket)?;
        Ok(S3Response::new(HeadBucketOutput::default()))
    }
}

/// Runs what blocks on the disk apart from the runtime's threads, and logs what goes wrong there:
/// the client only learns that something did.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> S3Result<T> {
    let done = tokio::task::spawn_blocking(work)
        .await
        .map_err(S3Error::internal_error)?;
    done.map_err(|error| {
        tracing::error!(%error, "the object store's disk failed");
        S3Error::internal_error(error)
    })
}

/// Keys are the product's own. A segment `.` or `..` is what a client's URL library makes another
/// key of after signing, so it is refused rather than stored under a name nobody can fetch.
fn check_key(key: &str) -> S3Result<()> {
    if key
        .split('/')
        .any(|segment| segment == "." || segment == "..")
    {
        return Err(s3_error!(
            InvalidArgument,
            "a key must not have the segments . and .."
        ));
    }
    Ok(())
}

/// `If-Match` and `If-None-Match` of a reader, as HTTP has them.
fn check_conditions(
    facts: &Facts,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    let holds = |condition: &ETagCondition| match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(e_tag) => e_tag.value() == facts.e_tag,
    };
    if if_match.is_some_and(|condition| !holds(condition)) {
        return Err(s3_error!(PreconditionFailed));
    }
    if if_none_match.is_some_and(holds) {
        return Err(s3_error!(NotModified));
    }
    Ok(())
}

/// What the headers say; size and hashes are known after the body.
fn facts_of(input: &PutObjectInput) -> Facts {
    Facts {
        key: input.key.clone(),
        size: 0,
        e_tag: String::new(),
        sha256: String::new(),
        content_type: input
            .content_type
            .clone()
            .unwrap_or_else(|| UNKNOWN_TYPE.to_owned()),
        content_disposition: input.content_disposition.clone(),
        content_encoding: input.content_encoding.clone(),
        content_language: input.content_language.clone(),
        cache_control: input.cache_control.clone(),
        metadata: input.metadata.clone().unwrap_or_default(),
    }
}
