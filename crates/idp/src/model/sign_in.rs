//! Attempts to sign in.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ms;
use super::user::Person;
use super::verification::verification;
use crate::config::IdpConfig;
use crate::domain::factors;
use crate::model::first_factors;
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
    let is_proven = matches!(sign_in.status.as_str(), "needs_second_factor" | "complete");
    // Where it is kept secret who has an account, all attempts look alike until one is proven.
    let is_secret = settings.identification.enumeration_protection && !is_proven;
    let first_factors = match &sign_in.identifier {
        Some(identifier) if is_secret => {
            Some(first_factors::of_anybody(settings, &sign_in.id, identifier))
        }
        _ => person.map(|person| first_factors::of(settings, person)),
    };
    json!({
        "object": "sign_in_attempt",
        "id": sign_in.id,
        "status": sign_in.status,
        "supported_identifiers": identifiers(settings),
        "supported_first_factors": first_factors,
        "supported_second_factors": second_factors,
        "first_factor_verification":
            sign_in.first_factor_verification.as_ref().map(|row| verification(row, now)),
        "second_factor_verification":
            sign_in.second_factor_verification.as_ref().map(|row| verification(row, now)),
        "identifier": sign_in.identifier,
        "user_data": person.filter(|_| !is_secret).map(|person| json!({
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

/// By what people may say who they are.
#[must_use]
pub fn identifiers(settings: &Settings) -> Vec<&'static str> {
    let rules = &settings.identification;
    let phone = &rules.phone_number;
    [
        ("email_address", rules.email_address.enabled),
        ("phone_number", phone.enabled && phone.code_sign_in),
        ("username", rules.username.enabled),
    ]
    .into_iter()
    .filter_map(|(name, is_on)| is_on.then_some(name))
    .collect()
}
