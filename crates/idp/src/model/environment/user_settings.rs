//! What people have, and how they prove it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{EMAIL_STRATEGIES, social};
use crate::config::IdpConfig;
use crate::passwords;
use crate::settings::Settings;

/// An attribute of users. What is not named in `used` is off.
fn attribute(enabled: bool, required: bool, strategies: &[&str]) -> Value {
    json!({
        "enabled": enabled,
        "required": required,
        "used_for_first_factor": !strategies.is_empty(),
        "first_factors": strategies,
        "used_for_second_factor": false,
        "second_factors": [],
        "verifications": strategies,
        "verify_at_sign_up": !strategies.is_empty(),
        "immutable": false,
    })
}

pub fn user_settings(config: &IdpConfig, settings: &Settings) -> Value {
    let rules = &settings.apis.restrictions;
    let mut attributes = BTreeMap::from([
        ("email_address", attribute(true, true, &EMAIL_STRATEGIES)),
        ("password", attribute(true, true, &[])),
        ("first_name", attribute(true, false, &[])),
        ("last_name", attribute(true, false, &[])),
    ]);
    for off in [
        "phone_number",
        "username",
        "web3_wallet",
        "passkey",
        "ticket",
    ] {
        attributes.insert(off, attribute(false, false, &[]));
    }
    let factors = &settings.factors;
    for (name, strategy, is_on) in [
        ("authenticator_app", "totp", factors.totp),
        ("backup_code", "backup_code", factors.backup_codes),
    ] {
        let mut value = attribute(is_on, false, &[]);
        value["used_for_second_factor"] = is_on.into();
        value["second_factors"] = if is_on { json!([strategy]) } else { json!([]) };
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
            "mode": "public",
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
            "min_length": passwords::MIN_LENGTH,
            "max_length": passwords::MAX_LENGTH,
            "require_special_char": false,
            "require_numbers": false,
            "require_uppercase": false,
            "require_lowercase": false,
            "show_zxcvbn": false,
            "min_zxcvbn_strength": 0,
            "allowed_special_characters": "",
        },
        "username_settings": {
            "min_length": 4,
            "max_length": 64,
            "allow_extended_special_characters": false,
            "allow_numeric_usernames": false,
        },
        "actions": {
            "delete_self": true,
            "create_organization": true,
            "create_organizations_limit": null,
        },
        "attack_protection": {
            "user_lockout": {
                "enabled": true,
                "max_attempts": config.lockout.max_attempts,
                "duration_in_minutes": config.lockout.duration.as_secs().div_ceil(60),
            },
            "pii": { "enabled": true },
            "email_link": { "require_same_client": true },
            "enumeration_protection": { "enabled": false },
        },
        "passkey_settings": {
            "allow_autofill": false,
            "show_sign_in_button": false,
            "satisfies_second_factor": false,
        },
    })
}
