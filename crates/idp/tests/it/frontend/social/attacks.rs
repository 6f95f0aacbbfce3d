//! Ways to get into somebody's account, or to lead somebody into one's own.

use std::collections::HashSet;

use axum::body::Body;
use http::{Request, header};
use serde_json::json;

use super::liar::Liar;
use super::world::*;

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_state_is_good_once() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let (_, url) = depart(&mut browser, "sign_ups", "oauth_google").await;
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    assert_eq!(location(&browser.get(&path).await), DONE);
    let before = social.said_types().await;
    let reply = browser.get(&path).await;
    reply.refused(400, "oauth_state_invalid");
    // Another code with the spent state is no better.
    let second = social
        .answer(&url, &person("Eve", "eve@northwind.example"))
        .await;
    browser
        .get(&second)
        .await
        .refused(400, "oauth_state_invalid");
    assert_eq!(social.said_types().await, before);
}

#[tokio::test]
async fn a_state_ends_after_ten_minutes() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let (id, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    social.time.advance(jiff::SignedDuration::from_mins(10));
    browser.get(&path).await.refused(400, "oauth_state_invalid");
    let reply = browser.get(&format!("/v1/client/sign_ins/{id}")).await;
    let verification = &reply.ok()["first_factor_verification"];
    assert_eq!(verification["status"], "expired");
    assert!(verification["external_verification_redirect_url"].is_null());
}

#[tokio::test]
async fn nobody_is_led_into_the_account_of_who_sent_the_link() {
    let social = Social::new().await;
    let mut eve = social.browser();
    let (_, url) = depart(&mut eve, "sign_ups", "oauth_google").await;
    let link = social
        .answer(&url, &person("Eve", "eve@northwind.example"))
        .await;
    let mut stranger = social.browser();
    let mut ada = social.signed_up(ADA).await;
    let before = ada.session_id().await;
    for browser in [&mut stranger, &mut ada] {
        browser
            .get(&link)
            .await
            .refused(403, "oauth_state_mismatch");
    }
    assert_eq!(ada.session_id().await, before);
    let client = stranger.get("/v1/client").await;
    assert!(client.ok().is_null());
    // The state was not spent by that: it is still its own browser's.
    assert_eq!(location(&eve.get(&link).await), DONE);
}

#[tokio::test]
async fn nobody_connects_an_account_to_who_is_signed_in_elsewhere() {
    let social = Social::new().await;
    let mut eve = social.signed_up("eve@northwind.example").await;
    let path = eve.own("/v1/me/external_accounts").await;
    let form = [("strategy", "oauth_google"), ("redirect_url", PAGE)];
    let reply = eve.post(&path, &form).await;
    let url = &reply.ok()["verification"]["external_verification_redirect_url"];
    let url = url.as_str().unwrap().parse().unwrap();
    let link = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    // Signed out in between, nothing is connected.
    eve.call("DELETE", "/v1/client/sessions", &[]).await.ok();
    assert_eq!(location(&eve.get(&link).await), PAGE);
    eve.sign_in("eve@northwind.example").await.ok();
    let account = user_of(&mut eve).await["external_accounts"][0].clone();
    assert_eq!(account["verification"]["status"], "failed");
    assert_eq!(account["verification"]["error"]["code"], "signed_out");
}

#[tokio::test]
async fn states_are_unguessable_and_not_stored() {
    let social = Social::new().await;
    let mut seen = HashSet::new();
    for _ in 0..3 {
        let mut browser = social.browser();
        let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
        for name in ["state", "nonce", "code_challenge"] {
            let value = parameter(&url, name);
            assert_eq!(value.len(), 43);
            assert!(seen.insert(value));
        }
        assert_eq!(parameter(&url, "code_challenge_method"), "S256");
        let state = parameter(&url, "state");
        let rows = social.pool.query(&FLOWS, &[]).await.unwrap();
        for row in &rows {
            let text: String = row.get(0);
            assert!(!text.contains(&state));
        }
    }
    let mut browser = social.browser();
    for query in [
        "",
        "?code=x",
        "?state=",
        "?state=x&code=y",
        &format!("?state={}", "x".repeat(5000)),
    ] {
        let reply = browser.get(&format!("/v1/oauth_callback{query}")).await;
        reply.refused(400, "oauth_state_invalid");
    }
}

