//! Secrets that must be read again, and so cannot be hashed: encrypted at rest.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use bailiwick_kernel::Env;
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, Result};

/// Encrypts with a key that comes of the instance's secret key: a copy of the database alone
/// reveals nothing. AES-256-GCM under random nonces, far below the 2^32 messages that they allow.
pub struct Seal {
    cipher: LessSafeKey,
    derive: hmac::Key,
}

impl Seal {
    /// Derives the keys of an instance.
    ///
    /// # Errors
    /// None in practice: the derived key has the cipher's length.
    pub fn new(secret: &SecretString) -> Result<Self> {
        let key = |label: &str| {
            let root = hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes());
            hmac::sign(&root, label.as_bytes())
        };
        let cipher = UnboundKey::new(&AES_256_GCM, key("bailiwick idp seal").as_ref())
            .map_err(|_| Error::Crypto("the sealing key cannot be made".to_owned()))?;
        let derived = key("bailiwick idp derived secrets");
        Ok(Self {
            cipher: LessSafeKey::new(cipher),
            derive: hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref()),
        })
    }

    /// Encrypts `text`. `context` names the row and column that it is for: moved elsewhere, it
    /// cannot be opened.
    ///
    /// # Errors
    /// The cipher's, for texts of gigabytes.
    pub fn seal(&self, env: &Env, context: &str, text: &str) -> Result<String> {
        let nonce = env.bytes::<NONCE_LEN>();
        let mut sealed = text.as_bytes().to_vec();
        self.cipher
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Error::Crypto("sealing failed".to_owned()))?;
        Ok(STANDARD_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    /// Decrypts what [`Self::seal`] made for the same context.
    ///
    /// # Errors
    /// It was changed, moved, or made under another secret key.
    pub fn open(&self, context: &str, sealed: &str) -> Result<String> {
        let failed = || Error::Crypto(format!("a sealed secret cannot be opened: {context}"));
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| failed())?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_LEN).ok_or_else(failed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| failed())?;
        let mut sealed = sealed.to_vec();
        let text = self
            .cipher
            .open_in_place(nonce, Aad::from(context.as_bytes()), &mut sealed)
            .map_err(|_| failed())?;
        String::from_utf8(text.to_vec()).map_err(|_| failed())
    }

    /// 256 bits that only this instance can name for a purpose: the same each time, so that they
    /// need not be stored.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(hmac::sign(&self.derive, purpose.as_bytes()).as_ref());
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_what_it_sealed_for_the_same_place_only() {
        let env = Env::system();
        let seal = Seal::new(&"sk_live_0123456789".into()).unwrap();
        let sealed = seal.seal(&env, "a.b.1", "the secret").unwrap();
        assert_eq!(seal.open("a.b.1", &sealed).unwrap(), "the secret");
        assert_ne!(seal.seal(&env, "a.b.1", "the secret").unwrap(), sealed);
        assert!(!sealed.contains("secret"));
        assert!(seal.open("a.b.2", &sealed).is_err());
        let other = Seal::new(&"sk_live_9876543210".into()).unwrap();
        assert!(other.open("a.b.1", &sealed).is_err());
        for broken in ["", "AAAA", "not base64!", &sealed[..sealed.len() - 4]] {
            assert!(seal.open("a.b.1", broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn derives_the_same_for_the_same_purpose() {
        let seal = Seal::new(&"sk_live_0123456789".into()).unwrap();
        assert_eq!(seal.derive("x"), seal.derive("x"));
        assert_ne!(seal.derive("x"), seal.derive("y"));
    }
}
