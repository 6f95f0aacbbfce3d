//! What organizations can do.

use serde_json::{Value, json};

use crate::config::IdpConfig;
use crate::settings::Settings;
use crate::store::roles;

pub fn organization_settings(config: &IdpConfig, _settings: &Settings) -> Value {
    json!({
        "enabled": true,
        "max_allowed_memberships": config.max_allowed_memberships,
        "creator_role": roles::CREATOR,
        "actions": { "admin_delete": true },
        "domains": { "enabled": false, "enrollment_modes": [], "default_role": "org:member" },
        "slug": { "disabled": false },
    })
}
