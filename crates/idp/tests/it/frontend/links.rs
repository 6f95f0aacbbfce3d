//! Links in mails: in the browser that asked, in another one, too late, twice.

use bailiwick_idp::IdpConfig;
use bailiwick_idp::settings::EmailProof;
use jiff::SignedDuration;
use url::Url;

use super::world::{Browser, ORIGIN, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";
const SECOND: &str = "ada.byron@northwind.example";
const PAGE: &str = "http://localhost:3000/sign-in#/verify?a=b,c";

/// Asks for a link to sign in; the id of the attempt.
async fn ask(browser: &mut Browser) -> String {
    let sign_in = browser.begin_sign_in(ADA).await;
    let id = sign_in["id"].as_str().unwrap().to_owned();
    let factors = sign_in["supported_first_factors"].as_array().unwrap();
    let factor = factors
        .iter()
        .find(|factor| factor["strategy"] == "email_link")
        .unwrap();
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    let form = [
        ("strategy", "email_link"),
        (
            "email_address_id",
            factor["email_address_id"].as_str().unwrap(),
        ),
        ("redirect_url", PAGE),
    ];
    let reply = browser.post(&path, &form).await;
    let verification = &reply.ok()["first_factor_verification"];
    assert_eq!(verification["object"], "verification_email_link");
    assert_eq!(verification["status"], "unverified");
    id
}

/// Where the browser was sent: the status, the session, and the whole address.
#[track_caller]
fn sent_to(reply: &Reply) -> (String, String, Url) {
    assert_eq!(reply.status, 303, "{}", reply.text);
    let url: Url = reply.headers["location"].to_str().unwrap().parse().unwrap();
    let find = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
    };
    (find("__clerk_status"), find("__clerk_created_session"), url)
}

async fn poll(browser: &mut Browser, id: &str) -> Reply {
    browser.get(&format!("/v1/client/sign_ins/{id}")).await
}

#[tokio::test]
async fn a_link_signs_in_the_browser_that_asked_for_it() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let id = ask(&mut browser).await;
    assert_eq!(
        poll(&mut browser, &id).await.ok()["status"],
        "needs_first_factor"
    );
    let secret = browser.secret().unwrap().to_owned();
    let (status, session, url) = sent_to(&browser.get(&world.link(ADA)).await);
    assert_eq!(status, "verified");
    assert_ne!(browser.secret().unwrap(), secret, "the cookie is a new one");
    assert_eq!(browser.session_id().await, session);
    // The query stands before the fragment, which is as it was.
    assert!(
        url.as_str()
            .starts_with("http://localhost:3000/sign-in?__clerk_status=verified&")
    );
    assert_eq!(url.fragment(), Some("/verify?a=b,c"));
    // The page that waits learns that another tab of its browser has the session.
    let reply = poll(&mut browser, &id).await;
    let verification = &reply.ok()["first_factor_verification"];
    assert_eq!(verification["status"], "verified");
    assert_eq!(verification["verified_at_client"], reply.client()["id"]);
    assert_eq!(reply.ok()["created_session_id"], session.as_str());
}

#[tokio::test]
async fn a_link_counts_once_and_not_for_long() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    ask(&mut browser).await;
    let link = world.link(ADA);
    assert_eq!(sent_to(&browser.get(&link).await).0, "verified");
    let before = world.said_types().await.len();
    assert_eq!(sent_to(&browser.get(&link).await).0, "failed");
    assert_eq!(world.said_types().await.len(), before);

    let mut browser = world.browser();
    ask(&mut browser).await;
    world.time.advance(SignedDuration::from_mins(10));
    assert_eq!(sent_to(&browser.get(&world.link(ADA)).await).0, "expired");
    assert!(
        browser.get("/v1/client").await.ok()["sessions"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn in_another_browser_a_link_is_worth_nothing() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let id = ask(&mut browser).await;
    let link = world.link(ADA);
    for mut other in [world.browser(), world.signed_up("eve@x.example").await] {
        assert_eq!(sent_to(&other.get(&link).await).0, "client_mismatch");
    }
    assert_eq!(
        poll(&mut browser, &id).await.ok()["status"],
        "needs_first_factor"
    );
    // It is not used up either.
    assert_eq!(sent_to(&browser.get(&link).await).0, "verified");
}

fn anywhere(config: &mut IdpConfig) {
    let emails = &mut config.settings.identification.email_address;
    emails.link_requires_same_client = false;
}

#[tokio::test]
async fn where_it_is_allowed_a_person_confirms_in_another_browser() {
    let world = World::with(anywhere).await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let id = ask(&mut browser).await;
    let link = world.link(ADA);
    let mut other = world.browser();
    // What reads mail to look for danger opens nothing.
    let page = other.get(&link).await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("<form method=\"post\""), "{}", page.text);
    assert!(
        page.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(
        poll(&mut browser, &id).await.ok()["status"],
        "needs_first_factor"
    );
    // Nor does a page of somebody else's.
    let foreign =
        http::Request::post(format!("/__clerk{link}")).header("origin", "http://evil.example");
    let reply = other.send(foreign, axum::body::Body::empty()).await;
    reply.refused(400, "origin_invalid");

    let (status, session, _) = sent_to(&other.post(&link, &[]).await);
    assert_eq!((status.as_str(), session.as_str()), ("verified", ""));
    assert!(
        other.get("/v1/client").await.ok().is_null(),
        "nobody is signed in there"
    );
    let reply = poll(&mut browser, &id).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    assert_eq!(browser.session_id().await, reply.ok()["created_session_id"]);
    assert_ne!(
        reply.ok()["first_factor_verification"]["verified_at_client"],
        reply.client()["id"]
    );
}

#[tokio::test]
async fn a_link_leads_to_the_application_only() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let id = browser.begin_sign_in(ADA).await["id"].clone();
    let path = format!(
        "/v1/client/sign_ins/{}/prepare_first_factor",
        id.as_str().unwrap()
    );
    for bad in [
        "http://evil.example/",
        "//evil.example",
        "http://localhost:3000@evil.example/",
        "javascript:alert(1)",
        "/sign-in",
    ] {
        let form = [("strategy", "email_link"), ("redirect_url", bad)];
        browser.post(&path, &form).await.refused_param(
            422,
            "form_param_format_invalid",
            "redirect_url",
        );
    }
    browser
        .post(&path, &[("strategy", "email_link")])
        .await
        .refused_param(422, "form_param_missing", "redirect_url");
    assert_eq!(world.mails(ADA).len(), 1, "the one of the sign-up");
}

