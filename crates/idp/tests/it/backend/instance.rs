//! The instance: what it is, and settings that change while it runs.

use serde_json::json;

use super::world::World;

#[tokio::test]
async fn settings_change_while_the_instance_runs() {
    let world = World::new().await;
    let instance = world.get("/instance").await.ok();
    assert_eq!(instance["environment_type"], "production");
    assert_eq!(instance["allowed_origins"], json!([]));
    let body = json!({
        "test_mode": true,
        "support_email": "help@x.example",
        "allowed_origins": ["chrome-extension://abcdef"],
        "preferred_sign_in_strategy_when_password_required": "otp",
        "hibp": false,
    });
    assert_eq!(world.patch("/instance", body).await.status, 204);
    let instance = world.get("/instance").await.ok();
    assert_eq!(
        instance["allowed_origins"],
        json!(["chrome-extension://abcdef"])
    );
    for (body, code, param) in [
        (json!({ "hibp": true }), "form_param_not_enabled", "hibp"),
        (
            json!({ "support_email": "help" }),
            "form_param_format_invalid",
            "support_email",
        ),
        (
            json!({ "allowed_origins": ["https://*.x.example"] }),
            "form_param_format_invalid",
            "allowed_origins",
        ),
        (
            json!({ "allowed_origins": ["null"] }),
            "form_param_format_invalid",
            "allowed_origins",
        ),
        (
            json!({ "clerk_js_version": "4" }),
            "form_param_not_enabled",
            "clerk_js_version",
        ),
        (
            json!({ "preferred_sign_in_strategy_when_password_required": "guess" }),
            "form_param_format_invalid",
            "preferred_sign_in_strategy_when_password_required",
        ),
    ] {
        world
            .patch("/instance", body)
            .await
            .refused(422, code, param);
    }
}

#[tokio::test]
async fn restrictions_are_merged() {
    let world = World::new().await;
    let body = json!({ "allowlist": true, "block_email_subaddresses": true });
    let rules = world.patch("/instance/restrictions", body).await.ok();
    assert_eq!(
        (&rules["allowlist"], &rules["blocklist"]),
        (&json!(true), &json!(false))
    );
    let body = json!({ "allowlist": false });
    let rules = world.patch("/instance/restrictions", body).await.ok();
    assert_eq!(
        (&rules["allowlist"], &rules["block_email_subaddresses"]),
        (&json!(false), &json!(true))
    );
    let body = json!({ "restricted_to_allowlist": true, "progressive_sign_up": true });
    let settings = world
        .patch("/beta_features/instance_settings", body)
        .await
        .ok();
    assert_eq!(settings["restricted_to_allowlist"], true);
    let rules = world.patch("/instance/restrictions", json!({})).await.ok();
    assert_eq!(rules["allowlist"], true);
    let body = json!({ "progressive_sign_up": false });
    let reply = world.patch("/beta_features/instance_settings", body).await;
    reply.refused(422, "form_param_not_enabled", "progressive_sign_up");
}

#[tokio::test]
async fn protection_is_off_and_cannot_be_switched_on() {
    let world = World::new().await;
    let off = world.get("/instance/protect").await.ok();
    assert_eq!(off["rules_enabled"], false);
    let same = world
        .patch("/instance/protect", json!({ "rules_enabled": false }))
        .await
        .ok();
    assert_eq!(same, off);
    let reply = world
        .patch("/instance/protect", json!({ "specter_enabled": true }))
        .await;
    reply.refused(422, "form_param_not_enabled", "specter_enabled");
}

#[tokio::test]
async fn countries_and_scopes_are_those_that_exist() {
    let world = World::new().await;
    let body = json!({ "blocked_country_codes": ["KP", "CU", "KP"] });
    let settings = world.patch("/instance/communication", body).await.ok();
    assert_eq!(settings["blocked_country_codes"], json!(["CU", "KP"]));
    assert_eq!(world.get("/instance/communication").await.ok(), settings);
    let body = json!({ "blocked_country_codes": ["Cuba"] });
    let reply = world.patch("/instance/communication", body).await;
    reply.refused(422, "form_param_format_invalid", "blocked_country_codes");

    let path = "/instance/oauth_application_settings";
    let before = world.get(path).await.ok();
    assert_eq!(before["dynamic_oauth_client_registration"], false);
    let body = json!({ "dynamic_oauth_client_registration": true, "default_scopes": ["email"] });
    let after = world.patch(path, body).await.ok();
    assert_eq!(after["dynamic_oauth_client_registration"], true);
    assert_eq!(after["default_scopes"], json!(["email"]));
    let reply = world
        .patch(path, json!({ "default_scopes": ["everything"] }))
        .await;
    reply.refused(422, "form_param_format_invalid", "default_scopes");
    let reply = world
        .patch(path, json!({ "oauth_jwt_access_tokens": true }))
        .await;
    reply.refused(422, "form_param_not_enabled", "oauth_jwt_access_tokens");
}