bailiwick_pg::sql! {
    /// All that is stored of ways to providers.
    FLOWS() = "select f::text from idp.oauth_flows f";
}

#[tokio::test]
async fn a_code_is_good_once_and_for_who_asked_for_it() {
    let social = Social::new().await;
    let mut ada = social.browser();
    let (_, url) = depart(&mut ada, "sign_ups", "oauth_google").await;
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    let code = path
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    // Eve has seen Ada's code and brings it with a state of her own: her verifier is another.
    let mut eve = social.browser();
    let (_, hers) = depart(&mut eve, "sign_ups", "oauth_google").await;
    let state = parameter(&hers, "state");
    let iss = format!("{}/google", social.base);
    let mine = format!("/v1/oauth_callback?state={state}&code={code}&iss={iss}");
    assert_eq!(location(&eve.get(&mine).await), PAGE);
    let verification = sign_up_of(&mut eve).await["verifications"]["external_account"].clone();
    assert_eq!(verification["error"]["code"], "oauth_token_exchange_error");
    // The provider has burnt the code: Ada has to start again, nobody is in.
    assert_eq!(location(&ada.get(&path).await), PAGE);
    assert!(social.said_types().await.is_empty());
}

#[tokio::test]
async fn an_answer_of_one_provider_is_not_taken_for_anothers() {
    let liar = Liar::start().await;
    let social = liar.world().await;
    let mut browser = social.browser();
    // The state says Google, the answer comes from the liar, who would like to learn the code.
    let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    let state = parameter(&url, "state");
    for iss in [format!("&iss={}", liar.base), String::new()] {
        let mut browser = browser.clone();
        let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
        let state = parameter(&url, "state");
        let path = format!("/v1/oauth_callback?state={state}&code=x{iss}");
        assert_eq!(location(&browser.get(&path).await), PAGE);
        let verification = sign_in_of(&mut browser).await["first_factor_verification"].clone();
        assert_eq!(
            verification["error"]["code"], "oauth_invalid_id_token",
            "{iss}"
        );
    }
    // A code of Microsoft's under Google's state fails at Google.
    let mut other = social.browser();
    let (_, microsoft) = depart(&mut other, "sign_ins", "oauth_microsoft").await;
    let path = social
        .answer(&microsoft, &person("Ada Lovelace", ADA))
        .await;
    let code = path
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let iss = format!("{}/google", social.base);
    let path = format!("/v1/oauth_callback?state={state}&code={code}&iss={iss}");
    // It is the first browser's state, but a new one has been begun there since: still its own.
    assert_eq!(location(&browser.get(&path).await), PAGE);
    assert!(liar.asked().is_empty());
    assert!(social.said_types().await.is_empty());
}

#[tokio::test]
async fn both_ways_back_lead_to_the_application_only() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let own = browser.own("/v1/me/external_accounts").await;
    for evil in [
        "http://evil.example/",
        "//evil.example/",
        "http://localhost:3000@evil.example/",
        "http://localhost:3000.evil.example/",
        "https://localhost:3000/",
        "javascript:alert(1)",
        "/relative",
    ] {
        for (redirect, complete, param) in [
            (evil, DONE, "redirect_url"),
            (PAGE, evil, "action_complete_redirect_url"),
        ] {
            let form = [
                ("strategy", "oauth_google"),
                ("redirect_url", redirect),
                ("action_complete_redirect_url", complete),
            ];
            for path in ["/v1/client/sign_ins", "/v1/client/sign_ups", &own] {
                let reply = browser.post(path, &form).await;
                reply.refused_param(422, "form_param_format_invalid", param);
            }
        }
    }
    let form = [("strategy", "oauth_google")];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    reply.refused_param(422, "form_param_missing", "redirect_url");
}

