//! One browser against another.

use std::future::Future;
use std::task::Poll;

use super::world::{PASSWORD, World};

const ADA: &str = "ada@northwind.example";
const EVE: &str = "eve@northwind.example";

#[tokio::test]
async fn a_session_id_alone_opens_nothing() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let session = ada.session_id().await;
    let organization = ada.create_organization("Northwind").await;
    for mut other in [world.browser(), world.signed_up(EVE).await] {
        for path in ["touch", "tokens", "end", "remove", "tokens/template"] {
            let path = format!("/v1/client/sessions/{session}/{path}");
            assert_eq!(other.post(&path, &[]).await.status, 401, "{path}");
        }
        assert_eq!(
            other
                .get(&format!("/v1/client/sessions/{session}"))
                .await
                .status,
            401
        );
        let path = format!("/v1/me?_clerk_session_id={session}");
        assert_eq!(other.get(&path).await.status, 401);
        assert_eq!(other.call("DELETE", &path, &[]).await.status, 401);
        let path = format!("/v1/organizations/{organization}?_clerk_session_id={session}");
        assert_eq!(other.call("DELETE", &path, &[]).await.status, 401);
    }
    assert_eq!(ada.session_id().await, session);
}

#[tokio::test]
async fn an_attempt_belongs_to_its_browser() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let sign_up = browser.begin_sign_up("new@x.example").await;
    let code = world.code("new@x.example");
    let sign_in = browser.begin_sign_in(ADA).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for mut other in [world.browser(), world.signed_up(EVE).await] {
        other
            .attempt_sign_up(&sign_up, &code)
            .await
            .refused(404, "resource_not_found");
        let reply = other.attempt_sign_in(&sign_in, "password", PASSWORD).await;
        reply.refused(404, "resource_not_found");
        for path in [
            format!("/v1/client/sign_ups/{sign_up}"),
            format!("/v1/client/sign_ins/{sign_in}"),
        ] {
            other.get(&path).await.refused(404, "resource_not_found");
        }
    }
}

#[tokio::test]
async fn a_planted_cookie_is_worth_nothing_after_the_sign_in() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut attacker = world.browser();
    attacker.begin_sign_in(ADA).await;
    let mut victim = attacker.clone();
    let planted = victim.secret().unwrap().to_owned();
    victim.sign_in(ADA).await.ok();
    assert_ne!(victim.secret().unwrap(), planted);
    assert_eq!(attacker.secret().unwrap(), planted);
    let reply = attacker.get("/v1/client").await;
    assert!(reply.ok().is_null(), "{}", reply.body);
    let session = victim.session_id().await;
    let path = format!("/v1/client/sessions/{session}/tokens");
    attacker.post(&path, &[]).await.refused(401, "signed_out");
    // Signing up rotates as well.
    let mut attacker = world.browser();
    let id = attacker.begin_sign_up(EVE).await;
    let mut victim = attacker.clone();
    victim.attempt_sign_up(&id, &world.code(EVE)).await.ok();
    assert!(attacker.get("/v1/client").await.ok().is_null());
}

#[tokio::test]
async fn the_database_knows_no_secret_of_a_browser() {
    use bailiwick_pg::sql;
    sql! {
        DIGESTS() = "select cookie_digest from idp.clients limit 10";
        CODES() = "select code_digest from idp.verifications where code_digest is not null limit 10";
    }
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let secret = browser.secret().unwrap().to_owned();
    assert!(secret.len() >= 32);
    browser.begin_sign_up(EVE).await;
    let code = world.code(EVE);
    for row in world.pool.query(&DIGESTS, &[]).await.unwrap() {
        assert_ne!(row.get::<_, String>(0), secret);
    }
    let codes = world.pool.query(&CODES, &[]).await.unwrap();
    assert_eq!(codes.len(), 1);
    assert!(!codes[0].get::<_, String>(0).contains(&code));
}

#[tokio::test]
async fn a_banned_user_is_out_at_once() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let session = ada.session().await;
    let mut tx = world.pool.begin().await.unwrap();
    let id = session["user"]["id"].as_str().unwrap();
    let mut person = bailiwick_idp::domain::people::get_locked(&mut tx, id)
        .await
        .unwrap();
    person.user.banned = true;
    bailiwick_idp::domain::users::update(&world.idp, &mut tx, &mut person)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let path = format!(
        "/v1/client/sessions/{}/tokens",
        session["id"].as_str().unwrap()
    );
    ada.post(&path, &[]).await.refused(403, "user_banned");
    let path = ada.own("/v1/me").await;
    ada.get(&path).await.refused(403, "user_banned");
    world
        .browser()
        .sign_in(ADA)
        .await
        .refused(403, "user_banned");
}

/// Lets a future make some progress, then drops it.
async fn stopped_after<T>(polls: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = std::pin::pin!(future);
    let mut left = polls;
    std::future::poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

#[tokio::test]
async fn a_sign_up_that_stops_anywhere_has_happened_or_has_not() {
    let world = World::new().await;
    let (mut done, mut polls) = (0, 1);
    loop {
        let address = format!("ada{polls}@northwind.example");
        let mut browser = world.browser();
        browser.address = format!("192.0.2.{}:1000", polls % 250).parse().unwrap();
        let id = browser.begin_sign_up(&address).await;
        let code = world.code(&address);
        let stopped = stopped_after(polls, browser.clone().attempt_sign_up(&id, &code)).await;
        let reply = browser.get(&format!("/v1/client/sign_ups/{id}")).await;
        // Where it has happened the cookie is a new one, which only the answer would have told.
        if reply.status == 404 {
            done += 1;
        } else {
            assert_eq!(reply.ok()["status"], "missing_requirements");
            assert_eq!(
                browser.attempt_sign_up(&id, &code).await.ok()["status"],
                "complete"
            );
            done += 1;
        }
        let expected = ["user.created", "session.created"].repeat(done);
        assert_eq!(world.said_types().await, expected, "after {polls} polls");
        if stopped.is_some() {
            break;
        }
        polls += 1;
    }
    assert!(polls > 5, "the attempt was stopped at many places");
}
