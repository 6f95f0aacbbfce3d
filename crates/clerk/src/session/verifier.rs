//! The one verifier of session tokens.

use std::sync::Arc;

use bailiwick_kernel::Env;
use jiff::Timestamp;
use metrics::Counter;

use super::cache::VerifiedTokens;
use super::claims::{self, Expected};
use super::config::{self, Source};
use super::fetch::Fetcher;
use super::jwks::{Keyring, Periods};
use super::{ConfigError, KeysUnavailable, SessionClaims, TokenError, VerifierConfig, token};

/// How far our clock and the issuer's may differ. At exactly this much after `exp` a token is
/// expired, as Clerk's own verifier has it.
pub const CLOCK_LEEWAY_SECS: i64 = 5;

/// Decides whether a session token is genuine, ours, current and active. Cheap to clone; every
/// entry (HTTP, event stream, administration) asks the same one.
///
/// It knows nothing of revocation: a session that ended passes until its token expires, a minute
/// at most. Who may do what is asked of the mirror.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    issuer: String,
    authorized_parties: Vec<String>,
    env: Env,
    keyring: Arc<Keyring>,
    tokens: VerifiedTokens,
    hits: Counter,
    misses: Counter,
}

impl Verifier {
    /// Checks the settings. No key is fetched yet; see [`Verifier::ready`]. Install the metrics
    /// recorder before, or the cache's counters stay silent.
    ///
    /// # Errors
    /// [`ConfigError`] names the setting that is missing or unusable.
    pub fn new(config: VerifierConfig) -> Result<Self, ConfigError> {
        let issuer = config::issuer(&config.issuer)?;
        let authorized_parties = config::origins(&config.authorized_parties)?;
        let periods = Periods {
            ttl: config.jwks_ttl,
            cooldown: config.refetch_cooldown,
            unknown_ttl: config.unknown_kid_ttl,
        };
        let keyring = match config::source(config.jwks)? {
            Source::Static(keys) => Keyring::fixed(keys, config.env.clone()),
            Source::Url { url, bearer } => {
                let fetcher = Fetcher::new(url, bearer, config.fetch_timeout)?;
                Keyring::fetched(fetcher, config.env.clone(), &periods)
            }
        };
        Ok(Self(Arc::new(Inner {
            issuer,
            authorized_parties,
            env: config.env,
            keyring: Arc::new(keyring),
            tokens: VerifiedTokens::new(config.cache_capacity),
            hits: metrics::counter!("clerk_token_cache_total", "result" => "hit"),
            misses: metrics::counter!("clerk_token_cache_total", "result" => "miss"),
        })))
    }

    /// Returns once a key set is held, of whatever age; fetches one where there is none. For the
    /// readiness check, and for a start that wants its keys before the first request.
    ///
    /// # Errors
    /// [`KeysUnavailable`] where none could ever be fetched.
    pub async fn ready(&self) -> Result<(), KeysUnavailable> {
        self.0.keyring.ready().await
    }

    /// Verifies a token. A token seen within the last minute costs a hash and a look-up, any other
    /// one an RSA verification, and one with an unknown key possibly a fetch of the key set.
    ///
    /// # Errors
    /// [`TokenError`]: 401 to the caller, or 503 where [`TokenError::is_unavailable`].
    pub async fn verify(&self, token: &str) -> Result<Arc<SessionClaims>, TokenError> {
        let verified = self.0.verify(token).await;
        if let Err(error) = &verified {
            metrics::counter!("clerk_tokens_refused_total", "reason" => error.reason())
                .increment(1);
        }
        verified
    }
}

impl Inner {
    async fn verify(&self, token: &str) -> Result<Arc<SessionClaims>, TokenError> {
        if token.len() > token::MAX_TOKEN_BYTES {
            return Err(TokenError::TooLarge);
        }
        let hash = VerifiedTokens::hash(token);
        let now = self.env.now();
        if let Some(claims) = self
            .tokens
            .get(&hash, self.keyring.generation(), now.as_second())
        {
            self.hits.increment(1);
            return check_times(&claims, now).map(|()| claims);
        }
        self.misses.increment(1);

        let parts = token::parse(token)?;
        let (key, generation) = self.keyring.find(&parts.key_id).await?;
        if !key.verifies(parts.signed.as_bytes(), &parts.signature) {
            return Err(TokenError::Signature);
        }
        let expected = Expected {
            issuer: &self.issuer,
            authorized_parties: &self.authorized_parties,
        };
        let claims = Arc::new(claims::read(&parts.claims, &expected)?);
        let now = self.env.now();
        check_times(&claims, now)?;
        self.tokens
            .insert(hash, Arc::clone(&claims), generation, now.as_second());
        Ok(claims)
    }
}

fn check_times(claims: &SessionClaims, now: Timestamp) -> Result<(), TokenError> {
    let now = now.as_second();
    if claims
        .expires_at
        .as_second()
        .saturating_add(CLOCK_LEEWAY_SECS)
        <= now
    {
        return Err(TokenError::Expired);
    }
    let latest = now.saturating_add(CLOCK_LEEWAY_SECS);
    let early = |time: Option<Timestamp>| time.is_some_and(|time| time.as_second() > latest);
    if early(claims.not_before) || early(claims.issued_at) {
        return Err(TokenError::NotYetValid);
    }
    Ok(())
}
