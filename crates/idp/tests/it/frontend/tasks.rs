//! Sessions with tasks: pending until the user has done them.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{Browser, PASSWORD, World};

const ADA: &str = "ada@northwind.example";

fn forced(config: &mut bailiwick_idp::IdpConfig) {
    config.settings.organizations.force_organization_selection = true;
}

fn keys(session: &Value) -> Vec<String> {
    let tasks = session["tasks"].as_array().cloned().unwrap_or_default();
    let key = |task: &Value| task["key"].as_str().unwrap().to_owned();
    tasks.iter().map(key).collect()
}

async fn status(world: &World, session: &Value) -> Value {
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    world.claims(jwt).await["sts"].clone()
}

/// What a session that does not count is refused.
async fn is_kept_out(browser: &mut Browser) {
    for (method, path) in [
        ("PATCH", "/v1/me"),
        ("DELETE", "/v1/me"),
        ("DELETE", "/v1/me/totp"),
        ("GET", "/v1/me/sessions/active"),
        ("POST", "/v1/me/email_addresses"),
        ("GET", "/v1/organizations/org_1/memberships"),
    ] {
        let reply = match method {
            "GET" => browser.get_own(path).await,
            _ => {
                browser
                    .call_own(method, path, &[("email_address", "b@x.example")])
                    .await
            }
        };
        reply.refused(403, "session_pending");
    }
    let id = browser.session_id().await;
    let path = format!("/v1/client/sessions/{id}/tokens/any");
    browser.post(&path, &[]).await.refused(401, "signed_out");
}

#[tokio::test]
async fn an_organization_must_be_chosen() {
    let world = World::with(forced).await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session().await;
    assert_eq!(session["status"], "pending");
    assert_eq!(keys(&session), ["choose-organization"]);
    assert_eq!(status(&world, &session).await, "pending");
    assert_ne!(browser.jar["__client_uat"], "0");
    assert_eq!(world.said_types().await.last().unwrap(), "session.pending");
    is_kept_out(&mut browser).await;
    // A token endpoint tells that the session does not count.
    let id = session["id"].as_str().unwrap();
    let path = format!("/v1/client/sessions/{id}/tokens");
    let reply = browser.post(&path, &[]).await;
    let claims = world.claims(reply.body["jwt"].as_str().unwrap()).await;
    assert_eq!(claims["sts"], "pending");
    let (code, _) = world
        .server(Method::POST, &format!("/sessions/{id}/tokens"), json!({}))
        .await;
    assert_eq!(code, 404);

    // A session that a server makes counts at once: it is the way of tests to a token.
    let body = json!({ "user_id": session["user"]["id"] });
    let (_, vouched) = world.server(Method::POST, "/sessions", body).await;
    assert_eq!(vouched["status"], "active");

    let organization = browser.create_organization("Northwind").await;
    let session = browser.session().await;
    assert_eq!(
        (
            &session["status"],
            &session["tasks"],
            status(&world, &session).await
        ),
        (&json!("active"), &json!(null), json!("active"))
    );
    assert_eq!(world.said_types().await.last().unwrap(), "session.created");
    // There is no way back to nobody's account.
    let reply = browser.touch("").await;
    assert_eq!(
        reply.ok()["last_active_organization_id"],
        organization.as_str()
    );
    let path = format!("/v1/client/sessions/{id}/tokens");
    let reply = browser.post(&path, &[("organization_id", "")]).await;
    let claims = world.claims(reply.body["jwt"].as_str().unwrap()).await;
    assert_eq!(claims["o"]["id"], organization.as_str());
    browser
        .touch("org_of_somebody_else")
        .await
        .refused(404, "resource_not_found");
    // The next session starts over, and takes the organization by its slug.
    let mut again = world.browser();
    again.sign_in(ADA).await.ok();
    assert_eq!(again.session().await["status"], "pending");
    assert_eq!(again.touch("northwind").await.ok()["status"], "active");
}

#[tokio::test]
async fn a_second_factor_must_be_set_up() {
    let world = World::with(|config| config.settings.factors.required = true).await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session().await;
    assert_eq!(keys(&session), ["setup-mfa"]);
    is_kept_out(&mut browser).await;
    browser.touch("").await.ok();
    assert_eq!(browser.session().await["status"], "pending");
    let (phone, _) = browser.enrol(&world).await;
    assert_eq!(browser.session().await["status"], "active");
    let reply = browser
        .call_own("PATCH", "/v1/me", &[("first_name", "Ada")])
        .await;
    reply.ok();
    // Who has one has nothing to do.
    let mut again = world.browser();
    let id = again.up_to_second_factor(ADA).await;
    let reply = again
        .attempt_second(&id, "totp", &phone.code(&world, 0))
        .await;
    assert_eq!(reply.client()["sessions"][0]["status"], "active");
    // Who gives it up has.
    browser.call_own("DELETE", "/v1/me/totp", &[]).await.ok();
    assert_eq!(browser.touch("").await.ok()["status"], "pending");
    let reply = browser.get("/v1/environment").await;
    assert_eq!(
        reply.body["user_settings"]["sign_in"]["second_factor"]["required"],
        true
    );
}

