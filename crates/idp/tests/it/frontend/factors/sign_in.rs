//! Asked for after each first factor.

use jiff::SignedDuration;
use serde_json::json;

use super::ADA;
use crate::frontend::world::{PASSWORD, World};

#[tokio::test]
async fn the_second_factor_is_asked_for_and_makes_the_session() {
    let world = World::new().await;
    let (phone, _) = world.signed_up(ADA).await.enrol(&world).await;
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    let reply = browser.get(&format!("/v1/client/sign_ins/{id}")).await;
    assert_eq!(
        reply.ok()["supported_second_factors"],
        json!([{ "strategy": "totp" }, { "strategy": "backup_code" }])
    );
    assert_eq!(reply.ok()["created_session_id"], json!(null));
    let reply = browser.get("/v1/client").await;
    assert_eq!(reply.ok()["sessions"], json!([]));
    assert_eq!(reply.ok()["sign_in"]["id"], id.as_str());

    world.time.advance(SignedDuration::from_mins(2));
    let reply = browser
        .attempt_second(&id, "totp", &phone.code(&world, 0))
        .await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    assert_eq!(
        reply.ok()["second_factor_verification"],
        json!({
            "object": "verification_totp", "status": "verified", "strategy": "totp",
            "attempts": 1, "expire_at": null,
        })
    );
    let session = &reply.client()["sessions"][0];
    assert_eq!(session["factor_verification_age"], json!([2, 0]));
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    assert_eq!(world.claims(jwt).await["fva"], json!([2, 0]));
}

#[tokio::test]
async fn every_first_factor_leads_to_the_second() {
    let world = World::new().await;
    world.signed_up(ADA).await.enrol(&world).await;
    // The password together with the identifier, as password managers send it.
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("password", PASSWORD)];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    // A code.
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let reply = browser
        .attempt_sign_in(&id, "email_code", &world.code(ADA))
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    // A new password after a proof of the address.
    let mut browser = world.browser();
    let form = [
        ("identifier", ADA),
        ("strategy", "reset_password_email_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let strategy = "reset_password_email_code";
    browser
        .attempt_sign_in(&id, strategy, &world.code(ADA))
        .await
        .ok();
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    let reply = browser
        .post(&path, &[("password", "another horse battery")])
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    assert_eq!(reply.client()["sessions"], json!([]));
}
