//! An instance of the provider, its Backend API on a port of its own, and a client for it.

use std::sync::Arc;

use bailiwick_idp::{Idp, IdpConfig, Mail};
use bailiwick_pg::{Pool, sql};
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::conformance::events::Watch;
use crate::conformance::{Answer, Api, How};
use crate::frontend::world::Outbox;
use crate::support::postgres::database;
use crate::support::time::Time;

pub const SECRET_KEY: &str = "sk_live_0123456789abcdefghijklmnop";

sql! {
    /// Everything that was said, in order, but for billing: every organization begins on a plan.
    SAID() = "
        select event_type, payload from idp.webhook_messages
        where event_type not like 'subscription%' and event_type not like 'paymentAttempt%'
        order by seq limit 1000";
}

pub struct World {
    pub time: Time,
    pub base: String,
    outbox: Arc<Outbox>,
    pub pool: Pool,
    client: reqwest::Client,
    _events: Watch,
}

/// An answer, read.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    /// The resource of a request that succeeded.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        assert_eq!(self.headers["content-type"], "application/json");
        self.body
    }

    /// Status, and code and parameter of each error.
    pub fn refusal(&self) -> (u16, Vec<(&str, &str)>) {
        let errors = self.body["errors"].as_array().unwrap();
        assert_eq!(self.headers["content-type"], "application/json");
        assert!(self.body["clerk_trace_id"].is_string());
        (
            self.status.as_u16(),
            errors.iter().map(code_and_param).collect(),
        )
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str, param: &str) {
        assert_eq!(
            self.refusal(),
            (status, vec![(code, param)]),
            "{}",
            self.body
        );
    }
}

fn code_and_param(error: &Value) -> (&str, &str) {
    assert!(error["message"].is_string() && error["long_message"].is_string());
    (
        error["code"].as_str().unwrap(),
        error["meta"]["param_name"].as_str().unwrap_or(""),
    )
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// An instance that is told otherwise.
    pub async fn with(change: impl FnOnce(&mut IdpConfig)) -> Self {
        let pool = database().await;
        let time = Time::stopped();
        let mut config = IdpConfig::new("Bailiwick", "http://localhost:3000", SECRET_KEY.into());
        change(&mut config);
        let outbox = Arc::new(Outbox::default());
        let idp = Idp::new(config, pool.clone(), time.env.clone(), outbox.clone())
            .await
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let router = idp.backend_router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let _events = Watch::of(&pool).await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            time,
            base,
            outbox,
            pool,
            client,
            _events,
        }
    }

    /// What was sent to an address, in order.
    pub fn mails(&self, address: &str) -> Vec<Mail> {
        self.outbox.to(address)
    }

    /// A request with any headers.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.client
            .request(method, format!("{}/v1{path}", self.base))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let (method, url) = (request.method().clone(), request.url().clone());
        let response = client.execute(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.unwrap();
        let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
        if let Some(path) = path.strip_prefix("/v1") {
            Answer {
                api: Api::Backend,
                how: How::Direct,
                method: &method,
                path,
                status,
                headers: &headers,
                body: &body,
            }
            .assert_valid();
        }
        Reply {
            status,
            headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        }
    }

    /// A request with the key, of the newest version.
    pub async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let mut request = self
            .request(method, path)
            .bearer_auth(SECRET_KEY)
            .header("clerk-api-version", "2026-05-12");
        if let Some(body) = body {
            request = request.json(&body);
        }
        self.send(request).await
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, Some(body)).await
    }

    /// A POST without a body.
    pub async fn act(&self, path: &str) -> Reply {
        self.call(Method::POST, path, None).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, None).await
    }

    /// A user with this address; the id.
    pub async fn user(&self, address: &str) -> String {
        let user = self
            .post("/users", json!({ "email_address": [address] }))
            .await
            .ok();
        user["id"].as_str().unwrap().to_owned()
    }

    /// An organization of this user's; the id.
    pub async fn organization(&self, name: &str, created_by: &str) -> String {
        let body = json!({ "name": name, "created_by": created_by });
        let organization = self.post("/organizations", body).await.ok();
        organization["id"].as_str().unwrap().to_owned()
    }

    /// Type and data of every event so far, in order.
    pub async fn said(&self) -> Vec<(String, Value)> {
        let rows = self.pool.query(&SAID, &[]).await.unwrap();
        let read = |row: &bailiwick_pg::Row| {
            let payload: Value = serde_json::from_str(row.get(1)).unwrap();
            (row.get(0), payload["data"].clone())
        };
        rows.iter().map(read).collect()
    }

    /// Types of the events since the first `skip`.
    pub async fn said_types(&self, skip: usize) -> Vec<String> {
        self.said()
            .await
            .into_iter()
            .skip(skip)
            .map(|(event, _)| event)
            .collect()
    }
}

/// The ids in a list, whether bare or a page.
pub fn ids(list: &Value) -> Vec<&str> {
    let rows = list["data"].as_array().or(list.as_array()).unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap()).collect()
}
