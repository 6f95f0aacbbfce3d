//! The console: signing in as somebody, and letting in who waits.

use http::StatusCode;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::console::{Viewer, user_of};
use crate::frontend::world::{Browser, PASSWORD, World};

/// The ticket of the link on a page.
fn ticket(text: &str) -> String {
    let rest = text.split("/__clerk/v1/tickets/accept?ticket=").nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no link: {text}"));
    rest.split(['<', '"']).next().unwrap().to_owned()
}

/// Signs a browser in with a link's ticket; its session.
async fn enter(browser: &mut Browser, ticket: &str) -> Value {
    let form = [("strategy", "ticket"), ("ticket", ticket)];
    browser.post("/v1/client/sign_ins", &form).await.ok();
    browser.session().await
}

async fn claims(world: &World, session: &Value) -> Value {
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    world.claims(jwt).await
}

#[tokio::test]
async fn who_acts_for_a_user_is_named_in_the_session_and_its_tokens() {
    let world = World::new().await;
    let ada = user_of(&mut world.signed_up("ada@x.example").await).await;
    let mut viewer = Viewer::inside(&world).await;
    let path = format!("/console/users/{ada}/sign-in");
    let asked = viewer.get(&path).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text.contains("name you as the actor") && !asked.text.contains("ticket="));
    let made = viewer.post(&path, "as=actor").await;
    assert!(made.text.contains("acts for"), "{}", made.text);
    let mut browser = world.browser();
    let session = enter(&mut browser, &ticket(&made.text)).await;
    let issuer = format!("{}/console", world.idp.config().issuer);
    let actor = json!({ "iss": issuer, "sub": "console" });
    assert_eq!(session["actor"], actor);
    let claims = claims(&world, &session).await;
    assert_eq!((&claims["act"], &claims["sub"]), (&actor, &json!(ada)));
    let shown = viewer.get("/console/sessions").await.text;
    assert!(shown.contains("impersonated"));
    world.time.advance(SignedDuration::from_mins(30));
    let client = browser.get("/v1/client").await;
    assert_eq!(client.ok()["sessions"], json!([]));
}

#[tokio::test]
async fn who_is_the_user_is_not_named() {
    let world = World::new().await;
    let ada = user_of(&mut world.signed_up("ada@x.example").await).await;
    let mut viewer = Viewer::inside(&world).await;
    let made = viewer
        .post(&format!("/console/users/{ada}/sign-in"), "as=user")
        .await;
    let ticket = ticket(&made.text);
    let session = enter(&mut world.browser(), &ticket).await;
    assert_eq!(session["actor"], Value::Null);
    assert!(claims(&world, &session).await.get("act").is_none());
    let form = [("strategy", "ticket"), ("ticket", ticket.as_str())];
    let again = world.browser().post("/v1/client/sign_ins", &form).await;
    again.refused(400, "sign_in_token_already_used_code");
}

