//! The pages that Clerk hosts for applications which have none.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::instance::Idp;

/// `GET /v1/account_portal`: there is none, the application has the pages itself. Public.
pub async fn get(State(idp): State<Idp>) -> Json<Value> {
    let home = format!("{}/", idp.config().home_url);
    Json(json!({
        "object": "account_portal",
        "allowed": false,
        "enabled": false,
        "internal_linking": false,
        "after_sign_in_url": home,
        "after_sign_up_url": home,
        "after_join_waitlist_url": home,
        "after_create_organization_url": home,
        "after_leave_organization_url": home,
        "logo_link_url": home,
        "customization": {
            "appearance": null,
            "background_color_dark": null,
            "background_color_light": null,
            "primary_color_dark": null,
            "primary_color_light": null,
        },
    }))
}
