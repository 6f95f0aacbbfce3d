//! A provider of OpenID Connect that says what a test wants it to say.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::{RawForm, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::world::*;
use crate::frontend::world::{Browser, Reply};

/// How the token endpoint answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Mood {
    /// With a token.
    Willing,
    /// With an error.
    Refusing,
    /// Never.
    Silent,
    /// With more than anybody reads.
    Verbose,
    /// With something that is no JSON.
    Babbling,
    /// By sending the request elsewhere.
    Redirecting,
    /// Without an id token.
    Forgetful,
}

pub struct Lie {
    /// Changes the claims.
    pub claims: Box<dyn Fn(&mut Value) + Send>,
    pub header: Value,
    /// Signs with another key than the published one.
    pub is_forged: bool,
    pub mood: Mood,
    /// The request to the token endpoint, as it came.
    pub asked: Vec<String>,
    pub key_requests: usize,
    userinfo: Value,
}

/// Listens on a port of its own.
#[derive(Clone)]
pub struct Liar {
    pub base: String,
    key: Arc<EcdsaKeyPair>,
    lie: Arc<Mutex<Lie>>,
}

impl Liar {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let liar = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            key: Arc::new(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap()),
            lie: Arc::new(Mutex::new(Lie {
                claims: Box::new(|_| {}),
                header: json!({ "alg": "ES256", "kid": "k1" }),
                is_forged: false,
                mood: Mood::Willing,
                asked: Vec::new(),
                key_requests: 0,
                userinfo: Value::Null,
            })),
        };
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/token", post(token))
            .route("/keys", get(keys))
            .route("/userinfo", get(userinfo))
            .with_state(liar.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        liar
    }

    pub fn lie(&self, change: impl FnOnce(&mut Lie)) {
        change(&mut self.lie.lock().unwrap());
    }

    /// Lies about claims, and about nothing else.
    pub fn claim(&self, change: impl Fn(&mut Value) + Send + 'static) {
        self.lie(|lie| lie.claims = Box::new(change));
    }

    pub fn userinfo(&self, user: Value) {
        self.lie(|lie| lie.userinfo = user);
    }

    /// Every request to the token endpoint so far.
    pub fn asked(&self) -> Vec<String> {
        self.lie.lock().unwrap().asked.clone()
    }

    pub fn key_requests(&self) -> usize {
        self.lie.lock().unwrap().key_requests
    }

    /// A world that trusts the liar.
    pub async fn world(&self) -> Social {
        self.world_with(|_| {}).await
    }

    pub async fn world_with(&self, change: impl FnOnce(&mut bailiwick_idp::IdpConfig)) -> Social {
        let issuer = self.base.clone();
        Social::with(|config| {
            let providers = &mut config.settings.social.providers;
            providers.insert("custom_liar".to_owned(), custom(&issuer));
            change(config);
        })
        .await
    }

    /// Goes to the liar and comes back with a code; the code carries the nonce.
    pub async fn sign_in(&self, browser: &mut Browser) -> Reply {
        let (_, url) = depart(browser, "sign_ins", "oauth_custom_liar").await;
        let (state, nonce) = (parameter(&url, "state"), parameter(&url, "nonce"));
        browser
            .get(&format!("/v1/oauth_callback?state={state}&code={nonce}"))
            .await
    }

    /// The error code of an attempt that fails.
    pub async fn failure(&self, social: &Social) -> String {
        let mut browser = social.browser();
        assert_eq!(location(&self.sign_in(&mut browser).await), PAGE);
        let verification = sign_in_of(&mut browser).await["first_factor_verification"].clone();
        assert_eq!(verification["status"], "failed", "{verification}");
        let client = browser.get("/v1/client").await;
        assert_eq!(client.ok()["sessions"], json!([]));
        verification["error"]["code"].as_str().unwrap().to_owned()
    }
}

async fn describe(State(liar): State<Liar>) -> Json<Value> {
    let base = &liar.base;
    Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize?tenant=1"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "userinfo_endpoint": format!("{base}/userinfo"),
    }))
}

async fn keys(State(liar): State<Liar>) -> Json<Value> {
    liar.lie.lock().unwrap().key_requests += 1;
    let point = liar.key.public_key().as_ref();
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "kid": "k1", "use": "sig", "alg": "ES256",
        "x": URL_SAFE_NO_PAD.encode(&point[1..33]),
        "y": URL_SAFE_NO_PAD.encode(&point[33..65]),
    }] }))
}

async fn userinfo(State(liar): State<Liar>) -> Json<Value> {
    Json(liar.lie.lock().unwrap().userinfo.clone())
}

async fn token(State(liar): State<Liar>, RawForm(form): RawForm) -> Response {
    let form = String::from_utf8(form.to_vec()).unwrap();
    let mood = {
        let mut lie = liar.lie.lock().unwrap();
        lie.asked.push(form.clone());
        lie.mood.clone()
    };
    match mood {
        Mood::Willing | Mood::Forgetful => Json(liar.answer(&form, mood)).into_response(),
        Mood::Refusing => (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "invalid_grant" })),
        )
            .into_response(),
        Mood::Silent => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK.into_response()
        }
        Mood::Verbose => Json(json!({ "access_token": "x".repeat(2_000_000) })).into_response(),
        Mood::Babbling => "<html>no</html>".into_response(),
        Mood::Redirecting => Redirect::temporary(&format!("{}/keys", liar.base)).into_response(),
    }
}

impl Liar {
    fn answer(&self, form: &str, mood: Mood) -> Value {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
            .into_owned()
            .collect();
        let code = pairs.iter().find(|(name, _)| name == "code");
        let nonce = code.map(|(_, code)| code.clone()).unwrap_or_default();
        let now = crate::support::time::Time::stopped().now().as_second();
        let mut claims = json!({
            "iss": self.base, "aud": "us", "sub": "liar-1", "nonce": nonce,
            "iat": now, "exp": now + 600,
            "email": "ada@northwind.example", "email_verified": true, "name": "Ada Lovelace",
        });
        let lie = self.lie.lock().unwrap();
        (lie.claims)(&mut claims);
        let message = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(lie.header.to_string()),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        );
        let forged = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        let key = if lie.is_forged { &forged } else { &*self.key };
        let signature = key.sign(&SystemRandom::new(), message.as_bytes()).unwrap();
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        let mut answer = json!({ "access_token": "a", "token_type": "Bearer", "expires_in": 60,
            "id_token": token });
        if mood == Mood::Forgetful {
            answer["id_token"] = Value::Null;
        }
        answer
    }
}
