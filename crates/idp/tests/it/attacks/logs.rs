//! What is written into logs on a whole walk: nothing that opens anything.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use http::{Method, Request, header};
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;

use super::stage::{ADA, BOB, CALLBACK, FORM, NUMBER, Stage};
use crate::frontend::social::world::{PAGE, depart, parameter, person};
use crate::frontend::world::{ORIGIN, PASSWORD, World};

/// A log that a test reads.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What must not be in a log, and what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, name: &'static str, value: &str) {
        assert!(value.len() >= 6, "{name} is {value:?}");
        self.0.push((name, value.to_owned()));
    }

    fn add_json(&mut self, name: &'static str, value: &Value) {
        self.add(
            name,
            value
                .as_str()
                .unwrap_or_else(|| panic!("{name} is {value}")),
        );
    }

    /// Those that stand in a text, as words: six digits are in many a number.
    fn found_in(&self, text: &str) -> Vec<&'static str> {
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let stands = |secret: &str| {
            text.match_indices(secret).any(|(at, _)| {
                let before = text[..at].chars().next_back();
                let after = text[at + secret.len()..].chars().next();
                !is_word(before) && !is_word(after)
            })
        };
        let found = self.0.iter().filter(|(_, secret)| stands(secret));
        found.map(|(name, _)| *name).collect()
    }
}

/// Signs up, in and out by everything that there is, right and wrong.
async fn come_and_go(world: &World, secrets: &mut Secrets) {
    const GRACE: &str = "grace@northwind.example";
    let mut grace = world.browser();
    let id = grace.begin_sign_up(GRACE).await;
    let wrong = world.wrong_code(GRACE);
    grace
        .attempt_sign_up(&id, &wrong)
        .await
        .refused(422, "form_code_incorrect");
    secrets.add("a wrong code", &wrong);
    secrets.add("a code", &world.code(GRACE));
    grace.attempt_sign_up(&id, &world.code(GRACE)).await.ok();
    secrets.add("a cookie", grace.secret().unwrap());
    let session = grace.session().await;
    secrets.add_json("a token", &session["last_active_token"]["jwt"]);
    let (totp, backup) = grace.enrol(world).await;
    secrets.add("a code of an authenticator", &totp.code(world, 0));
    for code in &backup {
        secrets.add("a backup code", code);
    }
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(GRACE).await;
    let wrong = totp.wrong_code(world);
    secrets.add("a wrong code of an authenticator", &wrong);
    browser.attempt_second(&id, "totp", &wrong).await;
    browser
        .attempt_second(&id, "backup_code", &backup[0])
        .await
        .ok();
    browser.attempt_second(&id, "backup_code", &backup[0]).await;

    let wrong = "a password that is wrong";
    secrets.add("a wrong password", wrong);
    for identifier in [BOB, "nobody@northwind.example"] {
        let form = [("identifier", identifier), ("password", wrong)];
        world.browser().post("/v1/client/sign_ins", &form).await;
    }
    let form = [
        ("identifier", BOB),
        ("strategy", "email_link"),
        ("redirect_url", PAGE),
    ];
    let mut browser = world.browser();
    browser.post("/v1/client/sign_ins", &form).await.ok();
    let link = world.link(BOB);
    secrets.add("a link", link.split_once("token=").unwrap().1);
    browser.get(&link).await;
    browser.get(&link).await;
    let new = "another correct horse";
    secrets.add("a new password", new);
    let form = [("current_password", wrong), ("new_password", new)];
    browser.post_own("/v1/me/change_password", &form).await;
    let form = [("current_password", PASSWORD), ("new_password", new)];
    browser.post_own("/v1/me/change_password", &form).await.ok();
    let path = format!("/v1/client/handshake?redirect_url={ORIGIN}/");
    browser.get(&path).await;
    secrets.add("a handshake", &browser.jar["__clerk_handshake"]);
}

