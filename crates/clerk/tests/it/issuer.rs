//! An issuer of session tokens, with keys of its own and no manners.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use bailiwick_clerk::session::{JwksSource, Verifier, VerifierConfig};
use bailiwick_kernel::{Env, ManualClock, SystemRandom as KernelRandom};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};

pub const ISSUER: &str = "http://clerk.bailiwick.localhost";
pub const NOW: i64 = 1_767_225_600;

static FIRST: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());
static SECOND: LazyLock<RsaKeyPair> =
    LazyLock::new(|| RsaKeyPair::generate(KeySize::Rsa2048).unwrap());

/// A key under an id.
#[derive(Clone, Copy)]
pub struct Signer {
    pub kid: &'static str,
    key: &'static LazyLock<RsaKeyPair>,
}

pub const FIRST_KEY: Signer = Signer {
    kid: "ins_first",
    key: &FIRST,
};
pub const SECOND_KEY: Signer = Signer {
    kid: "ins_second",
    key: &SECOND,
};

impl Signer {
    pub fn jwk(&self) -> Value {
        let public = self.key.public_key();
        let n = URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero());
        let e = URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero());
        json!({"use": "sig", "kty": "RSA", "kid": self.kid, "alg": "RS256", "n": n, "e": e})
    }

    pub fn spki(&self) -> Vec<u8> {
        let der: PublicKeyX509Der<'_> = self.key.public_key().as_der().unwrap();
        der.as_ref().to_vec()
    }

    pub fn pem(&self) -> String {
        let base64 = STANDARD.encode(self.spki());
        format!("-----BEGIN PUBLIC KEY-----\n{base64}\n-----END PUBLIC KEY-----\n")
    }

    pub fn header(&self) -> Value {
        json!({"alg": "RS256", "typ": "JWT", "kid": self.kid, "cat": "cl_B7d4PD111AAA"})
    }

    pub fn token(&self, claims: &Value) -> String {
        self.sign(&self.header().to_string(), &claims.to_string())
    }

    /// Signs whatever it is given.
    pub fn sign(&self, header: &str, claims: &str) -> String {
        let signed = signed_part(header, claims);
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub fn signed_part(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

/// Signs with a symmetric key, as the classical confusion does with the public one.
pub fn sign_hs256(header: &str, claims: &str, key: &[u8]) -> String {
    let signed = signed_part(header, claims);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The claims of a good token, issued now.
pub fn claims() -> Value {
    json!({
        "azp": "http://localhost:3000",
        "exp": NOW + 60,
        "fea": "o:dashboard,o:teams,u:beta",
        "fva": [3, -1],
        "iat": NOW,
        "iss": ISSUER,
        "jti": "jti_1",
        "nbf": NOW - 5,
        "o": {"id": "org_1", "slg": "northwind", "rol": "admin", "per": "manage,read", "fpm": "3,2"},
        "pla": "o:pro",
        "sid": "sess_1",
        "sts": "active",
        "sub": "user_1",
        "v": 2
    })
}

/// The good claims with some replaced; `null` removes one.
pub fn claims_with(changes: Value) -> Value {
    merged(claims(), changes)
}

pub fn merged(mut base: Value, changes: Value) -> Value {
    let object = base.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap().clone() {
        if value.is_null() {
            object.remove(&name);
        } else {
            object.insert(name, value);
        }
    }
    base
}

pub fn key_set(keys: &[Signer]) -> String {
    json!({"keys": keys.iter().map(Signer::jwk).collect::<Vec<_>>()}).to_string()
}

pub fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at(Timestamp::from_second(NOW).unwrap()))
}

pub fn env(clock: &Arc<ManualClock>) -> Env {
    Env::new(clock.clone(), Arc::new(KernelRandom))
}

/// A verifier that knows the first key by hand.
pub fn verifier(clock: &Arc<ManualClock>) -> Verifier {
    let source = JwksSource::StaticJwks(key_set(&[FIRST_KEY]));
    let config = VerifierConfig::new(ISSUER, source, env(clock));
    Verifier::new(config.authorized_parties(["http://localhost:3000"])).unwrap()
}
