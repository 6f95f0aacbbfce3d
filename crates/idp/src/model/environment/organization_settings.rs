//! What organizations can do.

use serde_json::{Value, json};

use crate::settings::Settings;

pub fn organization_settings(settings: &Settings) -> Value {
    let organizations = &settings.organizations;
    let domains = &organizations.domains;
    let mut value = json!({
        "enabled": organizations.enabled,
        "max_allowed_memberships": organizations.max_allowed_memberships,
        "creator_role": organizations.creator_role,
        "actions": { "admin_delete": organizations.admin_delete_enabled },
        "domains": {
            "enabled": domains.enabled,
            "enrollment_modes": domains.enrollment_modes,
            "default_role": domains.default_role,
        },
        "slug": { "disabled": organizations.slug_disabled },
    });
    // Two that the components read and the official document does not have: said where they are
    // on.
    if organizations.force_organization_selection {
        value["force_organization_selection"] = true.into();
    }
    if organizations.creation_defaults {
        value["organization_creation_defaults"] = json!({ "enabled": true });
    }
    value
}
