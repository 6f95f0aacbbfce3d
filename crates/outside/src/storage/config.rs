//! Where the bucket is.

use std::time::Duration;

use bailiwick_kernel::Env;
use rusty_s3::{Bucket, UrlStyle};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// Settings of an [`super::S3Store`].
#[derive(Clone)]
pub struct S3Config {
    /// Where we reach the store; none is Amazon's own of the region.
    pub endpoint: Option<String>,
    /// Where browsers reach it, if that is another address: inside of a container network the two
    /// differ, and the host is part of what is signed.
    pub public_endpoint: Option<String>,
    /// Region, part of the signature; stores of one's own take any, `us-east-1` as a rule.
    pub region: String,
    /// Bucket. It must exist.
    pub bucket: String,
    /// Whether the bucket is in the path rather than in the host. Stores of one's own need it.
    pub path_style: bool,
    /// The public half of the credentials.
    pub access_key: String,
    /// The secret half.
    pub secret_key: SecretString,
    /// The token of temporary credentials.
    pub session_token: Option<SecretString>,
    /// Time, which signatures start from, and randomness.
    pub env: Env,
    /// The bound on one attempt.
    pub timeout: Duration,
}

/// A setting that names no bucket. It stops the start.
#[derive(Debug, thiserror::Error)]
pub enum S3ConfigError {
    /// One of the settings that must not be empty is.
    #[error("the object store's {0} is empty")]
    Empty(&'static str),
    /// No `http` or `https` URL, or one with which the bucket's name makes no host.
    #[error("the object store's {0} is not a usable URL")]
    Endpoint(&'static str),
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// The bucket as we reach it and as browsers do.
pub(super) struct Buckets {
    pub internal: Bucket,
    pub public: Bucket,
}

pub(super) fn buckets(config: &S3Config) -> Result<Buckets, S3ConfigError> {
    for (name, value) in [
        ("region", config.region.as_str()),
        ("bucket", &config.bucket),
        ("access key", &config.access_key),
        ("secret key", config.secret_key.expose_secret()),
    ] {
        if value.trim().is_empty() {
            return Err(S3ConfigError::Empty(name));
        }
    }
    let internal = match given(config.endpoint.as_deref()) {
        Some(endpoint) => bucket(config, endpoint, "endpoint")?,
        None => {
            let amazon = format!("https://s3.{}.amazonaws.com", config.region);
            bucket(config, &amazon, "region")?
        }
    };
    let public = match given(config.public_endpoint.as_deref()) {
        Some(endpoint) => bucket(config, endpoint, "public endpoint")?,
        None => internal.clone(),
    };
    Ok(Buckets { internal, public })
}

fn given(setting: Option<&str>) -> Option<&str> {
    setting.map(str::trim).filter(|setting| !setting.is_empty())
}

fn bucket(config: &S3Config, endpoint: &str, name: &'static str) -> Result<Bucket, S3ConfigError> {
    let url = Url::parse(endpoint).map_err(|_| S3ConfigError::Endpoint(name))?;
    let style = if config.path_style {
        UrlStyle::Path
    } else {
        UrlStyle::VirtualHost
    };
    Bucket::new(url, style, config.bucket.clone(), config.region.clone())
        .map_err(|_| S3ConfigError::Endpoint(name))
}
