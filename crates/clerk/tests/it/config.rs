//! Settings that stop the start.

use bailiwick_clerk::api::{ApiConfig, ApiConfigError, ClerkApi};
use bailiwick_clerk::session::{ConfigError, JwksSource, Verifier, VerifierConfig};
use bailiwick_clerk::webhook::{Secret, SecretError};
use bailiwick_kernel::Env;

use crate::issuer::{FIRST_KEY, ISSUER, key_set};

fn url(url: &str) -> JwksSource {
    JwksSource::Url {
        url: url.to_owned(),
        bearer: None,
    }
}

fn refused(issuer: &str, source: JwksSource, parties: &[&str]) -> ConfigError {
    let config = VerifierConfig::new(issuer, source, Env::system());
    let config = config.authorized_parties(parties.iter().copied());
    Verifier::new(config)
        .err()
        .expect("the settings are refused")
}

#[test]
fn a_verifier_needs_an_issuer_and_keys() {
    let jwks = "http://localhost:1/jwks";
    assert!(matches!(
        refused("", url(jwks), &[]),
        ConfigError::IssuerEmpty
    ));
    assert!(matches!(
        refused(" / ", url(jwks), &[]),
        ConfigError::IssuerInvalid | ConfigError::IssuerEmpty
    ));
    assert!(matches!(
        refused("clerk", url(jwks), &[]),
        ConfigError::IssuerInvalid
    ));
    assert!(matches!(
        refused(ISSUER, url(""), &[]),
        ConfigError::JwksUrlEmpty
    ));
    assert!(matches!(
        refused(ISSUER, url("file:///etc"), &[]),
        ConfigError::JwksUrlInvalid
    ));
    assert!(matches!(
        refused(ISSUER, url(jwks), &[""]),
        ConfigError::AuthorizedPartyEmpty
    ));
    for keys in [
        "",
        "{}",
        r#"{"keys":[]}"#,
        r#"{"keys":[{"kty":"oct","kid":"k","k":"AA"}]}"#,
    ] {
        let source = JwksSource::StaticJwks(keys.to_owned());
        assert!(
            matches!(refused(ISSUER, source, &[]), ConfigError::StaticKeys),
            "{keys}"
        );
    }
    let source = JwksSource::StaticPem("-----BEGIN PUBLIC KEY-----\nAAAA".to_owned());
    assert!(matches!(
        refused(ISSUER, source, &[]),
        ConfigError::StaticKeys
    ));
}

#[test]
fn short_keys_and_keys_of_other_uses_are_no_keys() {
    for change in [
        serde_json::json!({"use": "enc"}),
        serde_json::json!({"alg": "RS512"}),
        serde_json::json!({"n": "xKZ0"}),
        serde_json::json!({"kid": ""}),
    ] {
        let jwk = crate::issuer::merged(FIRST_KEY.jwk(), change.clone());
        let source = JwksSource::StaticJwks(serde_json::json!({"keys": [jwk]}).to_string());
        assert!(
            matches!(refused(ISSUER, source, &[]), ConfigError::StaticKeys),
            "{change}"
        );
    }
    let source = JwksSource::StaticJwks(key_set(&[FIRST_KEY]));
    assert!(Verifier::new(VerifierConfig::new(ISSUER, source, Env::system())).is_ok());
}

#[test]
fn the_api_needs_an_address_and_a_secret() {
    let new = |url: &str, secret: &str| {
        ClerkApi::new(ApiConfig::new(url, secret.into(), Env::system())).err()
    };
    assert!(matches!(new("", "sk_test_x"), Some(ApiConfigError::Url)));
    assert!(matches!(
        new("http://localhost:1", " "),
        Some(ApiConfigError::SecretKey)
    ));
    assert!(new("http://localhost:1/v1", "sk_test_x").is_none());
}

#[test]
fn a_webhook_secret_is_base64_of_enough_bytes() {
    assert_eq!(Secret::parse("").err(), Some(SecretError::Empty));
    assert_eq!(Secret::parse("whsec_").err(), Some(SecretError::Empty));
    assert_eq!(
        Secret::parse("whsec_not base64").err(),
        Some(SecretError::NotBase64)
    );
    assert_eq!(
        Secret::parse("whsec_AAAA").err(),
        Some(SecretError::TooShort)
    );
    let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
    assert_eq!(format!("{secret:?}"), "Secret([redacted])");
}
