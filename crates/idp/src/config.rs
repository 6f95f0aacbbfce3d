//! What one instance of the provider is told at its start.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::error::{Error, Result};
use crate::settings::Settings;
use crate::webhooks::EndpointConfig;

/// Settings of an instance. Nothing here has a default that opens anything.
#[derive(Clone, Debug)]
pub struct IdpConfig {
    /// Shown by the components and in mails.
    pub application_name: String,
    /// Where the application lives, without a trailing slash.
    pub home_url: String,
    /// The only origins that may write; scheme, host and port, without a path.
    pub allowed_origins: Vec<String>,
    /// `iss` of the tokens, without a trailing slash.
    pub issuer: String,
    /// Names the instance to the SDKs; the suffix of its cookies comes of it.
    pub publishable_key: String,
    /// Bearer key of the Backend API; also keys the hashes of codes.
    pub secret_key: SecretString,
    /// Whether addresses with `+clerk_test` get the code 424242 instead of a random one.
    pub test_codes: bool,
    /// Where the application mounts [`crate::Idp::frontend_router`].
    pub proxy_prefix: String,
    /// Bounds on guessing.
    pub rate_limits: RateLimits,
    /// When an account is locked, and for how long.
    pub lockout: Lockout,
    /// Who is told of changes.
    pub webhooks: Vec<EndpointConfig>,
    /// Where [`crate::Idp::console_router`] is served, without a trailing slash, if it is.
    pub console_url: Option<String>,
    /// Our secrets at other providers, by our client id there; they go before the settings'.
    pub client_secrets: BTreeMap<String, SecretString>,
    /// How long another provider may take to answer a request.
    pub provider_timeout: Duration,
    /// What `idp.toml` says.
    pub settings: Settings,
}

/// How often one network address, or one mailbox, may ask.
#[derive(Clone, Copy, Debug)]
pub struct RateLimits {
    /// Attempts to sign in or up, and answers within them, per network address and minute.
    pub attempts_per_minute: NonZeroU32,
    /// Mails with codes per mailbox and ten minutes.
    pub mails_per_ten_minutes: NonZeroU32,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            // A person needs about five requests to sign in; several people share an address.
            attempts_per_minute: NonZeroU32::MIN.saturating_add(119),
            mails_per_ten_minutes: NonZeroU32::MIN.saturating_add(9),
        }
    }
}

/// When an account is locked, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Lockout {
    /// Wrong passwords and codes in a row that lock the account.
    pub max_attempts: i64,
    /// How long it stays locked.
    pub duration: Duration,
}

impl Default for Lockout {
    fn default() -> Self {
        Self {
            max_attempts: 20,
            duration: Duration::from_secs(15 * 60),
        }
    }
}

/// The publishable key of a production instance at `host`, which must contain a dot.
#[must_use]
pub fn publishable_key(host: &str) -> String {
    format!("pk_live_{}", STANDARD_NO_PAD.encode(format!("{host}$")))
}

impl IdpConfig {
    /// An instance for an application at `home_url`, with the product's usual names.
    #[must_use]
    pub fn new(application_name: &str, home_url: &str, secret_key: SecretString) -> Self {
        const HOST: &str = "clerk.bailiwick.localhost";
        let home_url = home_url.trim_end_matches('/').to_owned();
        Self {
            application_name: application_name.to_owned(),
            allowed_origins: vec![home_url.clone()],
            home_url,
            issuer: format!("http://{HOST}"),
            publishable_key: publishable_key(HOST),
            secret_key,
            test_codes: false,
            proxy_prefix: "/__clerk".to_owned(),
            rate_limits: RateLimits::default(),
            lockout: Lockout::default(),
            webhooks: Vec::new(),
            console_url: None,
            client_secrets: BTreeMap::new(),
            provider_timeout: Duration::from_secs(10),
            settings: Settings::default(),
        }
    }

    /// Refuses settings that cannot work or would open a door.
    pub fn validate(&self) -> Result<()> {
        let fail = |text: &str| {
            Err(Error::Internal(format!(
                "identity provider settings: {text}"
            )))
        };
        if self.secret_key.expose_secret().len() < 16 {
            return fail("the secret key is missing or shorter than 16 characters");
        }
        let is_origin = |text: &String| {
            Url::parse(text).is_ok_and(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.origin().ascii_serialization() == *text
            })
        };
        if !is_origin(&self.home_url) {
            return fail("the home URL must be an origin such as http://localhost:3000");
        }
        if self.allowed_origins.is_empty() || !self.allowed_origins.iter().all(is_origin) {
            return fail("each allowed origin must look like http://localhost:3000");
        }
        if !is_origin(&self.issuer) {
            return fail("the issuer must be scheme and host, without a path");
        }
        if !self.publishable_key.starts_with("pk_live_") {
            return fail("the publishable key must start with pk_live_");
        }
        if !self.proxy_prefix.starts_with('/') || self.proxy_prefix.ends_with('/') {
            return fail("the proxy prefix must start, and not end, with a slash");
        }
        if self.lockout.max_attempts < 1 {
            return fail("limits must be positive");
        }
        Ok(())
    }

    /// Base of the URLs of what the frontend router serves.
    #[must_use]
    pub fn frontend_url(&self) -> String {
        format!("{}{}", self.home_url, self.proxy_prefix)
    }

    /// Whether cookies must be marked as for https only.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.home_url.starts_with("https:")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> IdpConfig {
        IdpConfig::new(
            "Bailiwick",
            "http://localhost:3000/",
            "sk_live_0123456789".into(),
        )
    }

    #[test]
    fn the_usual_settings_are_valid() {
        config().validate().unwrap();
        assert_eq!(config().frontend_url(), "http://localhost:3000/__clerk");
        assert_eq!(
            config().publishable_key,
            "pk_live_Y2xlcmsuYmFpbGl3aWNrLmxvY2FsaG9zdCQ"
        );
    }

    #[test]
    fn refuses_what_would_open_a_door() {
        for change in [
            (|c| c.allowed_origins = vec!["*".to_owned()]) as fn(&mut IdpConfig),
            |c| c.allowed_origins.clear(),
            |c| c.allowed_origins = vec!["http://localhost:3000/path".to_owned()],
            |c| c.secret_key = "".into(),
            |c| c.issuer = "http://host/path".to_owned(),
            |c| c.publishable_key = "pk_test_x".to_owned(),
            |c| c.proxy_prefix = "/".to_owned(),
        ] {
            let mut config = config();
            change(&mut config);
            assert!(config.validate().is_err(), "{config:?}");
        }
    }
}
