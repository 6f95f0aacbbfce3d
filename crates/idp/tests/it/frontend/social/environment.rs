//! What the components are told of providers, and the provider's own pages.

use super::world::*;

#[tokio::test]
async fn providers_are_offered_with_pictures_of_our_own() {
    let social = Social::with(|config| {
        let providers = &mut config.settings.social.providers;
        providers.get_mut("github").unwrap().enabled = false;
        providers.get_mut("microsoft").unwrap().authenticatable = false;
    })
    .await;
    let mut browser = social.browser();
    let environment = browser.get("/v1/environment").await.body;
    let offered = environment["user_settings"]["social"].as_object().unwrap();
    let names: Vec<&str> = offered.keys().map(String::as_str).collect();
    assert_eq!(names, ["oauth_google", "oauth_microsoft"]);
    assert_eq!(offered["oauth_google"]["name"], "Google");
    assert_eq!(offered["oauth_google"]["authenticatable"], true);
    assert_eq!(offered["oauth_microsoft"]["authenticatable"], false);
    let logo = offered["oauth_google"]["logo_url"].as_str().unwrap();
    let path = logo.strip_prefix("http://localhost:3000/__clerk").unwrap();
    let picture = browser.get(path).await;
    assert_eq!(picture.headers["content-type"], "image/svg+xml");
    assert!(picture.text.starts_with("<svg "));
    for absent in ["github", "nobody", "../google"] {
        let reply = browser
            .get(&format!("/images/providers/{absent}.svg"))
            .await;
        assert_eq!(reply.status, 404, "{absent}");
    }
    for strategy in ["oauth_github", "oauth_nobody", "oauth_microsoft"] {
        let form = [("strategy", strategy), ("redirect_url", PAGE)];
        let reply = browser.post("/v1/client/sign_ins", &form).await;
        reply.refused_param(422, "form_param_value_invalid", "strategy");
    }
}

#[tokio::test]
async fn the_pages_offer_faces_and_stand_alone() {
    let social = Social::new().await;
    for strategy in ["oauth_google", "oauth_microsoft", "oauth_github"] {
        let mut browser = social.browser();
        let (_, url) = depart(&mut browser, "sign_ins", strategy).await;
        let (status, html) = social.page(&url).await;
        assert_eq!(status, 200);
        for part in [
            "Ada Lovelace",
            "ada@northwind.example",
            "Somebody else",
            "Refuse",
        ] {
            assert!(html.contains(part), "{strategy}: {part}");
        }
        for outside in ["http://", "https://", "<script"] {
            let html = html.replace("http://www.w3.org/2000/svg", "");
            assert!(!html.contains(outside), "{strategy}: {outside}");
        }
        let path = social
            .answer(&url, &[("face", "ada@northwind.example")])
            .await;
        location(&browser.get(&path).await);
    }
}

#[tokio::test]
async fn the_pages_send_nobody_elsewhere_and_want_a_challenge() {
    let social = Social::new().await;
    let mut browser = social.browser();
    let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    let with = |name: &str, value: &str| {
        let mut changed = url.clone();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        let mut query = changed.query_pairs_mut();
        query.clear();
        for (key, own) in pairs {
            let value = if key == name { value } else { &own };
            query.append_pair(&key, value);
        }
        drop(query);
        changed
    };
    for (name, value) in [
        ("client_id", "somebody"),
        ("redirect_uri", "http://evil.example/"),
        (
            "redirect_uri",
            "http://localhost:3000/__clerk/v1/oauth_callback/",
        ),
    ] {
        assert_eq!(social.page(&with(name, value)).await.0, 400, "{name}");
    }
    for (name, value) in [
        ("code_challenge_method", "plain"),
        ("response_type", "token"),
    ] {
        let path = social
            .answer(&with(name, value), &[("decision", "refuse")])
            .await;
        assert!(path.contains("error=invalid_request"), "{name}: {path}");
    }
}
