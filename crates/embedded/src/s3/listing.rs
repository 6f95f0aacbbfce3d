//! `ListObjectsV2`: one page in the order of keys, with folders where a delimiter is given.

use std::collections::BTreeMap;
use std::io;
use std::time::SystemTime;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use s3s::dto::{
    CommonPrefix, ETag, ListObjectsV2Input, ListObjectsV2Output, Object, ObjectStorageClass,
};
use s3s::{S3Error, S3Result, s3_error};

use super::object::Facts;
use super::store::Bucket;

/// What S3 answers at most in one page.
const PAGE_MAX: i32 = 1000;

enum Entry {
    Object(Box<Facts>, SystemTime),
    Folder,
}

/// Reads every object of the bucket and keeps no more than a page of them.
pub(super) fn page(bucket: &Bucket, input: ListObjectsV2Input) -> S3Result<ListObjectsV2Output> {
    let max_keys = input.max_keys.unwrap_or(PAGE_MAX).clamp(0, PAGE_MAX);
    let limit = usize::try_from(max_keys).unwrap_or(0);
    let prefix = input.prefix.clone().unwrap_or_default();
    let delimiter = input
        .delimiter
        .clone()
        .filter(|delimiter| !delimiter.is_empty());
    let token = input
        .continuation_token
        .as_deref()
        .map(decode_token)
        .transpose()?;
    let start = token
        .clone()
        .or_else(|| input.start_after.clone())
        .unwrap_or_default();

    let mut entries = BTreeMap::new();
    for object in bucket.scan().map_err(S3Error::internal_error)? {
        let (facts, changed) = match object {
            Ok(object) => object,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(%error, "a file among the objects is none of ours");
                continue;
            }
            Err(error) => return Err(S3Error::internal_error(error)),
        };
        let Some(rest) = facts.key.strip_prefix(&prefix) else {
            continue;
        };
        let folder = delimiter.as_deref().and_then(|delimiter| {
            let end = rest.find(delimiter)? + delimiter.len();
            Some(format!("{prefix}{}", &rest[..end]))
        });
        // A page that ended with a folder goes on behind all of the folder.
        let behind = facts.key > start && (token.is_none() || folder.as_ref() != Some(&start));
        if !behind {
            continue;
        }
        match folder {
            Some(folder) => entries.insert(folder, Entry::Folder),
            None => entries.insert(facts.key.clone(), Entry::Object(Box::new(facts), changed)),
        };
        if entries.len() > limit + 1 {
            entries.pop_last();
        }
    }
    let truncated = limit > 0 && entries.len() > limit;
    while entries.len() > limit {
        entries.pop_last();
    }
    let next = entries.last_key_value().filter(|_| truncated);
    let next_token = next.map(|(name, _)| URL_SAFE_NO_PAD.encode(name));
    let key_count = i32::try_from(entries.len()).unwrap_or(max_keys);
    let (contents, common_prefixes) = split(entries);
    Ok(ListObjectsV2Output {
        name: Some(input.bucket),
        prefix: Some(prefix),
        delimiter: input.delimiter,
        max_keys: Some(max_keys),
        key_count: Some(key_count),
        is_truncated: Some(truncated),
        continuation_token: input.continuation_token,
        next_continuation_token: next_token,
        start_after: input.start_after,
        contents: Some(contents),
        common_prefixes: Some(common_prefixes),
        ..ListObjectsV2Output::default()
    })
}

fn split(entries: BTreeMap<String, Entry>) -> (Vec<Object>, Vec<CommonPrefix>) {
    let (mut objects, mut folders) = (Vec::new(), Vec::new());
    for (name, entry) in entries {
        match entry {
            Entry::Folder => folders.push(CommonPrefix { prefix: Some(name) }),
            Entry::Object(facts, changed) => objects.push(Object {
                key: Some(name),
                size: i64::try_from(facts.size).ok(),
                e_tag: Some(ETag::Strong(facts.e_tag)),
                last_modified: Some(changed.into()),
                storage_class: Some(ObjectStorageClass::from_static(
                    ObjectStorageClass::STANDARD,
                )),
                ..Object::default()
            }),
        }
    }
    (objects, folders)
}

fn decode_token(token: &str) -> S3Result<String> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok();
    let name = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| s3_error!(InvalidArgument, "the continuation token is none of ours"))
}
