//! How people may sign in, in the words of older components.

use serde_json::{Value, json};

use crate::config::IdpConfig;
use crate::frontend::Strategy;
use crate::model::sign_in;
use crate::model::sign_up::email_strategy;
use crate::settings::Settings;

pub fn auth_config(config: &IdpConfig, settings: &Settings, instance_id: &str) -> Value {
    let rules = &settings.identification;
    let word = |is_enabled: bool, is_required: bool| match (is_enabled, is_required) {
        (true, true) => "required",
        (true, false) => "on",
        (false, _) => "off",
    };
    let identifiers = sign_in::identifiers(settings);
    let requirements: Vec<[&str; 1]> = identifiers.iter().map(|name| [*name]).collect();
    let offered = Strategy::ALL
        .into_iter()
        .filter(|one| one.is_offered(settings));
    let first_factors: Vec<&str> = offered.map(Strategy::as_str).collect();
    let factors = &settings.factors;
    let mut second_factors = vec!["totp", "phone_code", "backup_code"];
    second_factors.retain(|strategy| match *strategy {
        "totp" => factors.totp,
        "phone_code" => factors.phone_code && rules.phone_number.enabled,
        _ => factors.backup_codes,
    });
    json!({
        "object": "auth_config",
        "id": instance_id.replacen("ins_", "aconf_", 1),
        "first_name": "on",
        "last_name": "on",
        "email_address": word(rules.email_address.enabled, rules.email_address.required),
        "phone_number": word(rules.phone_number.enabled, rules.phone_number.required),
        "username": word(rules.username.enabled, rules.username.required),
        "password": word(rules.password.enabled, rules.password.required),
        "identification_requirements": requirements,
        "identification_strategies": identifiers,
        "first_factors": first_factors,
        "second_factors": second_factors,
        "email_address_verification_strategies": [email_strategy(rules.email_address.verification)],
        "single_session_mode": settings.sessions.single_session,
        "enhanced_email_deliverability": false,
        "test_mode": settings.apis.instance.test_mode.unwrap_or(config.test_codes),
        "cookieless_dev": false,
        "url_based_session_syncing": false,
        "claimed_at": null,
        "reverification": settings.factors.reverification,
        "native_settings": {
            "object": "native_settings",
            "api_enabled": false,
            "trusted_device_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_up_enabled": false,
        },
    })
}
