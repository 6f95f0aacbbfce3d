//! Keys of users, organizations and machines.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ms, ms_opt};
use crate::store::api_keys::ApiKey;

/// A key; with its secret only when it is made.
#[must_use]
pub fn api_key(key: &ApiKey, secret: Option<&str>, now: Timestamp) -> Value {
    let mut value = json!({
        "object": "api_key",
        "id": key.id,
        "type": "api_key",
        "subject": key.subject,
        "name": key.name,
        "description": key.description,
        "claims": key.claims,
        "scopes": key.scopes,
        "revoked": key.revoked,
        "revocation_reason": key.revocation_reason,
        "expired": key.is_expired(now),
        "expiration": ms_opt(key.expires_at),
        "created_by": key.created_by,
        "last_used_at": ms_opt(key.last_used_at),
        "created_at": ms(key.created_at),
        "updated_at": ms(key.updated_at),
    });
    if let Some(secret) = secret {
        value["secret"] = secret.into();
    }
    value
}
