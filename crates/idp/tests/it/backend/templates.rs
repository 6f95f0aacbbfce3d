//! Texts of messages.

use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_text_is_changed_shown_and_taken_back() {
    let world = World::new().await;
    let list = world.get("/templates/email").await.ok();
    let slugs: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["slug"].as_str().unwrap())
        .collect();
    assert!(slugs.contains(&"verification_code") && slugs.contains(&"organization_invitation"));
    let page = world
        .get("/templates/sms?paginated=true&limit=1")
        .await
        .ok();
    assert_eq!(page["total_count"], 2);
    assert_eq!(page["data"].as_array().unwrap().len(), 1);

    let path = "/templates/email/verification_code";
    let before = world.get(path).await.ok();
    assert!(before["body"].as_str().unwrap().contains("{{otp_code}}"));
    assert_eq!(before["can_revert"], false);
    let body = json!({
        "name": "Our code", "subject": "Hello: {{otp_code}}",
        "body": "<p>Your code: {{ otp_code }}</p>", "delivered_by_clerk": true,
    });
    let changed = world.put(path, body).await.ok();
    assert_eq!(
        (&changed["subject"], &changed["can_revert"]),
        (&json!("Hello: {{otp_code}}"), &json!(true))
    );
    assert_eq!(world.get(path).await.ok(), changed);
    let toggle = format!("{path}/toggle_delivery");
    world
        .post(&toggle, json!({ "delivered_by_clerk": true }))
        .await
        .ok();
    let reply = world
        .post(&toggle, json!({ "delivered_by_clerk": false }))
        .await;
    reply.refused(422, "form_param_not_enabled", "delivered_by_clerk");
    assert_eq!(world.act(&format!("{path}/revert")).await.ok(), before);

    let preview = format!("{path}/preview");
    let body = json!({ "subject": "{{otp_code}}", "body": "<b>{{otp_code}}</b> {{app.name}}" });
    let shown = world.post(&preview, body).await.ok();
    assert_eq!(
        (&shown["subject"], &shown["body"]),
        (&json!("012345"), &json!("<b>012345</b> Bailiwick"))
    );
}

#[tokio::test]
async fn a_text_must_have_what_it_is_for() {
    let world = World::new().await;
    let path = "/templates/email/verification_code";
    for (body, code, param) in [
        (
            json!({ "subject": "x", "body": "no code" }),
            "required_variable_missing",
            "body",
        ),
        (json!({ "subject": "x" }), "form_param_missing", "body"),
        (
            json!({ "body": "{{otp_code}}" }),
            "form_param_missing",
            "subject",
        ),
        (
            json!({ "subject": "x", "body": "{{otp_code}}", "from_email_name": "ceo" }),
            "form_param_not_enabled",
            "from_email_name",
        ),
    ] {
        world.put(path, body).await.refused(422, code, param);
    }
    let long = json!({ "body": format!("{{{{otp_code}}}}{}", "x".repeat(1600)) });
    let reply = world.put("/templates/sms/verification_code", long).await;
    reply.refused(422, "form_param_format_invalid", "body");
    for path in [
        "/templates/email/nothing",
        "/templates/letter",
        "/templates/sms/invitation",
    ] {
        world.get(path).await.refused(404, "resource_not_found", "");
    }
}
