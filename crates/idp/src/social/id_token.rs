//! Id tokens: whose signature, for whom, until when, in answer to what.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::failure::Failure;
use super::jwks::Key;

/// The longest token that is looked at, in bytes.
const MAX: usize = 16 * 1024;
/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;

/// A token that was cut into its parts and not yet believed.
#[derive(Debug)]
pub struct Unverified {
    alg: String,
    /// The key that the token names.
    pub kid: Option<String>,
    message: String,
    signature: Vec<u8>,
    claims: Value,
}

/// What a token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider; `{tenantid}` stands for the token's own `tid`.
    pub issuer: &'a str,
    /// The only `tid` that may stand there; without one, any may.
    pub tenant: Option<&'a str>,
    /// Us.
    pub client_id: &'a str,
    /// What we asked it to repeat.
    pub nonce: &'a str,
    /// Now.
    pub now: Timestamp,
}

impl Unverified {
    /// Cuts a token into its parts.
    pub fn read(token: &str) -> Result<Self, Failure> {
        const MALFORMED: Failure = Failure::Unproven("malformed id token");
        if token.len() > MAX {
            return Err(Failure::Unproven("the id token is too long"));
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(MALFORMED);
        };
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| MALFORMED);
        let json = |text: &str| -> Result<Value, Failure> {
            serde_json::from_slice(&bytes(text)?).map_err(|_| MALFORMED)
        };
        let head = json(header)?;
        let alg = head["alg"].as_str().unwrap_or_default();
        if !matches!(alg, "RS256" | "ES256") {
            return Err(Failure::Unproven(
                "the id token's algorithm is not accepted",
            ));
        }
        if !head["crit"].is_null() {
            return Err(Failure::Unproven("the id token has critical headers"));
        }
        Ok(Self {
            alg: alg.to_owned(),
            kid: head["kid"].as_str().map(str::to_owned),
            message: format!("{header}.{claims}"),
            signature: bytes(signature)?,
            claims: json(claims)?,
        })
    }

    /// Whether one of these keys may be the token's.
    #[must_use]
    pub fn is_known(&self, keys: &[Key]) -> bool {
        keys.iter()
            .any(|key| key.fits(&self.alg, self.kid.as_deref()))
    }

    /// The claims, once everything was checked.
    pub fn verify(self, keys: &[Key], expected: &Expected<'_>) -> Result<Value, Failure> {
        let mut fitting = keys
            .iter()
            .filter(|key| key.fits(&self.alg, self.kid.as_deref()));
        if !fitting.any(|key| key.verifies(self.message.as_bytes(), &self.signature)) {
            return Err(Failure::Unproven("the id token's signature is wrong"));
        }
        check(&self.claims, expected)?;
        Ok(self.claims)
    }
}

fn check(claims: &Value, expected: &Expected<'_>) -> Result<(), Failure> {
    let wrong = |what| Err(Failure::Unproven(what));
    let text = |name: &str| claims[name].as_str().unwrap_or_default();
    if !is_issuer(expected, text("iss"), text("tid")) {
        return wrong("the id token is another issuer's");
    }
    let ours = |value: &Value| value.as_str() == Some(expected.client_id);
    let (for_us, audiences) = match &claims["aud"] {
        Value::Array(all) => (all.iter().any(ours), all.len()),
        one => (ours(one), 1),
    };
    if !for_us {
        return wrong("the id token is for another client");
    }
    match &claims["azp"] {
        Value::Null if audiences > 1 => return wrong("the id token names no authorized party"),
        Value::Null => {}
        azp if ours(azp) => {}
        _ => return wrong("the id token was made for another party"),
    }
    let now = expected.now.as_second();
    let seconds = |name: &str| claims[name].as_f64().map(|seconds| seconds as i64);
    if seconds("exp").is_none_or(|exp| exp.saturating_add(LEEWAY) <= now) {
        return wrong("the id token has expired");
    }
    let too_early = |name| seconds(name).is_some_and(|at: i64| at.saturating_sub(LEEWAY) > now);
    if seconds("iat").is_none() || too_early("iat") || too_early("nbf") {
        return wrong("the id token is not valid yet");
    }
    let nonce = text("nonce").as_bytes();
    if !bool::from(nonce.ct_eq(expected.nonce.as_bytes())) {
        return wrong("the id token answers another request");
    }
    if text("sub").is_empty() || text("sub").len() > 255 {
        return wrong("the id token names nobody");
    }
    Ok(())
}

