//! Receiving a body: written as it comes, hashed on the way, compared with what was promised.

use std::fs::File;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt;
use http::HeaderMap;
use s3s::checksum::ChecksumHasher;
use s3s::crypto::{Checksum as _, Crc32, Crc32c, Crc64Nvme, Md5, Sha1};
use s3s::dto::{PutObjectInput, StreamingBlob};
use s3s::{S3Error, S3Request, S3Result, s3_error};
use tokio::io::{AsyncWriteExt, BufWriter};

/// What is gathered before it goes to the disk.
const BUFFER_BYTES: usize = 256 << 10;

/// What was received, and its hashes.
pub(super) struct Received {
    pub file: File,
    pub size: u64,
    /// Hex.
    pub md5: String,
    /// Base64.
    pub sha256: String,
}

/// What the sender promised of the body. All hashes are in base64.
#[derive(Default)]
pub(super) struct Promised {
    length: Option<u64>,
    md5: Option<String>,
    sha256: Option<String>,
    others: [Option<String>; 4],
    trailer: Option<String>,
}

/// The checksums of S3 besides SHA-256, in the order of [`Promised::others`].
const OTHERS: [&str; 4] = [
    "x-amz-checksum-crc32",
    "x-amz-checksum-crc32c",
    "x-amz-checksum-crc64nvme",
    "x-amz-checksum-sha1",
];
const SHA256: &str = "x-amz-checksum-sha256";

impl Promised {
    pub fn by(request: &S3Request<PutObjectInput>) -> S3Result<Self> {
        let input = &request.input;
        let length = input.content_length.map(u64::try_from).transpose();
        let trailer = request
            .headers
            .get("x-amz-trailer")
            .map(|name| name.to_str())
            .transpose();
        let trailer = trailer.map_err(|error| s3_error!(error, InvalidArgument))?;
        if let Some(name) = trailer
            && name != SHA256
            && !OTHERS.contains(&name)
        {
            return Err(s3_error!(
                NotImplemented,
                "the trailer {name} is not known here"
            ));
        }
        Ok(Self {
            length: length.map_err(|error| s3_error!(error, InvalidArgument))?,
            md5: input.content_md5.clone(),
            sha256: input.checksum_sha256.clone(),
            others: [
                input.checksum_crc32.clone(),
                input.checksum_crc32c.clone(),
                input.checksum_crc64nvme.clone(),
                input.checksum_sha1.clone(),
            ],
            trailer: trailer.map(str::to_owned),
        })
    }

    /// Hashers for what was promised and is not computed anyway.
    fn hasher(&self) -> ChecksumHasher {
        let wanted =
            |i: usize| self.others[i].is_some() || self.trailer.as_deref() == Some(OTHERS[i]);
        ChecksumHasher {
            crc32: wanted(0).then(Crc32::new),
            crc32c: wanted(1).then(Crc32c::new),
            crc64nvme: wanted(2).then(Crc64Nvme::new),
            sha1: wanted(3).then(Sha1::new),
            sha256: None,
        }
    }

    /// Compares; `trailers` came after the body.
    fn check(
        &self,
        received: &Received,
        md5: &str,
        others: &[Option<String>; 4],
        trailers: Option<&HeaderMap>,
    ) -> S3Result<()> {
        if self.length.is_some_and(|length| length != received.size) {
            return Err(s3_error!(IncompleteBody));
        }
        let sha256 = Some(received.sha256.as_str());
        let broken = differs(self.md5.as_deref(), Some(md5))
            || differs(self.sha256.as_deref(), sha256)
            || self
                .others
                .iter()
                .zip(others)
                .any(|(a, b)| differs(a.as_deref(), b.as_deref()));
        if broken {
            return Err(s3_error!(
                BadDigest,
                "the content is not what its checksum says"
            ));
        }
        let Some(name) = self.trailer.as_deref() else {
            return Ok(());
        };
        let sent = trailers.and_then(|trailers| trailers.get(name)?.to_str().ok());
        let computed = match OTHERS.iter().position(|other| *other == name) {
            Some(i) => others[i].as_deref(),
            None => sha256,
        };
        if sent.is_none() || sent != computed {
            return Err(s3_error!(
                BadDigest,
                "the content is not what its trailer says"
            ));
        }
        Ok(())
    }
}

fn differs(promised: Option<&str>, computed: Option<&str>) -> bool {
    promised.is_some() && promised != computed
}

/// Writes the body to the file and checks every promise; the file is not durable yet.
pub(super) async fn receive(
    mut request: S3Request<PutObjectInput>,
    file: File,
) -> S3Result<Received> {
    let promised = Promised::by(&request)?;
    let body: Option<StreamingBlob> = request.input.body.take();
    let mut writer = BufWriter::with_capacity(BUFFER_BYTES, tokio::fs::File::from_std(file));
    let (mut size, mut md5) = (0_u64, Md5::new());
    let mut sha256 = digest::Context::new(&digest::SHA256);
    let mut hasher = promised.hasher();
    if let Some(mut body) = body {
        while let Some(chunk) = body.next().await {
            // The sender hung up, or a signed chunk is not what its signature says.
            let chunk = chunk.map_err(|error| {
                tracing::debug!(%error, "an upload broke off");
                S3Error::with_source(s3s::S3ErrorCode::IncompleteBody, error)
            })?;
            size += chunk.len() as u64;
            md5.update(&chunk);
            sha256.update(&chunk);
            hasher.update(&chunk);
            writer
                .write_all(&chunk)
                .await
                .map_err(S3Error::internal_error)?;
        }
    }
    writer.flush().await.map_err(S3Error::internal_error)?;
    let md5 = md5.finalize();
    let sums = hasher.finalize();
    let others = [
        sums.checksum_crc32,
        sums.checksum_crc32c,
        sums.checksum_crc64nvme,
        sums.checksum_sha1,
    ];
    let received = Received {
        file: writer.into_inner().into_std().await,
        size,
        md5: hex::encode(md5.as_ref()),
        sha256: STANDARD.encode(sha256.finish()),
    };
    let trailers = request
        .trailing_headers
        .as_ref()
        .and_then(s3s::TrailingHeaders::take);
    promised.check(
        &received,
        &STANDARD.encode(md5.as_ref()),
        &others,
        trailers.as_ref(),
    )?;
    Ok(received)
}
