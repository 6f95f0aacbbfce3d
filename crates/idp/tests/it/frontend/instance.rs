//! The instance: its environment, keys, scripts and pictures.

use axum::body::Body;
use bailiwick_idp::{Idp, IdpConfig};
use futures::future::join_all;
use http::Request;
use serde_json::json;
use std::sync::Arc;
use tower::ServiceExt;

use super::world::{ORIGIN, Outbox, World};
use crate::support::postgres::database;
use crate::support::time::Time;

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn the_environment_is_public_and_has_what_the_components_need() {
    let world = World::new().await;
    let reply = world
        .browser()
        .get("/v1/environment?__clerk_api_version=2026-05-12")
        .await;
    let environment = reply.body;
    assert_eq!(
        environment["display_config"]["instance_environment_type"],
        "production"
    );
    assert_eq!(
        environment["display_config"]["home_url"],
        format!("{ORIGIN}/")
    );
    assert_eq!(environment["auth_config"]["single_session_mode"], false);
    let attributes = &environment["user_settings"]["attributes"];
    assert_eq!(
        attributes["email_address"]["verifications"],
        json!(["email_code"])
    );
    assert_eq!(attributes["phone_number"]["required"], false);
    assert_eq!(
        environment["user_settings"]["password_settings"]["min_length"],
        8
    );
    assert_eq!(environment["organization_settings"]["enabled"], true);
    // Either absent or complete: half of it breaks the components.
    assert_eq!(
        environment["commerce_settings"]["billing"]["organization"],
        json!({ "enabled": true, "has_paid_plans": true })
    );
    assert_eq!(
        environment["commerce_settings"]["billing"]["user"],
        json!({ "enabled": false, "has_paid_plans": false })
    );
}

#[tokio::test]
async fn keys_are_made_once_and_survive_a_restart() {
    let pool = database().await;
    let config = || IdpConfig::new("Bailiwick", ORIGIN, "sk_live_0123456789abcdef".into());
    let starts = (0..3).map(|_| {
        Idp::new(
            config(),
            pool.clone(),
            Time::stopped().env,
            Arc::new(Outbox::default()),
        )
    });
    let ids: Vec<String> = join_all(starts)
        .await
        .into_iter()
        .map(|idp| idp.unwrap().keys().instance_id().to_owned())
        .collect();
    assert!(ids[0].starts_with("ins_") && ids.iter().all(|id| *id == ids[0]));

    let before = World::on(pool.clone(), Time::stopped(), config()).await;
    let mut browser = before.signed_up(ADA).await;
    let session = browser.session().await;
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    let after = World::on(pool, Time::stopped(), config()).await;
    assert_eq!(after.claims(jwt).await["sid"], session["id"]);
    let keys = after.browser().get("/.well-known/jwks.json").await;
    assert!(
        keys.headers["cache-control"]
            .to_str()
            .unwrap()
            .contains("max-age")
    );
    let keys = keys.body["keys"].as_array().unwrap().clone();
    let request = Request::get("/.well-known/jwks.json")
        .body(Body::empty())
        .unwrap();
    let backend = after.idp.backend_router().oneshot(request).await.unwrap();
    assert_eq!(
        backend.status(),
        200,
        "verifiers of the other listener have no key"
    );
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0]["kid"], ids[0].as_str());
    assert_eq!(
        (&keys[0]["alg"], &keys[0]["e"]),
        (&json!("RS256"), &json!("AQAB"))
    );
    // 2048 bits in base64url without padding.
    assert_eq!(keys[0]["n"].as_str().unwrap().len(), 342);
}

#[tokio::test]
async fn pictures_come_from_here_and_scripts_from_two_packages() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session().await;
    let url = session["user"]["image_url"].as_str().unwrap();
    let path = url.strip_prefix("http://localhost:3000/__clerk").unwrap();
    let reply = browser.get(path).await;
    assert_eq!(reply.headers["content-type"], "image/svg+xml");
    assert!(reply.text.starts_with("<svg") && reply.text.contains(">A</text>"));
    browser
        .get("/images/avatars/0-3c.svg")
        .await
        .refused(404, "resource_not_found");
    for path in [
        "/npm/@clerk/react@6/dist/index.js",
        "/npm/@clerk/ui@1/dist/no_such_file.js",
        "/npm/@clerk/ui@1/dist/..%2f..%2f..%2fCargo.toml",
        "/npm/@clerk/clerk-js@6/dist/../../../Cargo.toml",
    ] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_over_is_swept_away() {
    use bailiwick_pg::sql;
    sql! {
        COUNT() = "select (select count(*) from idp.sign_ups) + (select count(*) from idp.sign_ins)
            + (select count(*) from idp.verifications) + (select count(*) from idp.clients)
            + (select count(*) from idp.sessions)";
    }
    let world = World::new().await;
    world.signed_up(ADA).await;
    world.browser().begin_sign_up("never@x.example").await;
    world.browser().begin_sign_in(ADA).await;
    assert_eq!(world.idp.sweep(10).await.unwrap(), 0);
    world
        .time
        .advance(jiff::SignedDuration::from_hours(24 * 40));
    assert!(world.idp.sweep(10).await.unwrap() > 0);
    // The address of the user keeps its verification.
    assert_eq!(
        world
            .pool
            .query_one(&COUNT, &[])
            .await
            .unwrap()
            .get::<_, i64>(0),
        1
    );
    world.browser().sign_in(ADA).await.ok();
}