#[tokio::test]
async fn a_posted_answer_is_sent_on_and_does_nothing() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let (_, url) = depart(&mut browser, "sign_ups", "oauth_google").await;
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    let query = path.split_once('?').unwrap().1.to_owned();
    let request = Request::post("/__clerk/v1/oauth_callback")
        .header(header::ORIGIN, "https://appleid.apple.com")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    // As a browser does it: no cookie goes with a post from elsewhere.
    let mut foreign = social.browser();
    let body = Body::from(format!("{query}&more=x&location=http://evil.example"));
    let reply = foreign.send(request, body).await;
    let there = location(&reply)
        .strip_prefix("http://localhost:3000/__clerk")
        .unwrap();
    assert!(there.starts_with("/v1/oauth_callback?state="), "{there}");
    assert!(!there.contains("evil"));
    assert!(social.said_types().await.is_empty());
    assert_eq!(location(&browser.get(there).await), DONE);
    // Every other write still asks for the origin.
    let request = Request::post("/__clerk/v1/oauth_callback/x")
        .header(header::ORIGIN, "https://appleid.apple.com");
    foreign
        .send(request, Body::empty())
        .await
        .refused(400, "origin_invalid");
}

#[tokio::test]
async fn what_was_proven_in_one_browser_transfers_in_no_other_and_not_for_long() {
    let social = Social::new().await;
    let mut ada = social.browser();
    let google = person("Ada Lovelace", ADA);
    social.sign_in(&mut ada, "oauth_google", &google).await;
    let mut eve = social.browser();
    let form = [("transfer", "true")];
    eve.post("/v1/client/sign_ups", &form)
        .await
        .refused(401, "signed_out");
    depart(&mut eve, "sign_ins", "oauth_google").await;
    let reply = eve.post("/v1/client/sign_ups", &form).await;
    reply.refused(422, "external_account_not_found");
    social.time.advance(jiff::SignedDuration::from_mins(61));
    let reply = ada.post("/v1/client/sign_ups", &form).await;
    reply.refused(422, "external_account_not_found");
}

#[tokio::test]
async fn a_cookie_from_before_is_worth_nothing_after_the_provider() {
    let social = Social::new().await;
    let mut victim = social.browser();
    let (_, url) = depart(&mut victim, "sign_ups", "oauth_google").await;
    let attacker_jar = victim.jar.clone();
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    assert_eq!(location(&victim.get(&path).await), DONE);
    let mut attacker = social.browser();
    attacker.jar = attacker_jar;
    assert!(attacker.get("/v1/client").await.ok().is_null());
}

#[tokio::test]
async fn addresses_with_a_plus_can_be_refused() {
    let social = Social::with(|config| {
        let google = config.settings.social.providers.get_mut("google").unwrap();
        google.block_email_subaddresses = true;
    })
    .await;
    let mut browser = social.browser();
    let ada = person("Ada Lovelace", "ada+1@northwind.example");
    let reply = social.sign_up(&mut browser, "oauth_google", &ada).await;
    assert_eq!(location(&reply), PAGE);
    let sign_up = sign_up_of(&mut browser).await;
    let verification = &sign_up["verifications"]["external_account"];
    assert_eq!(verification["status"], "failed");
    assert_eq!(sign_up["email_address"], json!(null));
}

#[tokio::test]
async fn a_provider_that_is_switched_off_meanwhile_signs_nobody_in() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let (_, url) = depart(&mut browser, "sign_ups", "oauth_google").await;
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    reload(&social.idp, |settings| {
        settings.social.providers.remove("google");
    })
    .await;
    assert_eq!(location(&browser.get(&path).await), PAGE);
    let verification = sign_up_of(&mut browser).await["verifications"]["external_account"].clone();
    assert_eq!(verification["error"]["code"], "oauth_config_missing");
    assert!(social.said_types().await.is_empty());
}
