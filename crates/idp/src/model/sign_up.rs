//! Attempts to sign up.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::verification::verification;
use super::{ms, ms_opt};
use crate::settings::{EmailProof, Settings};
use crate::store::sign_ups::SignUp;
use crate::store::verifications::{Standing, Verification};

/// What the instance wants of a new user, and what the user may add.
#[must_use]
pub fn fields(settings: &Settings) -> (Vec<&'static str>, Vec<&'static str>) {
    let rules = &settings.identification;
    let (mut required, mut optional) = (Vec::new(), Vec::new());
    for (name, is_enabled, is_required) in [
        (
            "email_address",
            rules.email_address.enabled,
            rules.email_address.required,
        ),
        (
            "phone_number",
            rules.phone_number.enabled,
            rules.phone_number.required,
        ),
        ("username", rules.username.enabled, rules.username.required),
        ("password", rules.password.enabled, rules.password.required),
        ("first_name", true, false),
        ("last_name", true, false),
    ] {
        match (is_enabled, is_required) {
            (true, true) => required.push(name),
            (true, false) => optional.push(name),
            (false, _) => {}
        }
    }
    (required, optional)
}

/// The fields that an attempt still lacks.
#[must_use]
pub fn missing_fields(settings: &Settings, sign_up: &SignUp) -> Vec<&'static str> {
    if sign_up.status == "complete" {
        return Vec::new();
    }
    let (required, _) = fields(settings);
    let has = |name: &&str| match *name {
        "email_address" => sign_up.email_address.is_some(),
        "phone_number" => sign_up.phone_number.is_some(),
        "username" => sign_up.username.is_some(),
        // Whoever came by another provider needs none.
        "password" => sign_up.password_digest.is_some() || sign_up.is_external,
        _ => true,
    };
    let mut missing: Vec<&str> = required.into_iter().filter(|name| !has(name)).collect();
    let identifiers = ["email_address", "phone_number", "username"];
    let is_nameless = !identifiers.iter().any(has);
    if is_nameless && !missing.iter().any(|name| identifiers.contains(name)) {
        // Nobody is somebody without anything to be told apart by.
        let rules = &settings.identification;
        missing.push(if rules.email_address.enabled {
            "email_address"
        } else if rules.phone_number.enabled {
            "phone_number"
        } else {
            "username"
        });
    }
    missing
}

fn is_verified(verification: Option<&Verification>, now: Timestamp) -> bool {
    verification.is_some_and(|row| row.standing(now) == Standing::Verified)
}

/// Whether the attempt's address is known to be the person's.
#[must_use]
pub fn is_email_verified(sign_up: &SignUp, now: Timestamp) -> bool {
    is_verified(sign_up.email_verification.as_ref(), now)
}

/// Whether the attempt's number is known to be the person's.
#[must_use]
pub fn is_phone_verified(sign_up: &SignUp, now: Timestamp) -> bool {
    is_verified(sign_up.phone_verification.as_ref(), now)
}

/// What the attempt has and nobody has proven yet.
#[must_use]
pub fn unverified_fields(sign_up: &SignUp, now: Timestamp) -> Vec<&'static str> {
    let mut unverified = Vec::new();
    if sign_up.email_address.is_some() && !is_email_verified(sign_up, now) {
        unverified.push("email_address");
    }
    if sign_up.phone_number.is_some() && !is_phone_verified(sign_up, now) {
        unverified.push("phone_number");
    }
    unverified
}

/// How a new address is proven, as the protocol says it.
#[must_use]
pub const fn email_strategy(proof: EmailProof) -> &'static str {
    match proof {
        EmailProof::Code => "email_code",
        EmailProof::Link => "email_link",
    }
}

fn field_verification(
    field: Option<&String>,
    row: Option<&Verification>,
    strategy: &str,
    now: Timestamp,
) -> Value {
    if field.is_none() {
        return Value::Null;
    }
    let mut value = match row {
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
    value["next_action"] = match row.map(|row| row.standing(now)) {
        Some(Standing::Verified) => "",
        Some(Standing::Unverified) => "needs_attempt",
        _ => "needs_prepare",
    }
    .into();
    value["supported_strategies"] = json!([strategy]);
    value
}

/// An attempt to sign up.
#[must_use]
pub fn sign_up(settings: &Settings, sign_up: &SignUp, now: Timestamp) -> Value {
    // The digest of a completed attempt has moved to the user.
    let is_complete = sign_up.status == "complete";
    let has_password = sign_up.password_digest.is_some() || is_complete && !sign_up.is_external;
    let (required, optional) = fields(settings);
    let email_strategy = email_strategy(settings.identification.email_address.verification);
    let email = field_verification(
        sign_up.email_address.as_ref(),
        sign_up.email_verification.as_ref(),
        email_strategy,
        now,
    );
    let phone = field_verification(
        sign_up.phone_number.as_ref(),
        sign_up.phone_verification.as_ref(),
        "phone_code",
        now,
    );
    json!({
        "object": "sign_up_attempt",
        "id": sign_up.id,
        "status": sign_up.status,
        "required_fields": required,
        "optional_fields": optional,
        "missing_fields": missing_fields(settings, sign_up),
        "unverified_fields": unverified_fields(sign_up, now),
        "verifications": {
            "email_address": email,
            "phone_number": phone,
            "web3_wallet": null,
            "external_account": null,
        },
        "username": sign_up.username,
        "email_address": sign_up.email_address,
        "phone_number": sign_up.phone_number,
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
