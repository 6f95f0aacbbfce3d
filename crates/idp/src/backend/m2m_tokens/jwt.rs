//! Tokens of machines that carry what they say: verified with the instance's public keys alone.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::error::Result;
use crate::instance::Idp;
use crate::keys;
use crate::store::m2m_tokens::M2mToken;

/// Header category of machines' tokens: no SDK takes one for a session's.
const CATEGORY: &str = "cl_B7d4PD333AAA";

/// Claims that a machine cannot make up.
const RESERVED: [&str; 9] = [
    "aud", "exp", "iat", "iss", "jti", "nbf", "scopes", "sub", "sid",
];

/// Signs a token that is stored nowhere.
pub(super) fn sign(idp: &Idp, row: &M2mToken) -> Result<String> {
    let iat = row.created_at.as_second();
    let exp = row.expires_at.map(Timestamp::as_second);
    let mut claims = json!({
        "aud": row.scopes,
        "exp": exp.unwrap_or(iat),
        "iat": iat,
        "iss": idp.config().issuer,
        "jti": row.id,
        "nbf": iat - 5,
        "scopes": row.scopes.join(" "),
        "sub": row.machine_id,
    });
    if let (Some(claims), Some(Value::Object(own))) = (claims.as_object_mut(), &row.claims) {
        for (name, value) in own {
            if !RESERVED.contains(&name.as_str()) {
                claims.insert(name.clone(), value.clone());
            }
        }
    }
    idp.keys().sign(CATEGORY, &claims)
}

/// Reads a token of this instance whose time is not over.
pub(super) fn read(idp: &Idp, token: &str, now: Timestamp) -> Option<M2mToken> {
    let claims = keys::verify(&idp.keys().set(), CATEGORY, token)?;
    let second = |name: &str| Timestamp::from_second(claims[name].as_i64()?).ok();
    let (created_at, expires_at) = (second("iat")?, second("exp")?);
    if expires_at <= now || claims["iss"] != idp.config().issuer.as_str() {
        return None;
    }
    let scopes = claims["scopes"].as_str()?;
    let own: serde_json::Map<String, Value> = claims
        .as_object()?
        .iter()
        .filter(|(name, _)| !RESERVED.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    Some(M2mToken {
        id: claims["jti"].as_str()?.to_owned(),
        machine_id: claims["sub"].as_str()?.to_owned(),
        token_digest: String::new(),
        claims: (!own.is_empty()).then_some(Value::Object(own)),
        scopes: scopes.split_whitespace().map(str::to_owned).collect(),
        revoked: false,
        revocation_reason: None,
        expires_at: Some(expires_at),
        last_used_at: None,
        created_at,
        updated_at: created_at,
    })
}
