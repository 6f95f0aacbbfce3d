//! What is believed of a provider's answer, and what is not.

use serde_json::json;

use super::liar::{Liar, Mood};
use super::world::*;

#[tokio::test]
async fn a_provider_of_ones_own_signs_somebody_up() {
    let liar = Liar::start().await;
    let social = liar.world().await;
    let mut browser = social.browser();
    assert_eq!(location(&liar.sign_in(&mut browser).await), PAGE);
    let form = [("transfer", "true")];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    let user = user_of(&mut browser).await;
    assert_eq!(
        user["external_accounts"][0]["provider"],
        "oauth_custom_liar"
    );
    let asked = &liar.asked()[0];
    for part in [
        "grant_type=authorization_code",
        "code_verifier=",
        "client_id=us",
    ] {
        assert!(asked.contains(part), "{asked}");
    }
    // Without a secret, none is sent.
    assert!(!asked.contains("client_secret"));
}

#[tokio::test]
async fn an_id_token_must_be_right_in_every_part() {
    let liar = Liar::start().await;
    let social = liar.world().await;
    let now = social.time.now().as_second();
    for (name, value) in [
        ("nonce", json!("another")),
        ("nonce", json!(null)),
        ("aud", json!("them")),
        ("aud", json!(["us", "them"])),
        ("azp", json!("them")),
        ("iss", json!("http://evil.example")),
        ("exp", json!(now - 61)),
        ("exp", json!(null)),
        ("iat", json!(now + 3600)),
        ("sub", json!(null)),
    ] {
        let lie = value.clone();
        liar.claim(move |claims| claims[name] = lie.clone());
        assert_eq!(
            liar.failure(&social).await,
            "oauth_invalid_id_token",
            "{name} {value}"
        );
    }
    liar.claim(|_| {});
    for header in [
        json!({ "alg": "none" }),
        json!({ "alg": "HS256", "kid": "k1" }),
        json!({ "alg": "RS256", "kid": "k1" }),
        json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"] }),
        json!({ "alg": "ES256", "kid": "unknown" }),
    ] {
        liar.lie(|lie| lie.header = header.clone());
        assert_eq!(
            liar.failure(&social).await,
            "oauth_invalid_id_token",
            "{header}"
        );
    }
    liar.lie(|lie| lie.header = json!({ "alg": "ES256", "kid": "k1" }));
    liar.lie(|lie| lie.is_forged = true);
    assert_eq!(liar.failure(&social).await, "oauth_invalid_id_token");
    liar.lie(|lie| lie.is_forged = false);
    let mut browser = social.browser();
    liar.sign_in(&mut browser).await;
    let sign_in = sign_in_of(&mut browser).await;
    assert_eq!(
        sign_in["first_factor_verification"]["status"],
        "transferable"
    );
    assert!(social.said_types().await.is_empty());
}

#[tokio::test]
async fn where_one_tenant_is_let_in_no_other_is() {
    // The tenant of everybody at the local provider, which describes itself as for all tenants.
    const THEIRS: &str = "5d1c8a40-7f0e-4c8e-9f55-0b3f6a2d9e11";
    let only = |tenant: &'static str| {
        Social::with(move |config| {
            let providers = &mut config.settings.social.providers;
            providers.get_mut("microsoft").unwrap().tenant = Some(tenant.to_owned());
        })
    };
    let ada = person("Ada Lovelace", "ada@northwind.example");
    let social = only(THEIRS).await;
    let mut browser = social.newcomer("oauth_microsoft", &ada).await;
    let user = user_of(&mut browser).await;
    assert_eq!(
        user["email_addresses"][0]["verification"]["status"],
        "verified"
    );
    for other in ["8f2a1c34-0000-4000-8000-000000000001", "northwind.example"] {
        let social = only(other).await;
        let mut browser = social.browser();
        let reply = social.sign_in(&mut browser, "oauth_microsoft", &ada).await;
        assert_eq!(location(&reply), PAGE);
        let sign_in = sign_in_of(&mut browser).await;
        let verification = &sign_in["first_factor_verification"];
        assert_eq!(verification["error"]["code"], "oauth_invalid_id_token");
        assert!(social.said_types().await.is_empty());
    }
}

