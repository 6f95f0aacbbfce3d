//! Session tokens as the identity provider signs them, good and bad.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// The issuer that the server under test trusts.
pub const ISSUER: &str = "http://clerk.bailiwick.localhost";

static TRUSTED: LazyLock<Arc<RsaKeyPair>> = LazyLock::new(generate);
static STRANGE: LazyLock<Arc<RsaKeyPair>> = LazyLock::new(generate);

fn generate() -> Arc<RsaKeyPair> {
    Arc::new(RsaKeyPair::generate(KeySize::Rsa2048).unwrap())
}

/// A key that signs tokens.
#[derive(Clone)]
pub struct Issuer {
    kid: &'static str,
    key: Arc<RsaKeyPair>,
}

impl Issuer {
    /// The key that the server under test trusts.
    #[must_use]
    pub fn trusted() -> Self {
        Self {
            kid: "ins_trusted",
            key: Arc::clone(&TRUSTED),
        }
    }

    /// A key of somebody else who claims to be the trusted one.
    #[must_use]
    pub fn strange() -> Self {
        Self {
            kid: "ins_trusted",
            key: Arc::clone(&STRANGE),
        }
    }

    /// The public half as a JWKS.
    #[must_use]
    pub fn jwks(&self) -> String {
        let public = self.key.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        let key =
            json!({"use": "sig", "kty": "RSA", "kid": self.kid, "alg": "RS256", "n": n, "e": e});
        json!({"keys": [key]}).to_string()
    }

    /// A token with these claims, whatever they are.
    #[must_use]
    pub fn sign(&self, claims: &Value) -> String {
        self.sign_with(
            &json!({"alg": "RS256", "typ": "JWT", "kid": self.kid}),
            claims,
        )
    }

    /// A token with this header and these claims, whatever they are.
    #[must_use]
    pub fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &random,
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
