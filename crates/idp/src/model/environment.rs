//! The instance's settings, as the components read them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::config::IdpConfig;
use crate::passwords;
use crate::store::roles;

/// Where e-mail is used, and how it is proven.
const EMAIL_STRATEGIES: [&str; 1] = ["email_code"];

/// The whole environment.
#[must_use]
pub fn environment(config: &IdpConfig, instance_id: &str) -> Value {
    json!({
        "auth_config": auth_config(config, instance_id),
        "display_config": display_config(config, instance_id),
        "user_settings": user_settings(config),
        "organization_settings": organization_settings(config),
        "fraud_settings": {
            "object": "fraud_settings",
            "native": { "device_attestation_mode": "disabled" },
        },
        "api_keys_settings": {
            "enabled": false, "user_api_keys_enabled": false, "orgs_api_keys_enabled": false,
        },
        "client_debug_mode": false,
        "partitioned_cookies": false,
        "maintenance_mode": false,
    })
}

fn auth_config(config: &IdpConfig, instance_id: &str) -> Value {
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
        // One user a browser: a new sign-in replaces the session.
        "single_session_mode": true,
        "enhanced_email_deliverability": false,
        "test_mode": config.test_codes,
        "cookieless_dev": false,
        "url_based_session_syncing": false,
        "claimed_at": null,
        "reverification": false,
        "native_settings": {
            "object": "native_settings",
            "api_enabled": false,
            "trusted_device_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_in_enabled": false,
            "trusted_device_enrollment_prompt_after_sign_up_enabled": false,
        },
    })
}

fn display_config(config: &IdpConfig, instance_id: &str) -> Value {
    let at = |path: &str| format!("{}{path}", config.home_url);
    json!({
        "object": "display_config",
        "id": instance_id.replacen("ins_", "display_config_", 1),
        "instance_environment_type": "production",
        "application_name": config.application_name,
        "theme": {},
        "preferred_sign_in_strategy": "password",
        "home_url": at("/"),
        "sign_in_url": at("/sign-in"),
        "sign_up_url": at("/sign-up"),
        "user_profile_url": at("/user-profile"),
        "waitlist_url": at("/"),
        "oauth_consent_url": at("/"),
        "after_sign_in_url": at("/"),
        "after_sign_up_url": at("/"),
        "after_sign_out_one_url": at("/sign-in"),
        "after_sign_out_all_url": at("/sign-in"),
        "after_switch_session_url": at("/"),
        "after_join_waitlist_url": at("/"),
        "organization_profile_url": at("/organization-profile"),
        "create_organization_url": at("/create-organization"),
        "after_leave_organization_url": at("/"),
        "after_create_organization_url": at("/"),
        "logo_link_url": at("/"),
        "support_email": null,
        "branded": false,
        "experimental_force_oauth_first": false,
        "clerk_js_version": "6",
        "show_devmode_warning": false,
        "google_one_tap_client_id": null,
        "help_url": null,
        "privacy_policy_url": null,
        "terms_url": null,
        "logo_url": null,
        "logo_image_url": null,
        "logo_image": {},
        "favicon_url": null,
        "favicon_image_url": null,
        "favicon_image": {},
        "captcha_public_key": null,
        "captcha_public_key_invisible": null,
        "captcha_widget_type": null,
        "captcha_provider": null,
        "captcha_oauth_bypass": [],
        "captcha_heartbeat": false,
    })
}

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

fn user_settings(config: &IdpConfig) -> Value {
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
        "authenticator_app",
        "backup_code",
        "passkey",
        "ticket",
    ] {
        attributes.insert(off, attribute(false, false, &[]));
    }
    json!({
        "attributes": attributes,
        "social": {},
        "saml": { "enabled": false },
        "enterprise_sso": { "enabled": false, "self_serve_sso": false },
        "sign_in": { "second_factor": { "required": false } },
        "sign_up": {
            "captcha_enabled": false,
            "captcha_widget_type": "smart",
            "custom_action_required": false,
            "progressive": true,
            "mode": "public",
            "legal_consent_enabled": false,
        },
        "restrictions": {
            "allowlist": { "enabled": false },
            "blocklist": { "enabled": false },
            "allowlist_blocklist_disabled_on_sign_in": { "enabled": false },
            "block_email_subaddresses": { "enabled": false },
            "block_disposable_email_domains": { "enabled": false },
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

fn organization_settings(config: &IdpConfig) -> Value {
    json!({
        "enabled": true,
        "max_allowed_memberships": config.max_allowed_memberships,
        "creator_role": roles::CREATOR,
        "actions": { "admin_delete": true },
        "domains": { "enabled": false, "enrollment_modes": [], "default_role": "org:member" },
        "slug": { "disabled": false },
    })
}