#[tokio::test]
async fn unknown_keys_are_not_asked_for_again_and_again() {
    let liar = Liar::start().await;
    let social = liar.world().await;
    liar.lie(|lie| lie.header = json!({ "alg": "ES256", "kid": "unknown" }));
    for _ in 0..5 {
        liar.failure(&social).await;
    }
    assert_eq!(liar.key_requests(), 1);
    social.time.advance(jiff::SignedDuration::from_secs(61));
    liar.claim(|claims| {
        claims["iat"] = json!(claims["iat"].as_i64().unwrap() + 61);
        claims["exp"] = json!(claims["exp"].as_i64().unwrap() + 61);
    });
    liar.failure(&social).await;
    assert_eq!(liar.key_requests(), 2);
}

#[tokio::test]
async fn a_provider_that_answers_nonsense_identifies_nobody() {
    let liar = Liar::start().await;
    let short = std::time::Duration::from_millis(700);
    let social = liar
        .world_with(|config| config.provider_timeout = short)
        .await;
    for (mood, code) in [
        (Mood::Refusing, "oauth_token_exchange_error"),
        (Mood::Silent, "oauth_provider_unavailable"),
        (Mood::Verbose, "oauth_fetch_user_error"),
        (Mood::Babbling, "oauth_fetch_user_error"),
        (Mood::Redirecting, "oauth_fetch_user_error"),
        (Mood::Forgetful, "oauth_fetch_user_error"),
    ] {
        liar.lie(|lie| lie.mood = mood.clone());
        assert_eq!(liar.failure(&social).await, code, "{mood:?}");
    }
    // A redirect was not followed: the keys were never asked for.
    assert_eq!(liar.key_requests(), 0);
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_before_anybody_leaves() {
    let social = Social::with(|config| {
        let gone = custom("http://127.0.0.1:9");
        let providers = &mut config.settings.social.providers;
        providers.insert("custom_gone".to_owned(), gone);
    })
    .await;
    let form = [("strategy", "oauth_custom_gone"), ("redirect_url", PAGE)];
    for kind in ["sign_ins", "sign_ups"] {
        let reply = social
            .browser()
            .post(&format!("/v1/client/{kind}"), &form)
            .await;
        reply.refused_param(422, "oauth_provider_unavailable", "strategy");
    }
}

#[tokio::test]
async fn a_description_of_another_issuer_is_not_believed() {
    let liar = Liar::start().await;
    let social = Social::with(|config| {
        let mut settings = custom("http://accounts.example");
        settings.discovery_url = Some(format!("{}/.well-known/openid-configuration", liar.base));
        let providers = &mut config.settings.social.providers;
        providers.insert("custom_liar".to_owned(), settings);
    })
    .await;
    let form = [("strategy", "oauth_custom_liar"), ("redirect_url", PAGE)];
    let reply = social.browser().post("/v1/client/sign_ins", &form).await;
    reply.refused(422, "oauth_fetch_user_error");
}

#[tokio::test]
async fn an_address_may_come_by_userinfo_of_the_same_person() {
    let liar = Liar::start().await;
    let social = liar.world().await;
    liar.claim(|claims| {
        claims.as_object_mut().unwrap().remove("email");
        claims.as_object_mut().unwrap().remove("email_verified");
    });
    let email = "ada@northwind.example";
    liar.userinfo(json!({ "sub": "somebody", "email": email, "email_verified": true }));
    assert_eq!(liar.failure(&social).await, "oauth_invalid_id_token");
    liar.userinfo(json!({ "sub": "liar-1", "email": email, "email_verified": true }));
    let mut browser = social.browser();
    liar.sign_in(&mut browser).await;
    let form = [("transfer", "true")];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["email_address"], email, "{}", reply.body);
}
