//! What OpenID Connect wants of a provider: a description, keys, id tokens.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::LocalProvider;
use super::flavor::Flavor;
use super::store::Grant;

/// The key's name.
const KID: &str = "local";
/// How long an id token is good, in seconds.
const LIFETIME_SECONDS: i64 = 3600;

/// `GET …/.well-known/openid-configuration`.
pub async fn describe(flavor: Flavor, State(provider): State<LocalProvider>) -> Json<Value> {
    Json(flavor.description(&provider.0.base))
}

/// `GET …/keys`.
pub async fn keys(State(provider): State<LocalProvider>) -> Json<Value> {
    let public = provider.0.key.public_key();
    Json(json!({ "keys": [{
        "kty": "RSA",
        "use": "sig",
        "kid": KID,
        "alg": "RS256",
        "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
        "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
    }] }))
}

/// An id token; none where signing fails.
pub fn id_token(provider: &LocalProvider, grant: &Grant) -> Option<String> {
    let now = provider.0.env.now().as_second();
    let mut claims = grant.face.claims(grant.flavor);
    claims["iss"] = grant.flavor.issuer(&provider.0.base).into();
    claims["aud"] = grant.flavor.client_id().into();
    claims["iat"] = now.into();
    claims["exp"] = (now + LIFETIME_SECONDS).into();
    if let Some(nonce) = &grant.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let header = json!({ "alg": "RS256", "kid": KID, "typ": "JWT" });
    let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
    let key = &provider.0.key;
    let mut signature = vec![0; key.public_modulus_len()];
    let random = SystemRandom::new();
    key.sign(&RSA_PKCS1_SHA256, &random, token.as_bytes(), &mut signature)
        .ok()?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Some(token)
}
