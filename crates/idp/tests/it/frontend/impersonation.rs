//! Tokens that servers make, used by browsers.

use bailiwick_idp::domain::login_tokens::{self, NewToken, Purpose};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{Browser, Reply, World};

/// A token for a user, as a server makes it; its id and itself.
async fn token(world: &World, user_id: &str, actor: Option<Value>) -> (String, String) {
    let mut tx = world.pool.begin().await.unwrap();
    let purpose = if actor.is_some() {
        Purpose::Actor
    } else {
        Purpose::SignIn
    };
    let new = NewToken {
        purpose,
        user_id: user_id.to_owned(),
        organization_id: None,
        actor,
        session_seconds: Some(1800),
        redirect_url: None,
        lifetime: 600,
    };
    let (row, ticket) = login_tokens::create(&world.idp, &mut tx, new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (row.id, ticket)
}

async fn present(browser: &mut Browser, ticket: &str) -> Reply {
    let form = [("strategy", "ticket"), ("ticket", ticket)];
    browser.post("/v1/client/sign_ins", &form).await
}

async fn user_id(browser: &mut Browser) -> String {
    browser.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_token_signs_in_once() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    let (_, ticket) = token(&world, &ada, None).await;
    let mut browser = world.browser();
    assert_eq!(
        present(&mut browser, &ticket).await.ok()["status"],
        "complete"
    );
    let session = browser.session().await;
    assert_eq!(
        (&session["user"]["id"], &session["actor"]),
        (&json!(ada), &Value::Null)
    );
    let reply = present(&mut world.browser(), &ticket).await;
    let about = reply.refused(400, "sign_in_token_already_used_code");
    // The components show what is about no field of theirs.
    assert!(about.get("param_name").is_none(), "{about}");
}

#[tokio::test]
async fn of_two_browsers_that_present_a_token_at_once_one_gets_in() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    let (_, ticket) = token(&world, &ada, None).await;
    let (mut one, mut other) = (world.browser(), world.browser());
    let (one, other) = tokio::join!(present(&mut one, &ticket), present(&mut other, &ticket));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn a_token_that_is_revoked_too_old_or_made_up_opens_nothing() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    let (id, revoked) = token(&world, &ada, None).await;
    let mut tx = world.pool.begin().await.unwrap();
    login_tokens::revoke(&world.idp, &mut tx, Purpose::SignIn, &id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let reply = present(&mut world.browser(), &revoked).await;
    reply.refused(400, "sign_in_token_revoked_code");
    let (_, old) = token(&world, &ada, None).await;
    world.time.advance(SignedDuration::from_secs(600));
    let reply = present(&mut world.browser(), &old).await;
    reply.refused(400, "ticket_expired_code");
    let reply = present(&mut world.browser(), "made-up").await;
    reply.refused(400, "ticket_invalid_code");
    // The id of a token is not the token.
    let reply = present(&mut world.browser(), &id).await;
    reply.refused(400, "ticket_invalid_code");
}

#[tokio::test]
async fn the_tokens_of_an_impersonated_session_name_the_actor_and_end_early() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    let actor = json!({ "sub": "operator-7" });
    let (_, ticket) = token(&world, &ada, Some(actor.clone())).await;
    let mut browser = world.browser();
    present(&mut browser, &ticket).await.ok();
    let session = browser.session().await;
    assert_eq!(session["actor"], actor);
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    let claims = world.claims(jwt).await;
    assert_eq!((&claims["act"], &claims["sub"]), (&actor, &json!(ada)));
    let (event, data) = world.said().await.pop().unwrap();
    assert_eq!(
        (event.as_str(), &data["actor"]),
        ("session.created", &actor)
    );
    world.time.advance(SignedDuration::from_secs(1800));
    let sessions = browser.get("/v1/client").await;
    assert_eq!(sessions.ok()["sessions"], json!([]));
}

#[tokio::test]
async fn an_actor_of_an_actor_and_oneself_are_refused() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    for actor in [
        json!({ "sub": ada }),
        json!({ "sub": "x", "act": { "sub": "y" } }),
    ] {
        let mut tx = world.pool.begin().await.unwrap();
        let new = NewToken {
            purpose: Purpose::Actor,
            user_id: ada.clone(),
            organization_id: None,
            actor: Some(actor),
            session_seconds: Some(60),
            redirect_url: None,
            lifetime: 60,
        };
        let made = login_tokens::create(&world.idp, &mut tx, new).await;
        assert_eq!(made.unwrap_err().refusal().status, 422);
    }
}

#[tokio::test]
async fn whoever_acts_for_a_user_changes_nothing_of_theirs() {
    let world = World::new().await;
    let ada = user_id(&mut world.signed_up("ada@x.example").await).await;
    let (_, ticket) = token(&world, &ada, Some(json!({ "sub": "operator-7" }))).await;
    let mut browser = world.browser();
    present(&mut browser, &ticket).await.ok();
    for (path, form) in [
        (
            "/v1/me/change_password",
            &[("new_password", "another horse battery")][..],
        ),
        (
            "/v1/me/email_addresses",
            &[("email_address", "mine@x.example")],
        ),
        ("/v1/me/totp", &[]),
        ("/v1/organizations", &[("name", "Mine")]),
    ] {
        let reply = browser.post(path, form).await;
        reply.refused(403, "authorization_invalid");
    }
    browser.get("/v1/me").await.ok();
}
