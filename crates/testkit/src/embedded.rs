//! The embedded identity provider behind the stub: where a test wants the real one, the stub hands
//! every request on, and can still be made to fail.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use bailiwick_idp::domain::{organization_invitations, people};
use bailiwick_idp::mail::Delivery;
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret};
use bailiwick_idp::{Idp, IdpConfig, Mail, Mailer};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::provider::SECRET_KEY;
use crate::{Database, Persona, SECRET, TestApp};

/// More than any answer of the Backend API in a test.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The real provider of one test, with a database of its own.
pub struct Embedded {
    idp: Idp,
    base: String,
    http: reqwest::Client,
    mails: Mails,
    _database: Database,
}

/// The mails that were sent.
#[derive(Clone, Default)]
struct Mails(Arc<Mutex<VecDeque<Mail>>>);

impl Mailer for Mails {
    fn deliver(&self, mail: Mail) -> Delivery<'_> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(mail);
        Box::pin(async { Ok(()) })
    }
}

impl TestApp {
    /// Puts the embedded provider behind the stub, and its webhooks on their way to this server.
    pub async fn embedded_provider(&self) -> Embedded {
        let database = Database::create().await;
        let pool = database.superuser().await;
        pool.batch("create schema idp").await.unwrap();
        bailiwick_idp::migrate(&pool).await.unwrap();
        let mut config = IdpConfig::new("Tests", "https://app.example.com", SECRET_KEY.into());
        config.webhooks = vec![EndpointConfig {
            key: "product".to_owned(),
            url: format!("{}/api/webhooks/clerk", self.base())
                .parse()
                .unwrap(),
            secret: SigningSecret::parse(SECRET).unwrap(),
        }];
        let mails = Mails::default();
        let env = self.app.env().clone();
        let idp = Idp::new(config, pool, env, Arc::new(mails.clone())).await;
        let idp = idp.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        // Both end with the test's runtime.
        tokio::spawn(axum::serve(listener, idp.backend_router()).into_future());
        tokio::spawn(idp.sender().unwrap().run(std::future::pending()));
        self.provider.hand_on_to(&base);
        Embedded {
            idp,
            base,
            http: client(),
            mails,
            _database: database,
        }
    }
}

impl Embedded {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/v1{path}", self.base);
        let mut request = self.http.request(method, url).bearer_auth(SECRET_KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let body: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {body:#}");
        body
    }

    /// Somebody who has an account there, and whose webhook may be on its way.
    pub async fn user(&self, t: &TestApp, name: (&str, &str), email: &str) -> (Value, Persona) {
        let body = json!({
            "first_name": name.0, "last_name": name.1, "email_address": [email],
            "skip_password_requirement": true,
        });
        let data = self.call(Method::POST, "/users", Some(body)).await;
        let persona = t.persona(&data).await;
        (data, persona)
    }

    /// Changes a membership behind the product's back, as the provider's own panel does.
    pub async fn set_role(&self, org: &str, user: &str, role: &str) {
        let path = format!("/organizations/{org}/memberships/{user}");
        let body = json!({"role": role});
        drop(self.call(Method::PATCH, &path, Some(body)).await);
    }

    /// `user id → role` of an organization.
    pub async fn roles(&self, org: &str) -> Vec<(String, String)> {
        let path = format!("/organizations/{org}/memberships?limit=100");
        let list = self.call(Method::GET, &path, None).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let rows = list["data"].as_array().unwrap().iter();
        let mut rows: Vec<(String, String)> = rows
            .map(|m| (text(&m["public_user_data"]["user_id"]), text(&m["role"])))
            .collect();
        rows.sort();
        rows
    }

    /// A user accepts an open invitation, which their browser does with the mail's link.
    pub async fn accept(&self, invitation: &str, user: &str) {
        let mut tx = self.idp.pool().begin().await.unwrap();
        let person = people::find(&mut tx, user).await.unwrap().unwrap();
        organization_invitations::accept(&self.idp, &mut tx, invitation, &person)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        self.idp.wake().nudge();
    }

    /// To whom mails went, in order.
    #[must_use]
    pub fn mailed(&self) -> Vec<String> {
        let mails = self.mails.0.lock().unwrap_or_else(PoisonError::into_inner);
        mails.iter().map(|mail| mail.to.clone()).collect()
    }
}

fn client() -> reqwest::Client {
    let client = reqwest::Client::builder().timeout(PATIENCE);
    client.build().unwrap()
}

/// Hands a request on and its answer back.
pub(crate) async fn hand_on(base: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_MAX).await.unwrap();
    let path = parts.uri.path_and_query().map_or("/", |p| p.as_str());
    let mut sent = client().request(parts.method, format!("{base}{path}"));
    for name in ["authorization", "content-type", "clerk-api-version"] {
        if let Some(value) = parts.headers.get(name) {
            sent = sent.header(name, value);
        }
    }
    let answer = sent.body(body).send().await.unwrap();
    let status = answer.status();
    let bytes = answer.bytes().await.unwrap();
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Body::from(bytes))
        .unwrap()
}
