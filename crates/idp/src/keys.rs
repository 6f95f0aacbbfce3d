//! The instance's signing keys: RSA 2048, made once, kept in the database.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use bailiwick_kernel::Env;
use bailiwick_pg::Pool;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::{ids, store};

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// The keys of this instance.
pub struct Keys {
    instance_id: String,
    kid: String,
    signing: KeyPair,
    set: Value,
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
        if rows.iter().all(|row| row.retired_at.is_some()) {
            // The first key is named after the instance, as at Clerk; a later one needs a name of
            // its own, since caches hold keys by name.
            let kid = if rows.is_empty() {
                instance_id.clone()
            } else {
                ids::new(env, ids::Kind::Instance)
            };
            let pair = tokio::task::spawn_blocking(|| KeyPair::generate(KeySize::Rsa2048))
                .await
                .map_err(|error| Error::Crypto(format!("key generation: {error}")))?
                .map_err(|_| Error::Crypto("key generation failed".to_owned()))?;
            store::keys::insert(&mut tx, &kid, &to_pem(&pair)?, now).await?;
            rows = store::keys::list(&mut tx).await?;
        }
        tx.commit().await?;
        Self::from_rows(instance_id, &rows)
    }

    fn from_rows(instance_id: String, rows: &[store::keys::SigningKey]) -> Result<Self> {
        let mut signing = None;
        let mut set = Vec::with_capacity(rows.len());
        for row in rows {
            let pair = from_pem(&row.private_pem)?;
            set.push(public_jwk(&row.kid, &pair));
            if row.retired_at.is_none() {
                signing = Some((row.kid.clone(), pair));
            }
        }
        let (kid, signing) =
            signing.ok_or_else(|| Error::Internal("no signing key is in use".to_owned()))?;
        Ok(Self {
            instance_id,
            kid,
            signing,
            set: json!({ "keys": set }),
        })
    }

    /// `ins_…`, the instance.
    #[must_use]
    pub fn instance_id(&self) -> &str {
        &self.instance_id
    }

    /// The name of the key that signs.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public keys, as a JSON Web Key Set.
    #[must_use]
    pub fn set(&self) -> &Value {
        &self.set
    }

    /// A compact RS256 JWS of `claims` under the current key. `category` tells Clerk's SDKs what
    /// kind of token it is.
    pub fn sign(&self, category: &str, claims: &Value) -> Result<String> {
        let header = json!({ "alg": "RS256", "cat": category, "kid": self.kid, "typ": "JWT" });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let mut signature = vec![0; self.signing.public_modulus_len()];
        self.signing
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| Error::Crypto("signing failed".to_owned()))?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

fn public_jwk(kid: &str, pair: &KeyPair) -> Value {
    let public = pair.public_key();
    json!({
        "use": "sig",
        "kty": "RSA",
        "kid": kid,
        "alg": "RS256",
        "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
    })
}

fn to_pem(pair: &KeyPair) -> Result<String> {
    let der: Pkcs8V1Der<'_> = pair
        .as_der()
        .map_err(|_| Error::Crypto("the key cannot be written".to_owned()))?;
    let text = STANDARD.encode(der.as_ref());
    let mut pem = String::from(PEM_BEGIN);
    for (index, character) in text.chars().enumerate() {
        if index % 64 == 0 {
            pem.push('\n');
        }
        pem.push(character);
    }
    pem.push('\n');
    pem.push_str(PEM_END);
    pem.push('\n');
    Ok(pem)
}

fn from_pem(pem: &str) -> Result<KeyPair> {
    let unreadable = || Error::Crypto("a stored signing key cannot be read".to_owned());
    let body = pem
        .trim()
        .strip_prefix(PEM_BEGIN)
        .and_then(|rest| rest.strip_suffix(PEM_END))
        .ok_or_else(unreadable)?;
    let text: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let der = STANDARD.decode(text).map_err(|_| unreadable())?;
    KeyPair::from_pkcs8(&der).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_being_written_down() {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let again = from_pem(&to_pem(&pair).unwrap()).unwrap();
        assert_eq!(public_jwk("k", &pair), public_jwk("k", &again));
        assert_eq!(public_jwk("k", &pair)["e"], "AQAB");
        assert!(from_pem("nonsense").is_err());
    }
}
