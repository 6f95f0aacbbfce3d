//! What the HTTP side is told at start. The binary reads it from the environment and files.

use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;

/// So many requests a second in the long run, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Requests a second that never run out.
    pub per_second: NonZeroU32,
    /// Requests at once from rest.
    pub burst: NonZeroU32,
}

impl Rate {
    /// So many requests a second, and ten times as many at once; none for 0.
    #[must_use]
    pub fn of(per_second: u32) -> Option<Self> {
        let per_second = NonZeroU32::new(per_second)?;
        Some(Self {
            per_second,
            burst: per_second.saturating_mul(NonZeroU32::new(10)?),
        })
    }
}

/// Hosts beside our own that the web page may talk to, as CSP sources (`https://host[:port]`).
#[derive(Debug, Clone, Default)]
pub struct PageSources {
    /// Where scripts come from: the identity provider's host, where it is not ours.
    pub scripts: Vec<String>,
    /// Where requests go: the identity provider, the object storage.
    pub connections: Vec<String>,
    /// Where pictures come from: avatars.
    pub images: Vec<String>,
    /// What is shown in frames: the provider's bot protection.
    pub frames: Vec<String>,
}

/// Settings of the HTTP side.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Browsers are told to come back by TLS alone. Set where the public address is https.
    pub https: bool,
    /// Proxies in front of us that append to `X-Forwarded-For`. With 0 the header is ignored.
    pub trusted_proxies: usize,
    /// Bytes of a request's body at most, where the operation does not say otherwise.
    pub body_max_bytes: usize,
    /// How long an answer's head may take.
    pub request_timeout: Duration,
    /// The limit of one client address before anybody is known; none switches it off.
    pub rate_per_address: Option<Rate>,
    /// The limit of one user; none switches it off.
    pub rate_per_user: Option<Rate>,
    /// What the web page may reach.
    pub page_sources: PageSources,
    /// Keys of the operators' listener, two while one is replaced by the other. With none, nobody
    /// gets in.
    pub internal_keys: Vec<SecretString>,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            https: false,
            trusted_proxies: 0,
            body_max_bytes: 1024 * 1024,
            request_timeout: Duration::from_secs(30),
            // An office behind one address is many people.
            rate_per_address: Rate::of(200),
            rate_per_user: Rate::of(50),
            page_sources: PageSources::default(),
            internal_keys: Vec::new(),
        }
    }
}
