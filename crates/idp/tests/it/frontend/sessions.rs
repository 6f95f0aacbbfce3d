//! Sessions: kept alive, listed, ended.

use jiff::SignedDuration;
use serde_json::json;

use super::world::World;

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_touch_can_be_repeated_and_answers_with_everything() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    world.time.advance(SignedDuration::from_mins(3));
    for _ in 0..2 {
        let reply = browser.touch("").await;
        assert_eq!(reply.ok()["object"], "session");
        assert_eq!(
            reply.ok()["last_active_at"],
            world.time.now().as_millisecond()
        );
        assert_eq!(reply.ok()["factor_verification_age"], json!([3, -1]));
        assert!(reply.ok()["last_active_token"]["jwt"].is_string());
        assert_eq!(reply.client()["sessions"][0]["id"], reply.ok()["id"]);
    }
}

#[tokio::test]
async fn tokens_are_minted_until_the_session_ends() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let id = browser.session_id().await;
    let path = format!("/v1/client/sessions/{id}/tokens");
    world.time.advance(SignedDuration::from_secs(43));
    let reply = browser.post(&path, &[("organization_id", "")]).await;
    assert_eq!(reply.body["object"], "token");
    let claims = world.claims(reply.body["jwt"].as_str().unwrap()).await;
    assert_eq!(claims["iat"], world.time.now().as_second());
    let template = format!("{path}/template");
    browser
        .post(&template, &[])
        .await
        .refused(404, "resource_not_found");
    world.time.advance(SignedDuration::from_hours(7 * 24));
    browser
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    let reply = browser.get("/v1/client").await;
    assert_eq!(reply.ok()["sessions"], json!([]));
    assert_eq!(browser.jar["__client_uat"], "0");
}

#[tokio::test]
async fn signing_out_ends_the_session_and_keeps_the_browser() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let (id, client) = (browser.session_id().await, browser.get("/v1/client").await);
    let reply = browser.call("DELETE", "/v1/client/sessions", &[]).await;
    assert_eq!(reply.client()["sessions"], json!([]));
    assert_eq!(reply.client()["id"], client.ok()["id"]);
    assert_eq!(reply.client()["last_active_session_id"], json!(null));
    assert_eq!(browser.jar["__client_uat"], "0");
    let path = format!("/v1/client/sessions/{id}/tokens");
    browser
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    assert_eq!(world.said_types().await[2..], ["session.removed"]);
    // Twice is as good as once, and nobody is nobody's fault.
    browser
        .call("DELETE", "/v1/client/sessions", &[])
        .await
        .ok();
    world
        .browser()
        .call("DELETE", "/v1/client/sessions", &[])
        .await
        .ok();
    assert_eq!(world.said_types().await.len(), 3);
    browser.sign_in(ADA).await.ok();
}

#[tokio::test]
async fn one_session_can_be_removed_or_ended() {
    for (verb, event) in [("remove", "session.removed"), ("end", "session.ended")] {
        let world = World::new().await;
        let mut browser = world.signed_up(ADA).await;
        let path = format!("/v1/client/sessions/{}/{verb}", browser.session_id().await);
        let reply = browser.post(&path, &[]).await;
        assert_eq!(
            reply.ok()["status"],
            event.strip_prefix("session.").unwrap()
        );
        assert_eq!(reply.client()["sessions"], json!([]));
        assert_eq!(world.said_types().await[2..], [event]);
        browser
            .post(&path, &[])
            .await
            .refused(401, "authentication_invalid");
    }
}

#[tokio::test]
async fn a_user_sees_the_devices_and_signs_one_out() {
    let world = World::new().await;
    let mut here = world.signed_up(ADA).await;
    let mut there = world.browser();
    there.sign_in(ADA).await.ok();
    let path = here.own("/v1/me/sessions/active").await;
    let devices = here.get(&path).await.body;
    assert_eq!(devices.as_array().unwrap().len(), 2);
    for device in devices.as_array().unwrap() {
        assert_eq!(device["latest_activity"]["ip_address"], "192.0.2.1");
        assert!(device.get("last_active_token").is_none());
    }
    let other = there.session_id().await;
    let mut stranger = world.signed_up("eve@x.example").await;
    let path = stranger
        .own(&format!("/v1/me/sessions/{other}/revoke"))
        .await;
    stranger
        .post(&path, &[])
        .await
        .refused(404, "resource_not_found");
    let path = here.own(&format!("/v1/me/sessions/{other}/revoke")).await;
    assert_eq!(here.post(&path, &[]).await.ok()["status"], "revoked");
    let path = format!("/v1/client/sessions/{other}/tokens");
    there
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    assert_eq!(there.get("/v1/client").await.ok()["sessions"], json!([]));
    assert_eq!(world.said_types().await.last().unwrap(), "session.revoked");
}

#[tokio::test]
async fn a_user_changes_the_own_data() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/me").await;
    let form = [
        ("first_name", "Ada"),
        ("last_name", "Byron"),
        ("unsafe_metadata", r#"{"a":1,"b":2}"#),
    ];
    let reply = browser.call("PATCH", &path, &form).await;
    assert_eq!(reply.ok()["last_name"], "Byron");
    assert_eq!(reply.client()["sessions"][0]["user"]["first_name"], "Ada");
    let metadata = browser.own("/v1/me/metadata").await;
    let form = [("unsafe_metadata", r#"{"a":null,"c":{"d":1}}"#)];
    let reply = browser.call("PATCH", &metadata, &form).await;
    assert_eq!(
        reply.ok()["unsafe_metadata"],
        json!({ "b": 2, "c": { "d": 1 } })
    );
    let form = [("primary_email_address_id", "idn_other")];
    browser
        .call("PATCH", &path, &form)
        .await
        .refused(404, "resource_not_found");
    browser
        .call("PATCH", &path, &[("username", "ada")])
        .await
        .refused(422, "form_param_unknown");
    let said = world.said().await;
    let changes: Vec<i64> = said
        .iter()
        .filter(|(event, _)| event.starts_with("user."))
        .map(|(_, data)| data["updated_at"].as_i64().unwrap())
        .collect();
    assert_eq!(changes.len(), 3);
    assert!(
        changes.is_sorted_by(|a, b| a < b),
        "later changes are newer, also at one instant"
    );
}

#[tokio::test]
async fn a_user_deletes_the_account() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser.create_organization("Northwind").await;
    let path = browser.own("/v1/me").await;
    let reply = browser.call("DELETE", &path, &[]).await;
    assert_eq!(
        (&reply.ok()["object"], &reply.ok()["deleted"]),
        (&json!("user"), &json!(true))
    );
    assert_eq!(reply.client()["sessions"], json!([]));
    let types = world.said_types().await;
    assert_eq!(
        types[4..],
        [
            "session.removed",
            "organizationMembership.deleted",
            "user.deleted"
        ]
    );
    let form = [("identifier", ADA)];
    world
        .browser()
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(422, "form_identifier_not_found");
    world.signed_up(ADA).await;
}
