//! What components show and where they lead.

use serde_json::{Value, json};

use crate::config::IdpConfig;
use crate::settings::Settings;

pub fn display_config(config: &IdpConfig, settings: &Settings, instance_id: &str) -> Value {
    let instance = &settings.apis.instance;
    let at = |path: &str| format!("{}{path}", config.home_url);
    json!({
        "object": "display_config",
        "id": instance_id.replacen("ins_", "display_config_", 1),
        "instance_environment_type": "production",
        "application_name": config.application_name,
        "theme": {},
        "preferred_sign_in_strategy": instance.preferred_sign_in_strategy,
        "home_url": at("/"),
        "sign_in_url": at("/sign-in"),
        "sign_up_url": at("/sign-up"),
        "user_profile_url": at("/user-profile"),
        "waitlist_url": at("/waitlist"),
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
        "support_email": instance.support_email,
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
