//! The instance's settings, as the components read them.

mod auth_config;
mod commerce_settings;
mod display_config;
mod organization_settings;
mod social;
mod user_settings;

use serde_json::{Value, json};

use crate::config::IdpConfig;
use crate::settings::Settings;

/// The whole environment.
#[must_use]
pub fn environment(config: &IdpConfig, settings: &Settings, instance_id: &str) -> Value {
    let api_keys = &settings.apis.api_keys;
    json!({
        "auth_config": auth_config::auth_config(config, settings, instance_id),
        "display_config": display_config::display_config(config, settings, instance_id),
        "user_settings": user_settings::user_settings(config, settings),
        "organization_settings": organization_settings::organization_settings(settings),
        "commerce_settings": commerce_settings::commerce_settings(settings),
        "fraud_settings": {
            "object": "fraud_settings",
            "native": { "device_attestation_mode": "disabled" },
        },
        "api_keys_settings": {
            "enabled": api_keys.user || api_keys.organization,
            "user_api_keys_enabled": api_keys.user,
            "orgs_api_keys_enabled": api_keys.organization,
        },
        "client_debug_mode": false,
        "partitioned_cookies": false,
        "maintenance_mode": false,
    })
}
