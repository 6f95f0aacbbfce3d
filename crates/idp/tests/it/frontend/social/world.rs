//! An instance that offers a provider's accounts, and a browser that visits both.

use bailiwick_idp::local_provider::{Face, LocalProvider};
use bailiwick_idp::settings::SocialProvider;
use bailiwick_idp::{Idp, IdpConfig};
use serde_json::Value;
use tokio::net::TcpListener;
use url::Url;

use crate::frontend::world::{Browser, ORIGIN, Reply, World};
use crate::support::postgres::database;
use crate::support::time::Time;

pub const CALLBACK: &str = "http://localhost:3000/__clerk/v1/oauth_callback";
/// The page to which the components want to come back, with what only they understand.
pub const PAGE: &str = "http://localhost:3000/sign-in#/sso-callback?a=b";
pub const DONE: &str = "http://localhost:3000/done";

/// Answers of `oauth_callback` that lead to a page.
pub fn location(reply: &Reply) -> &str {
    assert_eq!(reply.status, 303, "{}", reply.text);
    reply.headers["location"].to_str().unwrap()
}

/// A world whose providers are all played by one.
pub struct Social {
    pub world: World,
    pub base: String,
    client: reqwest::Client,
}

impl std::ops::Deref for Social {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

/// Somebody who is typed into the provider's page.
pub fn person<'a>(name: &'a str, email: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("name", name), ("email", email), ("verified", "yes")]
}

impl Social {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut IdpConfig)) -> Self {
        let time = Time::stopped();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let faces = vec![Face {
            name: "Ada Lovelace".to_owned(),
            email: "ada@northwind.example".to_owned(),
            is_verified: true,
        }];
        let addresses = vec![CALLBACK.to_owned()];
        let provider = LocalProvider::start(time.env.clone(), &base, addresses, faces)
            .await
            .unwrap();
        let router = provider.router();
        tokio::spawn(async move { axum::serve(listener, router).await });

        let mut config = IdpConfig::new("Bailiwick", ORIGIN, "sk_live_0123456789abcdef".into());
        config.settings.social.providers = provider.settings();
        config.client_secrets = provider.client_secrets();
        change(&mut config);
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            world: World::on(database().await, time, config).await,
            base,
            client,
        }
    }

    /// Asks for the provider's page.
    pub async fn page(&self, url: &Url) -> (u16, String) {
        let response = self.client.get(url.clone()).send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    /// Answers the provider's page; the path of the application to which that leads.
    pub async fn answer(&self, url: &Url, form: &[(&str, &str)]) -> String {
        let request = self.client.post(url.clone()).form(form);
        let response = request.send().await.unwrap();
        let status = response.status();
        let location = response.headers().get("location").cloned();
        let text = response.text().await.unwrap();
        let location = location.unwrap_or_else(|| panic!("{status}: {text}"));
        let location = location.to_str().unwrap();
        let path = location.strip_prefix("http://localhost:3000/__clerk");
        path.unwrap_or_else(|| panic!("led to {location}"))
            .to_owned()
    }

    /// Signs in by a provider as this person, whoever that is; the callback's answer.
    pub async fn sign_in(
        &self,
        browser: &mut Browser,
        strategy: &str,
        person: &[(&str, &str)],
    ) -> Reply {
        let (_, url) = depart(browser, "sign_ins", strategy).await;
        let path = self.answer(&url, person).await;
        browser.get(&path).await
    }

    /// The same by signing up.
    pub async fn sign_up(
        &self,
        browser: &mut Browser,
        strategy: &str,
        person: &[(&str, &str)],
    ) -> Reply {
        let (_, url) = depart(browser, "sign_ups", strategy).await;
        let path = self.answer(&url, person).await;
        browser.get(&path).await
    }

    /// A browser in which somebody new has just signed up by a provider.
    pub async fn newcomer(&self, strategy: &str, person: &[(&str, &str)]) -> Browser {
        let mut browser = self.world.browser();
        let reply = self.sign_up(&mut browser, strategy, person).await;
        assert_eq!(location(&reply), DONE);
        browser
    }
}

/// Begins an attempt by a provider; its id, and where the browser is to go.
pub async fn depart(browser: &mut Browser, kind: &str, strategy: &str) -> (String, Url) {
    let reply = browser
        .post(
            &format!("/v1/client/{kind}"),
            &[
                ("strategy", strategy),
                ("redirect_url", PAGE),
                ("action_complete_redirect_url", DONE),
            ],
        )
        .await;
    let attempt = reply.ok();
    let verification = match kind {
        "sign_ins" => {
            assert_eq!(attempt["status"], "needs_identifier");
            &attempt["first_factor_verification"]
        }
        _ => &attempt["verifications"]["external_account"],
    };
    assert_eq!(verification["status"], "unverified", "{attempt}");
    assert_eq!(verification["strategy"], strategy);
    let url = verification["external_verification_redirect_url"].as_str();
    let id = attempt["id"].as_str().unwrap().to_owned();
    (id, url.unwrap().parse().unwrap())
}

/// The attempt to sign in that the browser is at.
pub async fn sign_in_of(browser: &mut Browser) -> Value {
    browser.get("/v1/client").await.ok()["sign_in"].clone()
}

/// The attempt to sign up that the browser is at.
pub async fn sign_up_of(browser: &mut Browser) -> Value {
    browser.get("/v1/client").await.ok()["sign_up"].clone()
}

/// The user who is signed in.
pub async fn user_of(browser: &mut Browser) -> Value {
    browser.session().await["user"].clone()
}

/// The parameter of an address.
pub fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found
        .unwrap_or_else(|| panic!("{url} lacks {name}"))
        .1
        .into_owned()
}

/// A provider of one's own at this address.
pub fn custom(issuer: &str) -> SocialProvider {
    SocialProvider {
        client_id: "us".to_owned(),
        name: Some("Liar".to_owned()),
        issuer: Some(issuer.to_owned()),
        ..SocialProvider::default()
    }
}

/// Changes what providers are offered, while the instance runs.
pub async fn reload(idp: &Idp, change: impl FnOnce(&mut bailiwick_idp::Settings)) {
    let mut settings = (*idp.settings()).clone();
    change(&mut settings);
    idp.reload_settings(settings).await.unwrap();
}
