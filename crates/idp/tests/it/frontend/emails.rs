//! The e-mail addresses of the signed-in user.

use serde_json::json;

use super::world::{Browser, World};

const ADA: &str = "ada@northwind.example";
const SECOND: &str = "ada.byron@northwind.example";
const EVE: &str = "eve@northwind.example";
const ALL: &str = "/v1/me/email_addresses";

async fn add(browser: &mut Browser, address: &str) -> String {
    let path = format!("{ALL}/");
    let reply = browser.post_own(&path, &[("email_address", address)]).await;
    assert_eq!(reply.ok()["email_address"], address);
    reply.ok()["id"].as_str().unwrap().to_owned()
}

async fn prepare(browser: &mut Browser, id: &str) {
    let path = format!("{ALL}/{id}/prepare_verification");
    let reply = browser.post_own(&path, &[("strategy", "email_code")]).await;
    let verification = &reply.ok()["verification"];
    assert_eq!(verification["status"], "unverified");
    assert_eq!(verification["strategy"], "email_code");
}

#[tokio::test]
async fn a_second_address_is_added_proven_and_made_the_primary_one() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let first = ada.session().await["user"]["primary_email_address_id"].clone();
    let id = add(&mut ada, SECOND).await;
    let form = [("primary_email_address_id", id.as_str())];
    ada.call_own("PATCH", "/v1/me", &form)
        .await
        .refused(422, "form_param_value_invalid");
    prepare(&mut ada, &id).await;
    let path = format!("{ALL}/{id}/attempt_verification");
    let wrong = world.wrong_code(SECOND);
    ada.post_own(&path, &[("code", &wrong)])
        .await
        .refused_param(422, "form_code_incorrect", "code");
    let code = world.code(SECOND);
    let reply = ada.post_own(&path, &[("code", &code)]).await;
    assert_eq!(reply.ok()["verification"]["status"], "verified");
    // The code is used up.
    ada.post_own(&path, &[("code", &code)])
        .await
        .refused(400, "verification_already_verified");
    let reply = ada.call_own("PATCH", "/v1/me", &form).await;
    assert_eq!(reply.ok()["primary_email_address_id"], json!(id));
    let list = ada.get_own(ALL).await;
    assert_eq!(list.body.as_array().unwrap().len(), 2);
    let reply = ada.get_own(&format!("{ALL}/{id}")).await;
    assert_eq!(reply.ok()["email_address"], SECOND);

    let reply = ada.call_own("DELETE", &format!("{ALL}/{id}"), &[]).await;
    assert_eq!(reply.ok()["deleted"], true);
    let user = ada.session().await["user"].clone();
    assert_eq!(user["primary_email_address_id"], first);
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
    let events = world.said_types().await;
    let count = events.iter().filter(|event| *event == "user.updated");
    assert_eq!(count.count(), 4, "{events:?}");
}

#[tokio::test]
async fn the_last_address_stays() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.session().await["user"]["primary_email_address_id"].clone();
    let path = format!("{ALL}/{}", id.as_str().unwrap());
    ada.call_own("DELETE", &path, &[])
        .await
        .refused(400, "last_required_identification_deletion_failed");
    add(&mut ada, SECOND).await;
    // One that is not proven does not help.
    ada.call_own("DELETE", &path, &[])
        .await
        .refused(400, "last_required_identification_deletion_failed");
}

#[tokio::test]
async fn an_address_of_somebody_else_is_not_given_away() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let mut eve = world.signed_up(EVE).await;
    let form = [("email_address", "Eve@Northwind.example")];
    ada.post_own(ALL, &form)
        .await
        .refused_param(422, "form_identifier_exists", "email_address");
    let form = [("email_address", ADA)];
    ada.post_own(ALL, &form)
        .await
        .refused(422, "form_identifier_exists");

    // Both claim it; whoever proves it first has it.
    let (a, e) = (add(&mut ada, SECOND).await, add(&mut eve, SECOND).await);
    prepare(&mut ada, &a).await;
    let code = world.code(SECOND);
    prepare(&mut eve, &e).await;
    let path = format!("{ALL}/{e}/attempt_verification");
    let (own, other) = (world.code(SECOND), code);
    if own != other {
        eve.post_own(&path, &[("code", &other)])
            .await
            .refused(422, "form_code_incorrect");
    }
    eve.post_own(&path, &[("code", &own)]).await.ok();
    let path = format!("{ALL}/{a}/attempt_verification");
    ada.post_own(&path, &[("code", &other)])
        .await
        .refused_param(422, "form_identifier_exists", "email_address");
}

#[tokio::test]
async fn ids_of_others_lead_nowhere() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let mut eve = world.signed_up(EVE).await;
    let id = add(&mut ada, SECOND).await;
    let path = format!("{ALL}/{id}");
    eve.get_own(&path).await.refused(404, "resource_not_found");
    eve.call_own("DELETE", &path, &[])
        .await
        .refused(404, "resource_not_found");
    eve.post_own(&format!("{path}/prepare_verification"), &[])
        .await
        .refused(404, "resource_not_found");
    eve.post_own(&format!("{path}/attempt_verification"), &[("code", "1")])
        .await
        .refused(404, "resource_not_found");
    let form = [("primary_email_address_id", id.as_str())];
    eve.call_own("PATCH", "/v1/me", &form)
        .await
        .refused(404, "resource_not_found");
    world.browser().get(&path).await.refused(401, "signed_out");
    assert!(world.mails(SECOND).is_empty());
}

#[tokio::test]
async fn a_code_is_not_guessed_and_mailboxes_are_not_flooded() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = add(&mut ada, SECOND).await;
    prepare(&mut ada, &id).await;
    let path = format!("{ALL}/{id}/attempt_verification");
    let wrong = world.wrong_code(SECOND);
    for _ in 0..5 {
        ada.post_own(&path, &[("code", &wrong)])
            .await
            .refused(422, "form_code_incorrect");
    }
    let right = world.code(SECOND);
    ada.post_own(&path, &[("code", &right)])
        .await
        .refused(400, "verification_failed");
    for _ in 0..9 {
        prepare(&mut ada, &id).await;
    }
    let path = format!("{ALL}/{id}/prepare_verification");
    ada.post_own(&path, &[("strategy", "email_code")])
        .await
        .refused(429, "too_many_requests");
}

#[tokio::test]
async fn addresses_that_would_smuggle_headers_are_refused() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    for bad in [
        "eve@x.example\r\nBcc: all@x.example",
        "eve@x.example\nSubject: x",
        "\"a\r\nTo: b\"@x.example",
        "no address",
        &format!("{}@x.example", "x".repeat(300)),
    ] {
        ada.post_own(ALL, &[("email_address", bad)])
            .await
            .refused_param(422, "form_param_format_invalid", "email_address");
    }
    ada.post_own(ALL, &[])
        .await
        .refused_param(422, "form_param_missing", "email_address");
}
