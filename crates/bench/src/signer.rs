//! Session tokens of an issuer of our own, in the form of Clerk's second version.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// Who signs.
pub const ISSUER: &str = "http://clerk.bench.localhost";
const KEY_ID: &str = "ins_bench";
/// A session token lives as long as Clerk's.
const LIFE_SECS: u64 = 60;

/// A key and what it signs with. Cheap to clone.
#[derive(Clone)]
pub struct Signer {
    key: Arc<RsaKeyPair>,
    random: SystemRandom,
    app_url: String,
}

impl Signer {
    /// A new RSA key of 2048 bits, for tokens issued to `app_url`.
    pub fn generate(app_url: &str) -> anyhow::Result<Self> {
        Ok(Self {
            key: Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).context("making a key")?),
            random: SystemRandom::new(),
            app_url: app_url.to_owned(),
        })
    }

    /// The public half as a key set.
    pub fn jwks(&self) -> String {
        let public = self.key.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        json!({"keys": [
            {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KEY_ID, "n": n, "e": e}
        ]})
        .to_string()
    }

    /// A token of `user` with `org` active, good for a minute from now.
    pub fn token(&self, user: &str, org: &str, role: &str) -> anyhow::Result<String> {
        let now = now()?;
        let header = json!({"alg": "RS256", "kid": KEY_ID, "typ": "JWT", "cat": "cl_B7d4PD111AAA"});
        let claims = json!({
            "azp": self.app_url, "exp": now + LIFE_SECS, "fva": [1, -1], "iat": now,
            "iss": ISSUER, "jti": format!("{user}{now}"), "nbf": now - 5,
            "o": {"id": org, "rol": role, "slg": org.replace('_', "-")},
            "sid": format!("sess_{user}"), "sts": "active", "sub": user, "v": 2
        });
        let encode = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &self.random,
                signed.as_bytes(),
                &mut signature,
            )
            .context("signing a token")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Seconds since 1970.
pub fn now() -> anyhow::Result<u64> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())
}
