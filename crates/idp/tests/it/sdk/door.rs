//! A door through which scripts see behind the provider, and turn what no API turns.

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret, ensure_endpoints};
use bailiwick_kernel::Env;
use bailiwick_pg::Pool;
use serde_json::{Map, Value, json};

use super::seen::Seen;
use crate::frontend::world::Outbox;
use crate::support::receiver::{Received, Receiver};

/// What scripts may see.
#[derive(Clone)]
pub struct Behind {
    pub seen: Arc<Seen>,
    pub outbox: Arc<Outbox>,
    pub receiver: Arc<Receiver>,
    pub pool: Pool,
}

pub fn router(behind: Behind) -> Router {
    Router::new()
        .route("/findings", get(findings))
        .route("/mails", get(mails))
        .route("/webhooks", get(webhooks))
        .route("/rotate", post(rotate))
        .route("/offered", post(offered))
        .route("/verified", post(verified))
        .with_state(behind)
}

/// What was answered not as documented since the last question.
async fn findings(State(behind): State<Behind>) -> Json<Vec<String>> {
    Json(behind.seen.take_findings())
}

async fn mails(State(behind): State<Behind>) -> Json<Vec<Value>> {
    let mails = behind.outbox.all();
    let show = |mail: &bailiwick_idp::Mail| json!({ "to": mail.to, "subject": mail.subject, "text": mail.text });
    Json(mails.iter().map(show).collect())
}

/// Every webhook so far, byte for byte.
async fn webhooks(State(behind): State<Behind>) -> Json<Vec<Value>> {
    let show = |one: &Received| {
        let value = |value: &http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers: Map<String, Value> = one
            .headers
            .iter()
            .map(|(name, text)| (name.to_string(), value(text).into()))
            .collect();
        json!({ "headers": headers, "body": String::from_utf8(one.body.to_vec()).unwrap() })
    };
    Json(behind.receiver.received().iter().map(show).collect())
}

/// Gives the receiver a new secret, as a changed configuration does: the old one goes on signing
/// beside it.
async fn rotate(State(behind): State<Behind>) -> Json<Value> {
    let secret = SigningSecret::generate(&Env::system()).unwrap();
    let told = json!({ "secret": secret.expose() });
    let endpoint = EndpointConfig {
        key: super::stage::ENDPOINT.to_owned(),
        url: behind.receiver.url.clone(),
        secret,
    };
    ensure_endpoints(&behind.pool, &Env::system(), &[endpoint])
        .await
        .unwrap();
    Json(told)
}

/// The operations that the installed SDK has methods for.
async fn offered(State(behind): State<Behind>, Json(operations): Json<Vec<String>>) {
    behind.seen.offers(operations);
}

/// The ids of webhooks that all libraries of the script's language verified.
async fn verified(State(behind): State<Behind>, Json(ids): Json<Vec<String>>) {
    for webhook in behind.receiver.received() {
        if ids.iter().any(|id| id == webhook.header("svix-id")) {
            behind.seen.verified(&webhook);
        }
    }
}
