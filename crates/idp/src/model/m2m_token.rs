//! Tokens of machines.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{ms, ms_opt};
use crate::store::m2m_tokens::M2mToken;

/// A token of a machine; with the token itself only when it is made.
#[must_use]
pub fn m2m_token(row: &M2mToken, token: Option<&str>, now: Timestamp) -> Value {
    let mut value = json!({
        "object": "machine_to_machine_token",
        "id": row.id,
        "subject": row.machine_id,
        "claims": row.claims,
        "scopes": row.scopes,
        "revoked": row.revoked,
        "revocation_reason": row.revocation_reason,
        "expired": row.is_expired(now),
        "expiration": ms_opt(row.expires_at),
        "last_used_at": ms_opt(row.last_used_at),
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
    });
    if let Some(token) = token {
        value["token"] = token.into();
    }
    value
}
