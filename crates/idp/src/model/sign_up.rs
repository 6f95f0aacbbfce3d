//! Attempts to sign up.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::verification::verification;
use super::{ms, ms_opt};
use crate::store::sign_ups::SignUp;
use crate::store::verifications::Standing;

/// The fields that an attempt still lacks.
#[must_use]
pub fn missing_fields(sign_up: &SignUp) -> Vec<&'static str> {
    let mut missing = Vec::new();
    if sign_up.email_address.is_none() {
        missing.push("email_address");
    }
    let needs_password = !sign_up.is_external;
    if needs_password && sign_up.password_digest.is_none() && sign_up.status != "complete" {
        missing.push("password");
    }
    missing
}

/// Whether the attempt's address is known to be the person's.
#[must_use]
pub fn is_email_verified(sign_up: &SignUp, now: Timestamp) -> bool {
    sign_up
        .email_verification
        .as_ref()
        .is_some_and(|verification| verification.standing(now) == Standing::Verified)
}

fn email_verification(sign_up: &SignUp, now: Timestamp) -> Value {
    if sign_up.email_address.is_none() {
        return Value::Null;
    }
    let mut value = match &sign_up.email_verification {
        Some(row) => verification(row, now),
        None => json!({
            "object": "verification_otp",
            "status": "unverified",
            // None yet: the components take a named one for a code that has been sent.
            "strategy": null,
            "attempts": null,
            "expire_at": null,
        }),
    };
    value["next_action"] = match &sign_up.email_verification {
        _ if is_email_verified(sign_up, now) => "",
        Some(row) if row.standing(now) == Standing::Unverified => "needs_attempt",
        _ => "needs_prepare",
    }
    .into();
    value["supported_strategies"] = json!(["email_code"]);
    value
}

/// An attempt to sign up.
#[must_use]
pub fn sign_up(sign_up: &SignUp, now: Timestamp) -> Value {
    let has_password =
        sign_up.password_digest.is_some() || (sign_up.status == "complete" && !sign_up.is_external);
    let unverified: &[&str] = if sign_up.email_address.is_some() && !is_email_verified(sign_up, now)
    {
        &["email_address"]
    } else {
        &[]
    };
    json!({
        "object": "sign_up_attempt",
        "id": sign_up.id,
        "status": sign_up.status,
        "required_fields": ["email_address", "password"],
        "optional_fields": ["first_name", "last_name"],
        "missing_fields": missing_fields(sign_up),
        "unverified_fields": unverified,
        "verifications": {
            "email_address": email_verification(sign_up, now),
            "phone_number": null,
            "web3_wallet": null,
            "external_account": null,
        },
        "username": null,
        "email_address": sign_up.email_address,
        "phone_number": null,
        "web3_wallet": null,
        "has_password": has_password,
        "password_enabled": has_password,
        "first_name": sign_up.first_name,
        "last_name": sign_up.last_name,
        "unsafe_metadata": sign_up.unsafe_metadata,
        "public_metadata": {},
        "custom_action": false,
        "external_id": null,
        "locale": sign_up.locale,
        "created_session_id": sign_up.created_session_id,
        "created_user_id": sign_up.created_user_id,
        "abandon_at": ms(sign_up.abandon_at),
        "legal_accepted_at": ms_opt(sign_up.legal_accepted_at),
    })
}