#[tokio::test]
async fn a_token_that_we_never_sent_is_refused() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let id = ask(&mut browser).await;
    let link = world.link(ADA);
    let (real, _) = link.split_once('.').unwrap();
    for bad in [
        format!("{real}.x"),
        real.to_owned(),
        "/v1/verify?token=ver_1.x".to_owned(),
        "/v1/verify?token=%00".to_owned(),
    ] {
        assert_eq!(browser.get(&bad).await.status, 400, "{bad}");
    }
    browser
        .get("/v1/verify")
        .await
        .refused(422, "form_param_missing");
    // Nor is it a code.
    let secret = link.split_once('.').unwrap().1.to_owned();
    let path = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
    for strategy in ["email_link", "email_code"] {
        let form = [("strategy", strategy), ("code", secret.as_str())];
        let reply = browser.post(&path, &form).await;
        assert!(reply.status.is_client_error(), "{}", reply.body);
    }
    // A code's verification is no link's.
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    browser.post("/v1/client/sign_ins", &form).await.ok();
    assert!(!world.mails(ADA).last().unwrap().text.contains("/v1/verify"));
}

fn by_link(config: &mut IdpConfig) {
    config.settings.identification.email_address.verification = EmailProof::Link;
}

async fn begin_sign_up(browser: &mut Browser) -> String {
    let form = [("email_address", ADA), ("password", PASSWORD)];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    let verification = &reply.ok()["verifications"]["email_address"];
    assert_eq!(verification["supported_strategies"][0], "email_link");
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    let form = [("strategy", "email_link"), ("redirect_url", PAGE)];
    browser.post(&path, &form).await.ok();
    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .refused(422, "form_param_value_invalid");
    id
}

#[tokio::test]
async fn a_link_completes_a_sign_up() {
    let world = World::with(by_link).await;
    let mut browser = world.browser();
    let id = begin_sign_up(&mut browser).await;
    let (status, session, _) = sent_to(&browser.get(&world.link(ADA)).await);
    assert_eq!(
        (status.as_str(), session),
        ("verified", browser.session_id().await)
    );
    let reply = browser.get(&format!("/v1/client/sign_ups/{id}")).await;
    assert_eq!(reply.ok()["status"], "complete");

    let world = World::with(|config| {
        by_link(config);
        anywhere(config);
    })
    .await;
    let mut browser = world.browser();
    let id = begin_sign_up(&mut browser).await;
    let mut other = world.browser();
    assert_eq!(
        sent_to(&other.post(&world.link(ADA), &[]).await).0,
        "verified"
    );
    let reply = browser.get(&format!("/v1/client/sign_ups/{id}")).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(browser.session_id().await, reply.ok()["created_session_id"]);
}

#[tokio::test]
async fn a_link_proves_a_second_address() {
    let world = World::with(|config| {
        by_link(config);
        config
            .settings
            .identification
            .email_address
            .link_requires_same_client = true;
    })
    .await;
    let mut browser = world.browser();
    begin_sign_up(&mut browser).await;
    browser.get(&world.link(ADA)).await;
    let path = "/v1/me/email_addresses";
    let reply = browser.post_own(path, &[("email_address", SECOND)]).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let form = [("strategy", "email_link"), ("redirect_url", ORIGIN)];
    let path = format!("{path}/{id}");
    let reply = browser
        .post_own(&format!("{path}/prepare_verification"), &form)
        .await;
    assert_eq!(reply.ok()["verification"]["strategy"], "email_link");
    let link = world.link(SECOND);
    assert_eq!(
        sent_to(&world.browser().get(&link).await).0,
        "client_mismatch"
    );
    assert_eq!(sent_to(&browser.get(&link).await).0, "verified");
    let reply = browser.get_own(&path).await;
    assert_eq!(reply.ok()["verification"]["status"], "verified");
}
