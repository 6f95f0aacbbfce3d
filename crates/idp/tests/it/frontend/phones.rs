//! The phone numbers of the signed-in user.

use jiff::SignedDuration;
use serde_json::json;

use super::world::{Browser, World};

const ADA: &str = "ada@northwind.example";
const EVE: &str = "eve@northwind.example";
const NUMBER: &str = "+31612345678";
const SECOND: &str = "+31687654321";
const ALL: &str = "/v1/me/phone_numbers";

async fn add(browser: &mut Browser, number: &str) -> String {
    let path = format!("{ALL}/");
    let reply = browser.post_own(&path, &[("phone_number", number)]).await;
    reply.ok()["id"].as_str().unwrap().to_owned()
}

async fn prove(world: &World, browser: &mut Browser, number: &str) -> String {
    let id = add(browser, number).await;
    let path = format!("{ALL}/{id}/prepare_verification");
    let reply = browser.post_own(&path, &[("strategy", "phone_code")]).await;
    assert_eq!(reply.ok()["verification"]["strategy"], "phone_code");
    let path = format!("{ALL}/{id}/attempt_verification");
    let code = world.sms_code(number);
    let reply = browser.post_own(&path, &[("code", &code)]).await;
    assert_eq!(reply.ok()["verification"]["status"], "verified");
    id
}

#[tokio::test]
async fn a_number_is_added_proven_used_and_removed() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = prove(&world, &mut ada, NUMBER).await;
    world.time.advance(SignedDuration::from_secs(1));
    let other = prove(&world, &mut ada, SECOND).await;
    let user = ada.session().await["user"].clone();
    assert_eq!(user["primary_phone_number_id"], json!(id));
    assert_eq!(user["phone_numbers"][0]["phone_number"], NUMBER);
    let form = [("primary_phone_number_id", other.as_str())];
    let reply = ada.call_own("PATCH", "/v1/me", &form).await;
    assert_eq!(reply.ok()["primary_phone_number_id"], json!(other));

    for own in [&id, &other] {
        let form = [
            ("reserved_for_second_factor", "true"),
            ("default_second_factor", "true"),
        ];
        let reply = ada.call_own("PATCH", &format!("{ALL}/{own}"), &form).await;
        assert_eq!(reply.ok()["default_second_factor"], true);
    }
    let list = ada.get_own(ALL).await;
    let defaults = list.body.as_array().unwrap().iter();
    let defaults: Vec<_> = defaults
        .map(|phone| phone["default_second_factor"].as_bool().unwrap())
        .collect();
    assert_eq!(defaults, [false, true]);
    let user = ada.session().await["user"].clone();
    assert_eq!(user["primary_phone_number_id"], json!(null));
    ada.call_own("PATCH", "/v1/me", &form)
        .await
        .refused(422, "form_param_value_invalid");

    let path = format!("{ALL}/{id}");
    assert_eq!(ada.get_own(&path).await.ok()["phone_number"], NUMBER);
    assert_eq!(
        ada.call_own("DELETE", &path, &[]).await.ok()["deleted"],
        true
    );
    ada.get_own(&path).await.refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_number_that_is_not_proven_is_used_for_nothing() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = add(&mut ada, NUMBER).await;
    let path = format!("{ALL}/{id}");
    for field in ["reserved_for_second_factor", "default_second_factor"] {
        ada.call_own("PATCH", &path, &[(field, "true")])
            .await
            .refused(400, "verification_missing");
    }
    let form = [("primary_phone_number_id", id.as_str())];
    ada.call_own("PATCH", "/v1/me", &form)
        .await
        .refused(422, "form_param_value_invalid");
}

#[tokio::test]
async fn a_number_tells_one_user_apart() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    prove(&world, &mut ada, NUMBER).await;
    let mut eve = world.signed_up(EVE).await;
    let form = [("phone_number", "+31 (6) 1234-5678")];
    eve.post_own(ALL, &form)
        .await
        .refused_param(422, "form_identifier_exists", "phone_number");
    // For a second factor alone, two people may share a phone.
    let form = [
        ("phone_number", NUMBER),
        ("reserved_for_second_factor", "true"),
    ];
    let id = eve.post_own(ALL, &form).await.ok()["id"].clone();
    let path = format!("{ALL}/{}", id.as_str().unwrap());
    eve.post_own(&format!("{path}/prepare_verification"), &[])
        .await
        .ok();
    let code = world.sms_code(NUMBER);
    eve.post_own(&format!("{path}/attempt_verification"), &[("code", &code)])
        .await
        .ok();
    eve.call_own("PATCH", &path, &[("reserved_for_second_factor", "false")])
        .await
        .refused_param(422, "form_identifier_exists", "phone_number");
}

#[tokio::test]
async fn ids_of_others_lead_nowhere() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = add(&mut ada, NUMBER).await;
    let mut eve = world.signed_up(EVE).await;
    let path = format!("{ALL}/{id}");
    for reply in [
        eve.get_own(&path).await,
        eve.call_own("PATCH", &path, &[]).await,
        eve.call_own("DELETE", &path, &[]).await,
        eve.post_own(&format!("{path}/prepare_verification"), &[])
            .await,
        eve.post_own(&format!("{path}/attempt_verification"), &[("code", "1")])
            .await,
    ] {
        reply.refused(404, "resource_not_found");
    }
    assert!(world.mails(NUMBER).is_empty());
}

#[tokio::test]
async fn what_is_no_number_is_refused_and_where_there_are_none_all_are() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    for bad in ["0612345678", "+31\r\n612345678", "+31", "ada@x.example"] {
        ada.post_own(ALL, &[("phone_number", bad)])
            .await
            .refused_param(422, "form_param_format_invalid", "phone_number");
    }
    let off = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.identification.phone_number.enabled = false;
    };
    let world = World::with(off).await;
    let mut ada = world.signed_up(ADA).await;
    ada.post_own(ALL, &[("phone_number", NUMBER)])
        .await
        .refused_param(422, "form_param_unknown", "phone_number");
}
