//! Verifications.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms_opt;
use crate::store::verifications::Verification;

/// A verification, as every resource that has one shows it.
#[must_use]
pub fn verification(verification: &Verification, now: Timestamp) -> Value {
    let object = match verification.strategy.as_str() {
        "admin" => "verification_admin",
        "email_link" => "verification_email_link",
        "password" => "verification_password",
        "ticket" => "verification_ticket",
        "totp" => "verification_totp",
        "backup_code" => "verification_backup_code",
        strategy if strategy.starts_with("oauth_") => "verification_oauth",
        strategy if strategy.starts_with("from_oauth_") => "verification_from_oauth",
        _ => "verification_otp",
    };
    let mut value = json!({
        "object": object,
        "status": verification.standing(now).as_str(),
        "strategy": verification.strategy,
        "attempts": verification.attempts,
        "expire_at": ms_opt(verification.expire_at),
    });
    if let Some(client_id) = &verification.verified_at_client {
        value["verified_at_client"] = client_id.as_str().into();
    }
    if object == "verification_otp" {
        value["channel"] = Value::Null;
    }
    value
}
