//! The compact form of a token, read strictly.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::TokenError;
use super::strict::{Object, not_null, present};

/// Tokens above this are refused unread. Clerk's must fit into a 4 KB cookie.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Longer key ids are refused: nobody issues them, and they would fill the memory of unknown ones.
const MAX_KEY_ID_BYTES: usize = 256;

/// The header category of session tokens; templates' and machines' tokens have others.
const SESSION_CATEGORY: &str = "cl_B7d4PD111AAA";

/// A token whose form and header are acceptable. Its signature has not been looked at.
pub(super) struct Parts<'a> {
    pub key_id: String,
    pub signed: &'a str,
    pub signature: Vec<u8>,
    pub claims: Vec<u8>,
}

/// What the header may say. Unknown members are ignored, as the protocol asks; the listed ones
/// that could bring a key along, or change how the token is read, are refused whatever they hold.
#[derive(Deserialize)]
struct Header {
    #[serde(default, deserialize_with = "not_null")]
    alg: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    kid: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    typ: Option<String>,
    #[serde(default, deserialize_with = "not_null")]
    cat: Option<String>,
    #[serde(default, deserialize_with = "present")]
    jku: bool,
    #[serde(default, deserialize_with = "present")]
    jwk: bool,
    #[serde(default, deserialize_with = "present")]
    x5u: bool,
    #[serde(default, deserialize_with = "present")]
    x5c: bool,
    #[serde(default, deserialize_with = "present")]
    crit: bool,
    #[serde(default, deserialize_with = "present")]
    b64: bool,
}

/// Splits and decodes a token and judges its header.
///
/// # Errors
/// See [`TokenError`]; nothing about keys, signature or claims is decided here.
pub(super) fn parse(token: &str) -> Result<Parts<'_>, TokenError> {
    if token.len() > MAX_TOKEN_BYTES {
        return Err(TokenError::TooLarge);
    }
    let (signed, signature) = token
        .rsplit_once('.')
        .ok_or(TokenError::Malformed("form"))?;
    let (header, claims) = signed
        .split_once('.')
        .ok_or(TokenError::Malformed("form"))?;
    if claims.contains('.') {
        return Err(TokenError::Malformed("form"));
    }

    let header = decode(header, "header")?;
    let Object(header) = serde_json::from_slice::<Object<Header>>(&header)
        .map_err(|_| TokenError::Malformed("header"))?;
    let key_id = judge(header)?;

    Ok(Parts {
        key_id,
        signed,
        signature: decode(signature, "signature")?,
        claims: decode(claims, "claims")?,
    })
}

fn judge(header: Header) -> Result<String, TokenError> {
    let forbidden = [
        ("jku", header.jku),
        ("jwk", header.jwk),
        ("x5u", header.x5u),
        ("x5c", header.x5c),
        ("crit", header.crit),
        ("b64", header.b64),
    ];
    if let Some((name, _)) = forbidden.into_iter().find(|(_, present)| *present) {
        return Err(TokenError::ForbiddenHeader(name));
    }
    if header.alg.as_deref() != Some("RS256") {
        return Err(TokenError::Algorithm);
    }
    if header.typ.is_some_and(|typ| typ != "JWT") {
        return Err(TokenError::Type);
    }
    if header.cat.is_some_and(|cat| cat != SESSION_CATEGORY) {
        return Err(TokenError::Category);
    }
    match header.kid {
        Some(kid) if kid.is_empty() => Err(TokenError::KeyIdMissing),
        Some(kid) if kid.len() > MAX_KEY_ID_BYTES => Err(TokenError::KeyUnknown),
        Some(kid) => Ok(kid),
        None => Err(TokenError::KeyIdMissing),
    }
}

fn decode(part: &str, name: &'static str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed(name))
}
