//! Authenticator applications and backup codes.

use serde_json::{Value, json};

use super::ms;
use crate::store::totps::Totp;

/// An authenticator application; `secret` and `uri` are shown when they are made and never again.
#[must_use]
pub fn totp(row: &Totp, secret: Option<(&str, &str)>, backup_codes: Option<&[String]>) -> Value {
    json!({
        "object": "totp",
        "id": row.id,
        "secret": secret.map(|(secret, _)| secret),
        "uri": secret.map(|(_, uri)| uri),
        "verified": row.verified_at.is_some(),
        "backup_codes": backup_codes,
        "created_at": ms(row.created_at),
        "updated_at": ms(row.updated_at),
    })
}

/// New backup codes.
#[must_use]
pub fn backup_codes(id: &str, codes: &[String], now: jiff::Timestamp) -> Value {
    json!({
        "object": "backup_code",
        "id": id,
        "codes": codes,
        "created_at": ms(now),
        "updated_at": ms(now),
    })
}
