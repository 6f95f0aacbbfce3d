//! Sending requests: address, credentials, bounds and retries.

use bailiwick_kernel::Env;
use reqwest::{Client, Method, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::config::base_url;
use super::retry;
use super::{ApiConfig, ApiConfigError, ApiError};
use crate::http_body::read_bounded;

/// The version of the API that we were written against.
const API_VERSION: &str = "2026-05-12";

/// A list of 500 users with all their members is about 2 MB.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// No id of a resource is longer.
const MAX_ID_BYTES: usize = 128;

/// A client of the Backend API. Cheap to clone.
///
/// What may be done twice (reads, changes to a given state, removals) is repeated on 429, 5xx and lost
/// connections, with growing waits and within a bound; creations only on 429, where the provider has
/// surely not done anything yet.
#[derive(Clone)]
pub struct ClerkApi {
    client: Client,
    base: Url,
    secret_key: SecretString,
    env: Env,
}

/// The body of a call that says all in its address.
#[derive(Serialize)]
pub(super) struct Nothing {}

/// Whether a call may be sent again when nobody knows what became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    Always,
    OnlyWhenRefused,
}

impl ClerkApi {
    /// Checks the settings; sends nothing.
    ///
    /// # Errors
    /// [`ApiConfigError`] names what is missing.
    pub fn new(config: ApiConfig) -> Result<Self, ApiConfigError> {
        if config.secret_key.expose_secret().trim().is_empty() {
            return Err(ApiConfigError::SecretKey);
        }
        let client = Client::builder()
            .timeout(config.timeout)
            .connect_timeout(config.timeout)
            .redirect(redirect::Policy::none())
            .user_agent("bailiwick")
            .build()
            .map_err(ApiConfigError::Client)?;
        Ok(Self {
            client,
            base: base_url(&config.url).ok_or(ApiConfigError::Url)?,
            secret_key: config.secret_key,
            env: config.env,
        })
    }

    /// A `GET` below `/v1`.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, String)],
    ) -> Result<T, ApiError> {
        let mut url = self.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.call(Method::GET, url, None, Repeat::Always).await
    }

    /// A `POST` below `/v1`.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        let body = serde_json::to_vec(body).map_err(ApiError::Malformed)?;
        self.call(
            Method::POST,
            self.url(path)?,
            Some(body),
            Repeat::OnlyWhenRefused,
        )
        .await
    }

    /// A `PATCH` below `/v1`, which sets what it says however often it is sent.
    pub(super) async fn patch<T: DeserializeOwned>(
        &self,
        path: &[&str],
        body: &(impl Serialize + Sync),
    ) -> Result<T, ApiError> {
        let body = serde_json::to_vec(body).map_err(ApiError::Malformed)?;
        self.call(Method::PATCH, self.url(path)?, Some(body), Repeat::Always)
            .await
    }

    /// A `DELETE` below `/v1`. Repeated, it may find nothing any more.
    pub(super) async fn delete<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ApiError> {
        self.call(Method::DELETE, self.url(path)?, None, Repeat::Always)
            .await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
        repeat: Repeat,
    ) -> Result<T, ApiError> {
        let mut attempt = 1;
        loop {
            let error = match self
                .attempt(method.clone(), url.clone(), body.clone())
                .await
            {
                Ok(answer) => {
                    count("ok");
                    return serde_json::from_slice(&answer).map_err(ApiError::Malformed);
                }
                Err(error) => error,
            };
            count(if error.is_transient() {
                "transient"
            } else {
                "refused"
            });
            let delay = may_repeat(&error, repeat)
                .then(|| retry::delay(attempt, error.retry_after(), &self.env))
                .flatten();
            let Some(delay) = delay else {
                return Err(error);
            };
            tracing::debug!(attempt, ?delay, %error, "the provider is asked again");
            tokio::time::sleep(delay).await;
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        method: Method,
        url: Url,
        body: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, ApiError> {
        let mut request = self
            .client
            .request(method, url)
            .bearer_auth(self.secret_key.expose_secret())
            .header("clerk-api-version", API_VERSION)
            .header("accept", "application/json");
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body);
        }
        let answer = request
            .send()
            .await
            .map_err(|error| ApiError::Transport(error.without_url()))?;
        let status = answer.status();
        let retry_after = retry::retry_after(answer.headers(), self.env.now());
        let body = read_bounded(answer, MAX_BODY_BYTES).await?;
        if status.is_success() {
            Ok(body)
        } else {
            Err(ApiError::from_answer(status.as_u16(), retry_after, &body))
        }
    }

    /// The address of a path. Segments are ours or checked ids, so none of them can climb.
    fn url(&self, path: &[&str]) -> Result<Url, ApiError> {
        let mut url = self.base.clone();
        for segment in path {
            let plain = segment
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
            if segment.is_empty() || segment.len() > MAX_ID_BYTES || !plain {
                return Err(ApiError::Id);
            }
        }
        url.path_segments_mut()
            .map_err(|()| ApiError::Id)?
            .pop_if_empty()
            .extend(path);
        Ok(url)
    }
}

/// Turns "no such resource" into none.
pub(super) fn found<T>(answer: Result<T, ApiError>) -> Result<Option<T>, ApiError> {
    match answer {
        Ok(resource) => Ok(Some(resource)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn may_repeat(error: &ApiError, repeat: Repeat) -> bool {
    match repeat {
        Repeat::Always => error.is_transient(),
        Repeat::OnlyWhenRefused => error.status() == Some(429),
    }
}

fn count(result: &'static str) {
    metrics::counter!("clerk_api_attempts_total", "result" => result).increment(1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_climb() {
        let config = ApiConfig::new("http://h", "sk_test_x".into(), Env::system());
        let api = ClerkApi::new(config).unwrap();
        for id in ["", ".", "..", "a/b", "a?b", "a%2fb", "é", &"x".repeat(200)] {
            assert!(matches!(api.url(&["users", id]), Err(ApiError::Id)), "{id}");
        }
        assert_eq!(
            api.url(&["users", "user_1"]).unwrap().as_str(),
            "http://h/v1/users/user_1"
        );
    }
}