#[tokio::test]
async fn a_compromised_password_must_be_replaced() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let user = browser.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/users/{user}/password/set_compromised");
    let body = json!({ "revoke_all_sessions": true });
    let (code, _) = world.server(Method::POST, &path, body).await;
    assert_eq!(code, 200);
    assert_eq!(browser.get("/v1/client").await.ok()["sessions"], json!([]));
    let mut browser = world.browser();
    browser.sign_in(ADA).await.ok();
    let session = browser.session().await;
    assert_eq!(
        (&session["status"], keys(&session)),
        (&json!("pending"), vec!["reset-password".to_owned()])
    );
    is_kept_out(&mut browser).await;
    // The task asks for a new password and nothing else.
    let mut other = world.browser();
    other.sign_in(ADA).await.ok();
    let form = [("new_password", "yet another horse battery")];
    let reply = other
        .call_own("POST", "/v1/me/change_password", &form)
        .await;
    assert_eq!(
        reply.client()["sessions"][0]["status"],
        "active",
        "{}",
        reply.body
    );
    let path = format!("/users/{user}/password/set_compromised");
    world.server(Method::POST, &path, json!(null)).await;
    let mut browser = world.browser();
    let form = [
        ("identifier", ADA),
        ("password", "yet another horse battery"),
    ];
    browser.post("/v1/client/sign_ins", &form).await.ok();
    assert_eq!(browser.session().await["status"], "pending");
    // A server may think otherwise.
    let path = format!("/users/{user}/password/unset_compromised");
    let (code, _) = world.server(Method::POST, &path, json!(null)).await;
    assert_eq!(code, 200);
    assert_eq!(browser.touch("").await.ok()["status"], "active");
    // A new password is not the one that was compromised.
    let path = format!("/users/{user}/password/set_compromised");
    world.server(Method::POST, &path, json!(null)).await;
    let path = format!("/users/{user}");
    let body = json!({ "password": "another horse battery" });
    let (code, _) = world.server(Method::PATCH, &path, body).await;
    assert_eq!(code, 200);
    let form = [("identifier", ADA), ("password", "another horse battery")];
    let reply = world.browser().post("/v1/client/sign_ins", &form).await;
    assert_eq!(reply.client()["sessions"][0]["status"], "active");
    let (code, _) = world
        .server(
            Method::POST,
            "/users/user_x/password/set_compromised",
            json!(null),
        )
        .await;
    assert_eq!(code, 404);
}

#[tokio::test]
async fn a_session_ends_when_nobody_uses_it() {
    let world = World::with(|config| {
        config.settings.sessions.lifetime_seconds = 3600;
        config.settings.sessions.inactivity_timeout_seconds = 900;
    })
    .await;
    let mut browser = world.signed_up(ADA).await;
    let start = world.time.now();
    let end = |minutes: i64| (start + SignedDuration::from_mins(minutes)).as_millisecond();
    assert_eq!(browser.session().await["expire_at"], end(15));
    // Signs of life put the end off, but not beyond the lifetime.
    for minutes in [10, 20, 30, 40, 50] {
        world.time.advance(SignedDuration::from_mins(10));
        let reply = browser.touch("").await;
        assert_eq!(reply.ok()["expire_at"], end((minutes + 15).min(60)));
    }
    let id = browser.session_id().await;
    let path = format!("/v1/client/sessions/{id}/tokens");
    world.time.advance(SignedDuration::from_mins(9));
    browser.post(&path, &[]).await;
    world.time.advance(SignedDuration::from_mins(1));
    browser
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    // Nor does anything wake a session up that was left alone.
    let mut browser = world.browser();
    browser.sign_in(ADA).await.ok();
    world.time.advance(SignedDuration::from_mins(15));
    assert_eq!(browser.get("/v1/client").await.ok()["sessions"], json!([]));
    let form = [("identifier", ADA), ("password", PASSWORD)];
    browser.post("/v1/client/sign_ins", &form).await.ok();
}
