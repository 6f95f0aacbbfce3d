//! What a verifier is told, checked before anything is served.

use std::time::Duration;

use bailiwick_kernel::Env;
use secrecy::SecretString;
use url::Url;

use super::keys::KeySet;

/// How the issuer's keys are come by.
#[derive(Clone)]
pub enum JwksSource {
    /// Fetched and refreshed from a URL, with a bearer secret where it asks for one (the Backend
    /// API's `/v1/jwks` does, `/.well-known/jwks.json` does not).
    Url {
        /// Where the set is.
        url: String,
        /// Sent as `Authorization: Bearer`.
        bearer: Option<SecretString>,
    },
    /// A set known at start, as JSON (`{"keys": [..]}`): no network, no rotation.
    StaticJwks(String),
    /// One public key known at start, PEM (SPKI or PKCS#1); newlines may be missing. It serves
    /// every `kid`.
    StaticPem(String),
}

/// Settings of a [`super::Verifier`]. [`VerifierConfig::new`] has the defaults for all but the
/// first three.
#[derive(Clone)]
pub struct VerifierConfig {
    /// The exact `iss` of our instance, the Frontend API's URL. A trailing slash is dropped.
    pub issuer: String,
    /// The keys.
    pub jwks: JwksSource,
    /// Time.
    pub env: Env,
    /// Origins whose tokens we take; empty takes every one, and a token without `azp` always
    /// passes this check.
    pub authorized_parties: Vec<String>,
    /// How long a fetched set is taken as current. Default 5 minutes.
    pub jwks_ttl: Duration,
    /// The least time between two fetches. Default 5 seconds: a storm of made-up key ids costs the
    /// issuer one request in that time, and a real new key is known after it at the latest.
    pub refetch_cooldown: Duration,
    /// How long a key id that the issuer did not know is refused without asking. Default 30 s.
    pub unknown_kid_ttl: Duration,
    /// The bound on one fetch, connecting included. Default 5 s.
    pub fetch_timeout: Duration,
    /// How many verified tokens are remembered, for at most a minute each. Default 20 000, about
    /// 15 MB.
    pub cache_capacity: u64,
}

impl VerifierConfig {
    /// The defaults, and no list of authorized parties.
    #[must_use]
    pub fn new(issuer: impl Into<String>, jwks: JwksSource, env: Env) -> Self {
        Self {
            issuer: issuer.into(),
            jwks,
            env,
            authorized_parties: Vec::new(),
            jwks_ttl: Duration::from_secs(300),
            refetch_cooldown: Duration::from_secs(5),
            unknown_kid_ttl: Duration::from_secs(30),
            fetch_timeout: Duration::from_secs(5),
            cache_capacity: 20_000,
        }
    }

    /// Takes tokens of these origins only.
    #[must_use]
    pub fn authorized_parties<S: Into<String>>(
        mut self,
        origins: impl IntoIterator<Item = S>,
    ) -> Self {
        self.authorized_parties = origins.into_iter().map(Into::into).collect();
        self
    }
}

/// A setting that would make the verifier useless or unsafe. It stops the start.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// An empty issuer would match tokens of nobody, or of everybody.
    #[error("the issuer is empty")]
    IssuerEmpty,
    /// The issuer is no `http` or `https` URL.
    #[error("the issuer is not a http or https URL")]
    IssuerInvalid,
    /// No place to fetch keys from.
    #[error("the JWKS URL is empty")]
    JwksUrlEmpty,
    /// The place to fetch keys from is no `http` or `https` URL.
    #[error("the JWKS URL is not a http or https URL")]
    JwksUrlInvalid,
    /// A static key or set in which no RSA key of 2048 bits or more can be found.
    #[error("the static keys hold no usable RSA key")]
    StaticKeys,
    /// An empty entry in the list of origins.
    #[error("an authorized party is empty")]
    AuthorizedPartyEmpty,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// Where keys come from, checked.
pub(super) enum Source {
    Url {
        url: Url,
        bearer: Option<SecretString>,
    },
    Static(KeySet),
}

pub(super) fn issuer(configured: &str) -> Result<String, ConfigError> {
    let issuer = configured.trim().trim_end_matches('/');
    if issuer.is_empty() {
        return Err(ConfigError::IssuerEmpty);
    }
    http_url(issuer).ok_or(ConfigError::IssuerInvalid)?;
    Ok(issuer.to_owned())
}

pub(super) fn origins(configured: &[String]) -> Result<Vec<String>, ConfigError> {
    configured
        .iter()
        .map(|origin| match origin.trim().trim_end_matches('/') {
            "" => Err(ConfigError::AuthorizedPartyEmpty),
            origin => Ok(origin.to_owned()),
        })
        .collect()
}

pub(super) fn source(configured: JwksSource) -> Result<Source, ConfigError> {
    match configured {
        JwksSource::Url { url, .. } if url.trim().is_empty() => Err(ConfigError::JwksUrlEmpty),
        JwksSource::Url { url, bearer } => {
            let url = http_url(url.trim()).ok_or(ConfigError::JwksUrlInvalid)?;
            Ok(Source::Url { url, bearer })
        }
        JwksSource::StaticJwks(json) => KeySet::from_jwks(json.as_bytes())
            .map(Source::Static)
            .map_err(|_| ConfigError::StaticKeys),
        JwksSource::StaticPem(pem) => KeySet::from_pem(&pem)
            .map(Source::Static)
            .map_err(|_| ConfigError::StaticKeys),
    }
}

fn http_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}