/// Whether `iss` is the expected one. Microsoft's shared endpoints announce a pattern, in which
/// the tenant of the token stands; a tenant is a UUID and nothing else. Where one alone is let in,
/// the pattern lets in no other.
fn is_issuer(expected: &Expected<'_>, iss: &str, tid: &str) -> bool {
    if !expected.issuer.contains("{tenantid}") {
        return expected.issuer == iss;
    }
    let may = |only: &str| only.eq_ignore_ascii_case(tid);
    uuid::Uuid::parse_str(tid).is_ok()
        && expected.tenant.is_none_or(may)
        && expected.issuer.replace("{tenantid}", tid) == iss
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use serde_json::json;

    use super::*;
    use crate::social::jwks;

    const TENANT: &str = "8f2a1c34-0000-4000-8000-000000000001";

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        fn keys(&self) -> Vec<Key> {
            let point = self.0.public_key().as_ref().to_vec();
            let part = |range: std::ops::Range<usize>| URL_SAFE_NO_PAD.encode(&point[range]);
            let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig",
                "x": part(1..33), "y": part(33..65) });
            jwks::read(&json!({ "keys": [jwk] }))
        }

        fn token(&self, header: &Value, claims: &Value) -> String {
            let message = format!(
                "{}.{}",
                URL_SAFE_NO_PAD.encode(header.to_string()),
                URL_SAFE_NO_PAD.encode(claims.to_string())
            );
            let signed = self
                .0
                .sign(&SystemRandom::new(), message.as_bytes())
                .unwrap();
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signed))
        }
    }

    fn claims() -> Value {
        json!({ "iss": "https://p.example", "aud": "us", "sub": "1", "nonce": "n",
            "iat": 1_000, "exp": 1_600 })
    }

    fn verify(signer: &Signer, token: &str, issuer: &str) -> Result<Value, Failure> {
        let expected = Expected {
            issuer,
            tenant: None,
            client_id: "us",
            nonce: "n",
            now: Timestamp::from_second(1_100).unwrap(),
        };
        Unverified::read(token)?.verify(&signer.keys(), &expected)
    }

    #[test]
    fn believes_what_is_right_in_every_part() {
        let signer = Signer::new();
        let header = json!({ "alg": "ES256", "kid": "k1" });
        let good = |claims: &Value| {
            verify(&signer, &signer.token(&header, claims), "https://p.example").is_ok()
        };
        assert!(good(&claims()));
        for (name, value, fits) in [
            ("iss", json!("https://q.example"), false),
            ("iss", json!("https://p.example/"), false),
            ("iss", json!(null), false),
            ("aud", json!("them"), false),
            ("aud", json!(["us"]), true),
            ("aud", json!(["us", "them"]), false),
            ("azp", json!("us"), true),
            ("azp", json!("them"), false),
            ("exp", json!(1_040), false),
            ("exp", json!(1_041), true),
            ("exp", json!(null), false),
            ("exp", json!("9999999999"), false),
            ("iat", json!(1_161), false),
            ("iat", json!(null), false),
            ("nbf", json!(1_161), false),
            ("nonce", json!("m"), false),
            ("nonce", json!(null), false),
            ("sub", json!(""), false),
            ("sub", json!("x".repeat(256)), false),
        ] {
            let mut changed = claims();
            changed[name] = value.clone();
            assert_eq!(good(&changed), fits, "{name} {value}");
        }
    }

    #[test]
    fn refuses_other_signatures_and_algorithms() {
        let signer = Signer::new();
        let token = |header: Value| signer.token(&header, &claims());
        let refused = |token: &str| verify(&signer, token, "https://p.example").is_err();
        assert!(refused(&token(json!({ "alg": "none" }))));
        assert!(refused(&token(json!({ "alg": "HS256", "kid": "k1" }))));
        assert!(refused(&token(json!({ "alg": "RS256", "kid": "k1" }))));
        assert!(refused(&token(json!({ "alg": "ES256", "kid": "k2" }))));
        assert!(refused(&token(
            json!({ "alg": "ES256", "kid": "k1", "crit": ["b64"] })
        )));
        let right = token(json!({ "alg": "ES256", "kid": "k1" }));
        assert!(!refused(&right));
        let (message, _) = right.rsplit_once('.').unwrap();
        assert!(refused(&format!("{message}.")));
        assert!(refused(message));
        assert!(refused(
            &Signer::new().token(&json!({ "alg": "ES256", "kid": "k1" }), &claims())
        ));
        assert!(refused(&format!("{right}.")));
        assert!(refused(&"x".repeat(MAX + 1)));
    }

    #[test]
    fn a_tenant_speaks_for_itself_alone() {
        let signer = Signer::new();
        let pattern = "https://login.example/{tenantid}/v2.0";
        let good = |iss: &str, tid: &str| {
            let mut claims = claims();
            claims["iss"] = iss.into();
            claims["tid"] = tid.into();
            let token = signer.token(&json!({ "alg": "ES256", "kid": "k1" }), &claims);
            verify(&signer, &token, pattern).is_ok()
        };
        let own = format!("https://login.example/{TENANT}/v2.0");
        assert!(good(&own, TENANT));
        assert!(!good(&own, "8f2a1c34-0000-4000-8000-000000000002"));
        assert!(!good("https://login.example/evil/v2.0", "evil"));
        assert!(!good("https://login.example//v2.0", ""));
    }
}