/// By another provider, right and wrong.
async fn by_a_provider(stage: &Stage, secrets: &mut Secrets) {
    let mut browser = stage.world().browser();
    let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    secrets.add("a state", &parameter(&url, "state"));
    let path = stage
        .social
        .answer(&url, &person("Ada Lovelace", ADA))
        .await;
    let back = url::Url::parse(&format!("{ORIGIN}{path}")).unwrap();
    secrets.add("a code of a provider", &parameter(&back, "code"));
    browser.get(&path).await;
    browser.get(&path).await;
    let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    let state = parameter(&url, "state");
    secrets.add("another state", &state);
    secrets.add("a made-up code", "made-up-code-0123456789");
    let path = format!("/v1/oauth_callback?state={state}&code=made-up-code-0123456789");
    browser.get(&path).await;
    for secret in stage.world().idp.config().client_secrets.values() {
        use secrecy::ExposeSecret;
        secrets.add("our secret at a provider", secret.expose_secret());
    }
}

/// What servers make and send, right and wrong.
async fn by_servers(stage: &Stage, secrets: &mut Secrets) {
    let world = stage.world();
    let user = stage.id("users").to_owned();
    secrets.add("the secret key", "sk_live_0123456789abcdef");
    let body = json!({ "user_id": user });
    let (_, token) = world.server(Method::POST, "/sign_in_tokens", body).await;
    secrets.add_json("a ticket", &token["token"]);
    let ticket = token["token"].as_str().unwrap();
    for _ in 0..2 {
        let form = [("strategy", "ticket"), ("ticket", ticket)];
        world.browser().post("/v1/client/sign_ins", &form).await;
    }
    let body = json!({ "email_address": "dora@northwind.example" });
    world.server(Method::POST, "/invitations", body).await;
    let ticket = world.ticket("dora@northwind.example");
    secrets.add("the ticket of an invitation", &ticket);
    world
        .browser()
        .get(&format!("/v1/tickets/accept?ticket={ticket}"))
        .await;
    world
        .browser()
        .get(&format!("/v1/tickets/accept?ticket={ticket}x"))
        .await;

    let shared = "a-signing-key-of-a-template-of-ours-0123456789";
    secrets.add("the key of a template", shared);
    for algorithm in ["HS256", "RS256"] {
        let body = json!({
            "name": algorithm, "claims": {}, "custom_signing_key": true,
            "signing_algorithm": algorithm, "signing_key": shared,
        });
        world.server(Method::POST, "/jwt_templates", body).await;
    }
    let body = json!({ "name": "build", "subject": user });
    let (_, key) = world.server(Method::POST, "/api_keys", body).await;
    secrets.add_json("an API key", &key["secret"]);
    for secret in [key["secret"].clone(), json!("ak_made_up_0123456789")] {
        world
            .server(
                Method::POST,
                "/api_keys/verify",
                json!({ "secret": secret }),
            )
            .await;
    }
    secrets.add("a made-up API key", "ak_made_up_0123456789");
    let (_, machine) = world
        .server(Method::POST, "/machines", json!({ "name": "job" }))
        .await;
    secrets.add_json("the key of a machine", &machine["secret_key"]);
    let digest = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
    secrets.add("a digest", digest);
    let given = "a password given by a server";
    secrets.add("a password given by a server", given);
    for (address, field, value) in [
        ("erin@northwind.example", "password", given),
        ("erin@northwind.example", "password", given),
        ("fay@northwind.example", "password_digest", digest),
        (
            "gus@northwind.example",
            "totp_secret",
            "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        ),
    ] {
        let mut body = json!({ "email_address": [address], "password_hasher": "bcrypt" });
        body[field] = value.into();
        world.server(Method::POST, "/users", body).await;
    }
    secrets.add(
        "a secret of an authenticator",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    );
    let body = json!({ "password": given });
    world
        .server(
            Method::POST,
            &format!("/users/{user}/verify_password"),
            body,
        )
        .await;
    // Whoever has no key sends one all the same.
    let wrong = "sk_live_wrong_0123456789";
    secrets.add("a wrong secret key", wrong);
    let request = Request::get("/v1/users")
        .header(header::AUTHORIZATION, format!("Bearer {wrong}"))
        .body(axum::body::Body::empty())
        .unwrap();
    tower::ServiceExt::oneshot(world.idp.backend_router(), request)
        .await
        .unwrap();
    // A body that cannot be read has a password in it too.
    let request = Request::post("/v1/users")
        .header(header::AUTHORIZATION, "Bearer sk_live_0123456789abcdef")
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(format!(
            "{{\"password\":\"{given}\""
        )))
        .unwrap();
    tower::ServiceExt::oneshot(world.idp.backend_router(), request)
        .await
        .unwrap();
}