#[tokio::test]
async fn nobody_becomes_anybody_without_saying_how_or_from_elsewhere() {
    let world = World::new().await;
    let ada = user_of(&mut world.signed_up("ada@x.example").await).await;
    let mut viewer = Viewer::inside(&world).await;
    let path = format!("/console/users/{ada}/sign-in");
    for form in ["", "as=", "as=somebody"] {
        let page = viewer.post(&path, form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(!page.text.contains("ticket="));
    }
    for origin in [None, Some("http://localhost:3000"), Some("null")] {
        let page = viewer.post_from(&path, "as=actor", origin).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    for nobody in ["user_none", "..%2Fkeys"] {
        let path = format!("/console/users/{nobody}/sign-in");
        assert_eq!(viewer.get(&path).await.status, StatusCode::NOT_FOUND);
        let page = viewer.post(&path, "as=actor").await;
        assert_eq!(page.status, StatusCode::NOT_FOUND);
    }
}

/// Puts an address on the waitlist; the id of its entry.
async fn wait(world: &World, address: &str) -> String {
    let form = [("email_address", address)];
    let reply = world.browser().post("/v1/waitlist", &form).await;
    reply.body["id"].as_str().unwrap().to_owned()
}

async fn sign_up(browser: &mut Browser, form: &[(&str, &str)]) -> Value {
    browser.post("/v1/client/sign_ups", form).await.ok().clone()
}

#[tokio::test]
async fn who_waits_is_let_in_by_a_mail_and_nobody_else_is() {
    let world = World::new().await;
    let mode = json!({ "restrictions": { "sign_up_mode": "waitlist" } });
    world.idp.change_settings("apis", &mode).await.unwrap();
    let form = [("email_address", "ada@x.example"), ("password", PASSWORD)];
    let refused = world.browser().post("/v1/client/sign_ups", &form).await;
    refused.refused(403, "sign_up_restricted_waitlist");

    let id = wait(&world, "ada@x.example").await;
    let other = wait(&world, "eve@x.example").await;
    let mut viewer = Viewer::inside(&world).await;
    let path = "/console/waitlist?filter=pending";
    let shown = viewer.get(path).await.text;
    assert!(shown.contains("ada@x.example") && shown.contains("eve@x.example"));
    let page = viewer
        .post(&format!("/console/waitlist/{id}/invite"), "")
        .await;
    assert_eq!(page.location(), "/console/waitlist?done=invited");
    let page = viewer
        .post(&format!("/console/waitlist/{other}/reject"), "")
        .await;
    assert_eq!(page.location(), "/console/waitlist?done=rejected");
    // Twice is refused, and changes nothing.
    let again = viewer
        .post(&format!("/console/waitlist/{other}/reject"), "")
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    let nobody = viewer.post("/console/waitlist/wle_none/invite", "").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);

    let ticket = world.ticket("ada@x.example");
    let form = [
        ("strategy", "ticket"),
        ("ticket", ticket.as_str()),
        ("password", PASSWORD),
    ];
    let sign_up = sign_up(&mut world.browser(), &form).await;
    assert_eq!(sign_up["status"], "complete", "{sign_up}");
    assert_eq!(sign_up["email_address"], "ada@x.example");
    let shown = viewer.get("/console/waitlist?filter=completed").await.text;
    assert!(shown.contains("ada@x.example") && !shown.contains("eve@x.example"));
}

#[tokio::test]
async fn the_environment_says_who_may_sign_up() {
    let world = World::new().await;
    let mode = json!({ "restrictions": { "sign_up_mode": "restricted" } });
    world.idp.change_settings("apis", &mode).await.unwrap();
    let environment = world.browser().get("/v1/environment").await.body;
    let sign_up = &environment["user_settings"]["sign_up"];
    assert_eq!(sign_up["mode"], "restricted");
    let form = [("email_address", "eve@x.example"), ("password", PASSWORD)];
    let refused = world.browser().post("/v1/client/sign_ups", &form).await;
    refused.refused(403, "sign_up_mode_restricted");
}

#[tokio::test]
async fn an_attempt_that_began_before_the_doors_closed_is_refused_at_its_end() {
    let world = World::new().await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up("ada@x.example").await;
    let mode = json!({ "restrictions": { "sign_up_mode": "restricted" } });
    world.idp.change_settings("apis", &mode).await.unwrap();
    let reply = browser
        .attempt_sign_up(&id, &world.code("ada@x.example"))
        .await;
    reply.refused(403, "sign_up_mode_restricted");
    assert!(
        !world
            .said_types()
            .await
            .contains(&"user.created".to_owned())
    );
}

#[tokio::test]
async fn an_invitation_that_went_on_with_another_address_opens_nothing() {
    let world = World::new().await;
    let mode = json!({ "restrictions": { "sign_up_mode": "waitlist" } });
    world.idp.change_settings("apis", &mode).await.unwrap();
    let id = wait(&world, "ada@x.example").await;
    let mut viewer = Viewer::inside(&world).await;
    viewer
        .post(&format!("/console/waitlist/{id}/invite"), "")
        .await;
    let ticket = world.ticket("ada@x.example");
    let mut browser = world.browser();
    let form = [("strategy", "ticket"), ("ticket", ticket.as_str())];
    let begun = sign_up(&mut browser, &form).await;
    let path = format!("/v1/client/sign_ups/{}", begun["id"].as_str().unwrap());
    let form = [("email_address", "eve@x.example"), ("password", PASSWORD)];
    browser.call("PATCH", &path, &form).await.ok();
    let prepare = format!("{path}/prepare_verification");
    browser
        .post(&prepare, &[("strategy", "email_code")])
        .await
        .ok();
    let code = world.code("eve@x.example");
    let form = [("strategy", "email_code"), ("code", code.as_str())];
    let reply = browser
        .post(&format!("{path}/attempt_verification"), &form)
        .await;
    reply.refused(403, "sign_up_restricted_waitlist");
}
