//! Where the Backend API is.

use std::time::Duration;

use bailiwick_kernel::Env;
use secrecy::SecretString;
use url::Url;

/// Settings of a [`super::ClerkApi`].
#[derive(Clone)]
pub struct ApiConfig {
    /// Where the API is, with or without `/v1`: `https://api.clerk.com`.
    pub url: String,
    /// `sk_…`.
    pub secret_key: SecretString,
    /// Time and randomness.
    pub env: Env,
    /// The bound on one attempt. Default 10 s.
    pub timeout: Duration,
}

impl ApiConfig {
    /// With the default timeout.
    #[must_use]
    pub fn new(url: impl Into<String>, secret_key: SecretString, env: Env) -> Self {
        Self {
            url: url.into(),
            secret_key,
            env,
            timeout: Duration::from_secs(10),
        }
    }
}

/// A setting without which the client is useless. It stops the start.
#[derive(Debug, thiserror::Error)]
pub enum ApiConfigError {
    /// No address, or one that is not `http` or `https`.
    #[error("the Backend API's URL is empty or not a http or https URL")]
    Url,
    /// No secret.
    #[error("the Backend API's secret key is empty")]
    SecretKey,
    /// The HTTP client could not be set up.
    #[error("the HTTP client could not be built")]
    Client(#[source] reqwest::Error),
}

/// The address ending in `/v1`, however it was written.
pub(super) fn base_url(text: &str) -> Option<Url> {
    let text = text.trim().trim_end_matches('/');
    let text = text.strip_suffix("/v1").unwrap_or(text);
    let mut url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    url.set_query(None);
    url.set_fragment(None);
    url.path_segments_mut().ok()?.pop_if_empty().push("v1");
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_ends_in_v1_however_it_was_written() {
        for text in [
            "http://h:4400",
            "http://h:4400/",
            "http://h:4400/v1",
            " http://h:4400/v1/ ",
        ] {
            assert_eq!(
                base_url(text).unwrap().as_str(),
                "http://h:4400/v1",
                "{text}"
            );
        }
        assert_eq!(
            base_url("https://h/clerk/v1").unwrap().as_str(),
            "https://h/clerk/v1"
        );
        for text in ["", "/v1", "api.clerk.com", "ftp://h"] {
            assert!(base_url(text).is_none(), "{text}");
        }
    }
}