/// As an application of others, right and wrong.
async fn by_applications(stage: &mut Stage, secrets: &mut Secrets) {
    let application = stage.application("openid email offline_access", &[]).await;
    secrets.add("the secret of an application", &application.secret);
    secrets.add("a code of ours", &application.code);
    let wrong = "a-secret-that-is-wrong";
    secrets.add("a wrong secret of an application", wrong);
    for secret in [wrong, &application.secret, &application.secret] {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", &application.code)
            .append_pair("redirect_uri", CALLBACK)
            .append_pair("client_id", &application.client)
            .append_pair("client_secret", secret)
            .finish();
        let request = Request::post("/__clerk/oauth/token").header(header::CONTENT_TYPE, FORM);
        let reply = stage.world().browser().send(request, form.into()).await;
        for name in ["access_token", "refresh_token", "id_token"] {
            if !reply.body[name].is_null() {
                secrets.add_json("a token of an application", &reply.body[name]);
            }
        }
    }
}

#[tokio::test]
async fn no_log_says_a_secret() {
    let log = Log::default();
    // Where there is one subscriber alone, a place in the code that another thread comes to first is
    // asked there, by nobody, and stays silent. Of two, each is asked.
    let other = tracing_subscriber::fmt().with_max_level(Level::DEBUG);
    let _other = tracing::Dispatch::new(other.with_writer(io::sink).finish());
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .without_time()
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut secrets = Secrets::default();
    secrets.add("a password", PASSWORD);
    let mut stage = Stage::new().await;
    secrets.add("Ada's cookie", stage.ada.secret().unwrap());
    come_and_go(stage.world(), &mut secrets).await;
    by_a_provider(&stage, &mut secrets).await;
    by_servers(&stage, &mut secrets).await;
    by_applications(&mut stage, &mut secrets).await;
    // Where something of ours breaks, more is said.
    let path = stage.own("/v1/me/phone_numbers/{id}/prepare_verification");
    stage.world().outbox.is_broken.store(true, Ordering::SeqCst);
    let reply = stage.ada.post(&path, &[("strategy", "phone_code")]).await;
    reply.refused(503, "message_not_sent");
    stage
        .world()
        .outbox
        .is_broken
        .store(false, Ordering::SeqCst);
    let broken = "alter table idp.users rename to people";
    stage.world().pool.batch(broken).await.unwrap();
    let form = [("identifier", BOB), ("password", PASSWORD)];
    let reply = stage
        .world()
        .browser()
        .post("/v1/client/sign_ins", &form)
        .await;
    reply.refused(500, "internal_clerk_error");

    let text = log.text();
    for said in ["refused with 422", "request failed", "refused with 401"] {
        assert!(text.contains(said), "the log is no log: {text}");
    }
    assert!(secrets.0.len() > 30, "{}", secrets.0.len());
    assert_eq!(secrets.found_in(&text), Vec::<&str>::new());
    // Nor whom it was about, where it was about somebody.
    for personal in [ADA, BOB, NUMBER, "Lovelace"] {
        assert!(!text.contains(personal), "{personal}");
    }
}
