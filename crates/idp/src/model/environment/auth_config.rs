//! How people may sign in, in the words of older components.

use serde_json::{Value, json};

use super::EMAIL_STRATEGIES;
use crate::config::IdpConfig;
use crate::settings::Settings;

pub fn auth_config(config: &IdpConfig, settings: &Settings, instance_id: &str) -> Value {
    json!({
        "object": "auth_config",
        "id": instance_id.replacen("ins_", "aconf_", 1),
        "first_name": "on",
        "last_name": "on",
        "email_address": "required",
        "phone_number": "off",
        "username": "off",
        "password": "required",
        "identification_requirements": [["email_address"]],
        "identification_strategies": ["email_address"],
        "first_factors": ["password", "email_code", "reset_password_email_code"],
        "second_factors": [],
        "email_address_verification_strategies": EMAIL_STRATEGIES,
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
