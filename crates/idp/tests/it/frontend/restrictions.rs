//! Who is kept out.

use axum::body::Body;
use bailiwick_pg::sql;
use http::{Request, header};
use serde_json::json;

use super::world::{Browser, PASSWORD, World};

sql! {
    /// An entry of a list.
    ENTER(TEXT, TEXT) = "
        insert into idp.restrictions (id, list, identifier, identifier_type, created_at, updated_at)
        values ($2, $1, $2, 'email_address', now(), now())";
}

async fn enter(world: &World, list: &str, identifier: &str) {
    let entered = world.pool.execute(&ENTER, &[&list, &identifier]).await;
    assert_eq!(entered.unwrap(), 1);
}

async fn set(world: &World, part: &str, value: serde_json::Value) {
    let change = json!({ part: value });
    world.idp.change_settings("apis", &change).await.unwrap();
}

/// Signs up as far as it goes; the code of the refusal.
async fn refusal(world: &World, browser: &mut Browser, address: &str) -> Option<String> {
    let form = [("email_address", address), ("password", PASSWORD)];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    if reply.status != 200 {
        return reply.body["errors"][0]["code"].as_str().map(str::to_owned);
    }
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .ok();
    let reply = browser.attempt_sign_up(&id, &world.code(address)).await;
    reply.body["errors"][0]["code"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn only_the_listed_sign_up() {
    let world = World::new().await;
    set(&world, "restrictions", json!({ "allowlist": true })).await;
    enter(&world, "allow", "ada@x.example").await;
    enter(&world, "allow", "*@northwind.example").await;
    for (address, is_allowed) in [
        ("Ada@X.example", true),
        ("anybody@Northwind.example", true),
        ("grace@x.example", false),
        ("x@sub.northwind.example", false),
    ] {
        let found = refusal(&world, &mut world.browser(), address).await;
        let expected = (!is_allowed).then(|| "not_allowed_access".to_owned());
        assert_eq!(found, expected, "{address}");
    }
}

#[tokio::test]
async fn the_blocked_neither_sign_up_nor_in() {
    let world = World::new().await;
    world.signed_up("grace@evil.example").await;
    set(&world, "restrictions", json!({ "blocklist": true })).await;
    enter(&world, "block", "*@evil.example").await;
    let found = refusal(&world, &mut world.browser(), "ada@evil.example").await;
    assert_eq!(found.as_deref(), Some("not_allowed_access"));
    let reply = world.browser().sign_in("grace@evil.example").await;
    reply.refused(403, "not_allowed_access");
    let lift = json!({ "allowlist_blocklist_disabled_on_sign_in": true });
    set(&world, "restrictions", lift).await;
    world.browser().sign_in("grace@evil.example").await.ok();
}

#[tokio::test]
async fn subaddresses_and_mailboxes_for_an_hour() {
    let world = World::new().await;
    let rules = json!({ "block_email_subaddresses": true, "block_disposable_email_domains": true });
    set(&world, "restrictions", rules).await;
    let mut browser = world.browser();
    for (address, code) in [
        (
            "ada+shop@x.example",
            Some("email_address_subaddress_not_allowed"),
        ),
        ("ada@mailinator.com", Some("disposable_email_not_allowed")),
        ("ada@x.example", None),
    ] {
        assert_eq!(
            refusal(&world, &mut browser, address).await.as_deref(),
            code
        );
    }
}

#[tokio::test]
async fn an_added_origin_may_write_and_no_other() {
    let world = World::new().await;
    let write = async |origin: &str| {
        let request = Request::post("/__clerk/v1/client/sign_ins").header(header::ORIGIN, origin);
        world.browser().send(request, Body::empty()).await.status
    };
    let extension = "chrome-extension://abcdef";
    assert_eq!(write(extension).await, 400);
    set(
        &world,
        "instance",
        json!({ "allowed_origins": [extension] }),
    )
    .await;
    assert_eq!(write(extension).await, 200);
    assert_eq!(write("chrome-extension://abcdefg").await, 400);
}
