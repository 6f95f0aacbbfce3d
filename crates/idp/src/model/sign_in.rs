//! Attempts to sign in.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use super::user::Person;
use super::verification::verification;
use crate::config::IdpConfig;
use crate::domain::factors;
use crate::settings::Settings;
use crate::store::sign_ins::SignIn;

/// An attempt to sign in, with the person it turned out to be about.
#[must_use]
pub fn sign_in(
    config: &IdpConfig,
    settings: &Settings,
    sign_in: &SignIn,
    person: Option<&Person>,
    now: Timestamp,
) -> Value {
    // Before the first factor it is nobody's business which others there are.
    let second_factors = person
        .filter(|_| sign_in.status == "needs_second_factor")
        .map(|person| factors::offered(settings, person));
    json!({
        "object": "sign_in_attempt",
        "id": sign_in.id,
        "status": sign_in.status,
        "supported_identifiers": ["email_address"],
        "supported_first_factors": person.map(first_factors),
        "supported_second_factors": second_factors,
        "first_factor_verification":
            sign_in.first_factor_verification.as_ref().map(|row| verification(row, now)),
        "second_factor_verification":
            sign_in.second_factor_verification.as_ref().map(|row| verification(row, now)),
        "identifier": sign_in.identifier,
        "user_data": person.map(|person| json!({
            "first_name": person.user.first_name,
            "last_name": person.user.last_name,
            "image_url": person.image_url(config),
            "profile_image_url": person.image_url(config),
            "has_image": person.has_image(),
        })),
        "created_session_id": sign_in.created_session_id,
        "abandon_at": ms(sign_in.abandon_at),
        "client_trust_state": null,
    })
}

/// The first factors that a person can be asked for.
#[must_use]
pub fn first_factors(person: &Person) -> Vec<Value> {
    let has_password = person.user.password_digest.is_some();
    let mut factors = Vec::new();
    if has_password {
        factors.push(json!({ "strategy": "password" }));
    }
    let by_email = |strategy: &str| {
        let primary = person.user.primary_email_address_id.as_deref();
        let verified = person
            .emails
            .iter()
            .filter(|email| email.verified_at.is_some());
        verified
            .map(|email| {
                json!({
                    "strategy": strategy,
                    "email_address_id": email.id,
                    "safe_identifier": email.address,
                    "primary": primary == Some(email.id.as_str()),
                })
            })
            .collect::<Vec<_>>()
    };
    factors.extend(by_email("email_code"));
    if has_password {
        factors.extend(by_email("reset_password_email_code"));
    }
    factors
}
