//! The instance's signing keys: RSA 2048, kept in the database, changed while they are in use.
//!
//! A rotation is one transaction: the new key is stored with the moment from which it signs, the
//! old one with the same moment as its end. Everything after that follows from the clock, in every
//! process that has read the rows, so that there is no step at which a kill could leave half of it.

mod pair;
mod ring;

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, Tx};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::error::Result;
use crate::{ids, store};
use pair::Pair;
use ring::Ring;
pub use ring::{KeyInfo, KeyState};

/// The keys of this instance.
pub struct Keys {
    env: Env,
    instance_id: String,
    ring: RwLock<Arc<Ring>>,
}

/// How a key is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rotation {
    /// The new key is published at once and signs after this long; the old one stays published
    /// until its tokens have run out.
    After(SignedDuration),
    /// The old key is in other hands: the new one signs at once, and all others are removed, so
    /// that no token of theirs is accepted once verifiers have read the key set anew.
    Compromised,
}

impl Keys {
    /// Loads the instance's id and keys, and makes both where there are none. Of several starts
    /// at once, one makes them and the others wait for it.
    pub async fn ensure(pool: &Pool, env: &Env) -> Result<Self> {
        let mut tx = pool.begin().await?;
        store::keys::lock(&mut tx).await?;
        let now = store::now(env);
        let instance_id = match store::keys::find_instance(&mut tx).await? {
            Some(id) => id,
            None => {
                let id = ids::new(env, ids::Kind::Instance);
                store::keys::insert_instance(&mut tx, &id, now).await?;
                id
            }
        };
        let mut rows = store::keys::list(&mut tx).await?;
        if rows.is_empty() {
            // The first key is named after the instance, as at Clerk; a later one needs a name of
            // its own, since caches hold keys by name.
            let pem = Pair::generate().await?.to_pem()?;
            store::keys::insert(&mut tx, &instance_id, &pem, now, now).await?;
            rows = store::keys::list(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(Self {
            env: env.clone(),
            instance_id,
            ring: RwLock::new(Arc::new(Ring::read(rows, None)?)),
        })
    }

    /// Takes up what another process changed. One statement.
    pub async fn reload(&self, pool: &Pool) -> Result<()> {
        let rows = store::keys::list_all(pool).await?;
        let ring = Ring::read(rows, Some(&self.ring()))?;
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
        Ok(())
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// `ins_…`, the instance.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// The name of the key that signs.
    pub fn kid(&self) -> Result<String> {
        Ok(self.ring().kid(self.env.now())?.to_owned())
    }

    /// The public keys, as a JSON Web Key Set: those that sign, will sign, and have signed what may
    /// still be valid.
    #[must_use]
    pub fn set(&self) -> Value {
        self.ring().set()
    }

    /// All keys, the newest first.
    #[must_use]
    pub fn list(&self) -> Vec<KeyInfo> {
        self.ring().list(self.env.now())
    }

    /// A compact RS256 JWS of `claims` under the key of this moment. `category` tells Clerk's SDKs
    /// what kind of token it is.
    pub fn sign(&self, category: &str, claims: &Value) -> Result<String> {
        self.ring().sign(self.env.now(), |kid| {
            let header = json!({ "alg": "RS256", "cat": category, "kid": kid, "typ": "JWT" });
            let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
            token.push('.');
            URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
            token
        })
    }
}

/// The claims of a compact RS256 JWS of one of `set`'s keys under `category`; none for any other
/// text. Says nothing about time.
#[must_use]
pub fn verify(set: &Value, category: &str, token: &str) -> Option<Value> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
    let header: Value = serde_json::from_slice(&part(header)?).ok()?;
    if header["alg"] != "RS256" || header["cat"] != category {
        return None;
    }
    let keys = set["keys"].as_array()?;
    let key = keys.iter().find(|key| key["kid"] == header["kid"])?;
    let number = |name: &str| part(key[name].as_str()?);
    let public = RsaPublicKeyComponents {
        n: number("n")?,
        e: number("e")?,
    };
    let signature = part(signature)?;
    public
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .ok()?;
    serde_json::from_slice(&part(claims)?).ok()
}

/// Replaces the signing key, in the caller's transaction; the name of the new one. Repeated while
/// the new key waits for its turn, it changes nothing and names the same one.
pub async fn rotate(tx: &mut Tx, env: &Env, rotation: Rotation) -> Result<String> {
    store::keys::lock(tx).await?;
    let now = store::now(env);
    let lead = match rotation {
        Rotation::After(lead) => {
            let waiting = store::keys::list(tx).await?;
            if let Some(next) = waiting.into_iter().find(|key| key.signs_from > now) {
                return Ok(next.kid);
            }
            lead
        }
        Rotation::Compromised => {
            store::keys::remove_all(tx).await?;
            SignedDuration::ZERO
        }
    };
    let pem = Pair::generate().await?.to_pem()?;
    let kid = ids::new(env, ids::Kind::Instance);
    let signs_from = now.saturating_add(lead).unwrap_or(now);
    store::keys::retire(tx, signs_from).await?;
    store::keys::insert(tx, &kid, &pem, now, signs_from).await?;
    Ok(kid)
}
