//! What people have, and how they prove it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::social;
use crate::config::IdpConfig;
use crate::model::sign_up::email_strategy;
use crate::passwords;
use crate::settings::Settings;

/// How an attribute of users is used; what is not said is off.
#[derive(Clone, Copy, Default)]
struct Attribute<'a> {
    enabled: bool,
    required: bool,
    first_factors: &'a [&'a str],
    second_factors: &'a [&'a str],
    verifications: &'a [&'a str],
}

fn attribute(attribute: Attribute<'_>) -> Value {
    json!({
        "enabled": attribute.enabled,
        "required": attribute.required,
        "used_for_first_factor": !attribute.first_factors.is_empty(),
        "first_factors": attribute.first_factors,
        "used_for_second_factor": !attribute.second_factors.is_empty(),
        "second_factors": attribute.second_factors,
        "verifications": attribute.verifications,
        "verify_at_sign_up": !attribute.verifications.is_empty(),
        "immutable": false,
    })
}

/// The strategies that are on.
fn on<'a>(strategies: &[(&'a str, bool)]) -> Vec<&'a str> {
    let on = strategies.iter().filter(|(_, is_on)| *is_on);
    on.map(|(name, _)| *name).collect()
}

/// What people are told apart by, and how they prove it.
fn identification(settings: &Settings) -> BTreeMap<&'static str, Value> {
    let rules = &settings.identification;
    let (email, phone) = (&rules.email_address, &rules.phone_number);
    let email_factors = on(&[
        ("email_code", email.enabled && email.code_sign_in),
        ("email_link", email.enabled && email.link_sign_in),
    ]);
    let email_proofs = on(&[(email_strategy(email.verification), email.enabled)]);
    let phone_factors = on(&[("phone_code", phone.enabled && phone.code_sign_in)]);
    let phone_proofs = on(&[("phone_code", phone.enabled)]);
    let phone_second = on(&[("phone_code", phone.enabled && settings.factors.phone_code)]);
    let with = |enabled, required| Attribute {
        enabled,
        required: enabled && required,
        ..Attribute::default()
    };
    let username = ["username"];
    BTreeMap::from([
        (
            "email_address",
            attribute(Attribute {
                first_factors: &email_factors,
                verifications: &email_proofs,
                ..with(email.enabled, email.required)
            }),
        ),
        (
            "phone_number",
            attribute(Attribute {
                first_factors: &phone_factors,
                second_factors: &phone_second,
                verifications: &phone_proofs,
                ..with(phone.enabled, phone.required)
            }),
        ),
        (
            "username",
            attribute(Attribute {
                first_factors: &username[..usize::from(rules.username.enabled)],
                ..with(rules.username.enabled, rules.username.required)
            }),
        ),
        (
            "password",
            attribute(with(rules.password.enabled, rules.password.required)),
        ),
        ("first_name", attribute(with(true, false))),
        ("last_name", attribute(with(true, false))),
        ("web3_wallet", attribute(with(false, false))),
        ("passkey", attribute(with(false, false))),
        ("ticket", attribute(with(false, false))),
    ])
}

pub fn user_settings(config: &IdpConfig, settings: &Settings) -> Value {
    let identified = &settings.identification;
    let rules = &settings.apis.restrictions;
    let organizations = &settings.organizations;
    let mut attributes = identification(settings);
    let factors = &settings.factors;
    for (name, strategy, is_on) in [
        ("authenticator_app", "totp", factors.totp),
        ("backup_code", "backup_code", factors.backup_codes),
    ] {
        let second_factors = on(&[(strategy, is_on)]);
        let value = attribute(Attribute {
            enabled: is_on,
            second_factors: &second_factors,
            ..Attribute::default()
        });
        attributes.insert(name, value);
    }
    json!({
        "attributes": attributes,
        "social": social::social(config, settings),
        "saml": { "enabled": false },
        "enterprise_sso": { "enabled": false, "self_serve_sso": false },
        "sign_in": { "second_factor": { "required": factors.required } },
        "sign_up": {
            "captcha_enabled": false,
            "captcha_widget_type": "smart",
            "custom_action_required": false,
            "progressive": true,
            "mode": rules.sign_up_mode,
            "legal_consent_enabled": false,
        },
        "restrictions": {
            "allowlist": { "enabled": rules.allowlist },
            "blocklist": { "enabled": rules.blocklist },
            "allowlist_blocklist_disabled_on_sign_in": {
                "enabled": rules.allowlist_blocklist_disabled_on_sign_in,
            },
            "block_email_subaddresses": { "enabled": rules.block_email_subaddresses },
            "block_disposable_email_domains": { "enabled": rules.block_disposable_email_domains },
        },
        "password_settings": {
            "disable_hibp": true,
            "disable_password_reverification": true,
            "enforce_hibp_on_sign_in": false,
            "min_length": identified.password.min_length.max(passwords::MIN_LENGTH),
            "max_length": identified.password.max_length.min(passwords::MAX_LENGTH),
            "require_special_char": identified.password.require_special_char,
            "require_numbers": identified.password.require_numbers,
            "require_uppercase": identified.password.require_uppercase,
            "require_lowercase": identified.password.require_lowercase,
            "show_zxcvbn": false,
            "min_zxcvbn_strength": 0,
            "allowed_special_characters": "",
        },
        "username_settings": {
            "min_length": identified.username.min_length,
            "max_length": identified.username.max_length,
            "allow_extended_special_characters": false,
            "allow_numeric_usernames": false,
        },
        "actions": {
            "delete_self": true,
            "create_organization": organizations.enabled && organizations.users_can_create,
            "create_organizations_limit": organizations.max_created_by_user,
        },
        "attack_protection": {
            "user_lockout": {
                "enabled": true,
                "max_attempts": config.lockout.max_attempts,
                "duration_in_minutes": config.lockout.duration.as_secs().div_ceil(60),
            },
            "pii": { "enabled": true },
            "email_link": { "require_same_client": identified.email_address.link_requires_same_client },
            "enumeration_protection": { "enabled": identified.enumeration_protection },
        },
        "passkey_settings": {
            "allow_autofill": false,
            "show_sign_in_button": false,
            "satisfies_second_factor": false,
        },
    })
}
