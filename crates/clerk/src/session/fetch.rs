//! Fetching an issuer's key set.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::ConfigError;
use super::keys::{KeySet, KeySetError};
use crate::http_body::{BodyError, read_bounded};

/// A set of a few RSA keys is about 2 KB; this is generous.
const MAX_SET_BYTES: usize = 256 * 1024;

/// Fetches one URL, nothing it redirects to.
pub(super) struct Fetcher {
    client: Client,
    url: Url,
    bearer: Option<SecretString>,
}

/// Why a fetch brought no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    #[error("the request failed")]
    Request(#[source] reqwest::Error),
    #[error("the answer's status is {0}")]
    Status(StatusCode),
    #[error(transparent)]
    Body(#[from] BodyError),
    #[error(transparent)]
    Keys(#[from] KeySetError),
}

impl Fetcher {
    pub(super) fn new(
        url: Url,
        bearer: Option<SecretString>,
        timeout: Duration,
    ) -> Result<Self, ConfigError> {
        let client = Client::builder()
            .timeout(timeout)
            .connect_timeout(timeout)
            .redirect(redirect::Policy::none())
            .build()
            .map_err(ConfigError::Client)?;
        Ok(Self {
            client,
            url,
            bearer,
        })
    }

    /// One attempt.
    pub(super) async fn fetch(&self) -> Result<KeySet, FetchError> {
        let mut request = self
            .client
            .get(self.url.clone())
            .header("accept", "application/json");
        if let Some(bearer) = &self.bearer {
            request = request.bearer_auth(bearer.expose_secret());
        }
        let answer = request
            .send()
            .await
            .map_err(|error| FetchError::Request(error.without_url()))?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        Ok(KeySet::from_jwks(
            &read_bounded(answer, MAX_SET_BYTES).await?,
        )?)
    }
}
