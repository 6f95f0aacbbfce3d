//! The identity provider's Backend API as far as the product asks it: a stub at the outermost
//! edge, on loopback, that a test can make fail.

mod actors;
mod lists;
mod writes;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use bailiwick_kernel::Env;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::embedded;
use crate::fixtures::text;

/// The secret key that the stub wants to see.
pub(crate) const SECRET_KEY: &str = "sk_test_of_the_test_kit";

/// What the stub knows, and how it behaves.
#[derive(Clone, Default)]
pub struct Provider(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    users: BTreeMap<String, Value>,
    organizations: BTreeMap<String, Value>,
    memberships: BTreeMap<String, Value>,
    invitations: BTreeMap<String, Value>,
    actor_tokens: BTreeMap<String, Value>,
    sessions: BTreeMap<String, Value>,
    failing: Option<u16>,
    /// Every so-manyth call is one too many.
    throttled: Option<usize>,
    answered: usize,
    losing: Option<u16>,
    stopping: Option<(Moment, Arc<Notify>)>,
    calls: Vec<String>,
    events: Vec<Value>,
    env: Option<Env>,
    last_ms: i64,
    real: Option<String>,
}

/// When a write is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// It has arrived and nothing has been done.
    Before,
    /// It has been done and not been answered.
    After,
}

impl Provider {
    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that tells the time by `env`.
    pub(crate) fn of(env: &Env) -> Self {
        let known = Known {
            env: Some(env.clone()),
            ..Known::default()
        };
        Self(Arc::new(Mutex::new(known)))
    }

    /// From now on is the door to another provider, which has its own data.
    pub(crate) fn hand_on_to(&self, base: &str) {
        self.known().real = Some(base.to_owned());
    }

    /// Knows this user, organization or membership from now on, by its `object`.
    pub fn know(&self, resource: &Value) {
        let mut known = self.known();
        let id = text(resource, "id");
        let kind = text(resource, "object");
        let at = resource["updated_at"].as_i64().unwrap_or_default();
        known.last_ms = known.last_ms.max(at);
        let map = match kind.as_str() {
            "user" => &mut known.users,
            "organization" => &mut known.organizations,
            "organization_membership" => &mut known.memberships,
            other => panic!("the stub knows no {other}"),
        };
        map.insert(id, resource.clone());
    }

    /// Knows the resource of this id no more.
    pub fn forget(&self, id: &str) {
        let mut known = self.known();
        known.users.remove(id);
        known.organizations.remove(id);
        known.memberships.remove(id);
        known.invitations.remove(id);
    }

    /// From now on answers everything with this status and asks for patience, so that no client
    /// waits for a repetition.
    pub fn fail_with(&self, status: u16) {
        self.known().failing = Some(status);
    }

    /// From now on refuses every `n`th call as one too many, with the wish to come again at once.
    pub fn throttle(&self, n: usize) {
        self.known().throttled = Some(n);
    }

    /// From now on does what it is told to, and answers with this status as if it had not.
    pub fn lose_answers(&self, status: u16) {
        self.known().losing = Some(status);
    }

    /// The next write stops at this moment and is never answered. What is returned tells when it
    /// has come there.
    pub fn stop_at(&self, moment: Moment) -> Arc<Notify> {
        let reached = Arc::new(Notify::new());
        self.known().stopping = Some((moment, Arc::clone(&reached)));
        reached
    }

    /// Answers again.
    pub fn recover(&self) {
        let mut known = self.known();
        known.failing = None;
        known.throttled = None;
        known.losing = None;
        known.stopping = None;
    }

    /// What it has to say since the last time, in the order in which it happened.
    #[must_use]
    pub fn take_events(&self) -> Vec<Value> {
        std::mem::take(&mut self.known().events)
    }

    /// What has been asked since the last time: `GET /v1/users/user_1`.
    #[must_use]
    pub fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut self.known().calls)
    }

    /// The secret key that it wants to see.
    pub const SECRET_KEY: &str = SECRET_KEY;

    /// Serves on a free port of loopback; answers the base URL.
    pub async fn serve(&self) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new()
            .route("/v1/users", get(lists::users))
            .route("/v1/users/{id}", get(find_user))
            .route(
                "/v1/users/{id}/organization_memberships",
                get(memberships_of_user),
            )
            .route(
                "/v1/organizations",
                axum::routing::post(writes::create_organization).get(lists::organizations),
            )
            .route("/v1/organization_memberships", get(lists::memberships))
            .route("/v1/organization_invitations", get(lists::invitations))
            .route(
                "/v1/organizations/{id}",
                get(find_organization)
                    .patch(writes::update_organization)
                    .delete(writes::delete_organization),
            )
            .route(
                "/v1/organizations/{id}/memberships",
                get(lists::memberships_of_organization),
            )
            .route(
                "/v1/organizations/{id}/memberships/{user}",
                axum::routing::patch(writes::update_membership).delete(writes::delete_membership),
            )
            .route(
                "/v1/organizations/{id}/invitations",
                get(writes::list_invitations).post(writes::invite),
            )
            .route(
                "/v1/organizations/{id}/invitations/{invitation}",
                get(find_invitation),
            )
            .route(
                "/v1/organizations/{id}/invitations/{invitation}/revoke",
                axum::routing::post(writes::revoke_invitation),
            )
            .route("/v1/actor_tokens", axum::routing::post(actors::create))
            .route(
                "/v1/actor_tokens/{id}/revoke",
                axum::routing::post(actors::revoke),
            )
            .route("/v1/sessions", get(actors::list_sessions))
            .route(
                "/v1/sessions/{id}/revoke",
                axum::routing::post(actors::revoke_session),
            )
            .layer(axum::middleware::from_fn_with_state(self.clone(), behave))
            .with_state(self.clone());
        // Ends with the test's runtime.
        tokio::spawn(axum::serve(listener, router).into_future());
        format!("http://{address}")
    }
}

async fn behave(
    State(provider): State<Provider>,
    request: axum::extract::Request,
    next: axum::middleware::Next,
) -> Response {
    let call = format!("{} {}", request.method(), request.uri().path());
    let (failing, is_one_too_many) = {
        let mut known = provider.known();
        known.calls.push(call);
        known.answered += 1;
        let is_one_too_many = known.throttled.is_some_and(|n| known.answered % n == 0);
        (known.failing, is_one_too_many)
    };
    if is_one_too_many {
        let wish = [(header::RETRY_AFTER, "0")];
        return (StatusCode::TOO_MANY_REQUESTS, wish, "{}").into_response();
    }
    if let Some(status) = failing {
        let status = StatusCode::from_u16(status).unwrap();
        return (status, [(header::RETRY_AFTER, "3600")], "{}").into_response();
    }
    if !is_ours(request.headers()) {
        return refusal(StatusCode::UNAUTHORIZED, "authentication_invalid");
    }
    let is_write = request.method() != axum::http::Method::GET;
    let real = provider.known().real.clone();
    let answer = async |request| match &real {
        Some(base) => embedded::hand_on(base, request).await,
        None => next.run(request).await,
    };
    if !is_write {
        return answer(request).await;
    }
    stop(&provider, Moment::Before).await;
    let answer = answer(request).await;
    stop(&provider, Moment::After).await;
    let losing = provider.known().losing;
    match losing {
        Some(status) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [(header::RETRY_AFTER, "3600")], "{}").into_response()
        }
        None => answer,
    }
}

/// Goes no further where a test wants it so.
async fn stop(provider: &Provider, moment: Moment) {
    let reached = {
        let mut known = provider.known();
        match &known.stopping {
            Some((wanted, _)) if *wanted == moment => known.stopping.take(),
            _ => None,
        }
    };
    if let Some((_, reached)) = reached {
        reached.notify_one();
        std::future::pending().await
    }
}

fn is_ours(headers: &HeaderMap) -> bool {
    let expected = format!("Bearer {SECRET_KEY}");
    headers
        .get(header::AUTHORIZATION)
        .is_some_and(|value| value == expected.as_str())
}

pub(super) fn refusal(status: StatusCode, code: &str) -> Response {
    let body = json!({"errors": [{"code": code, "message": code}]});
    (status, axum::Json(body)).into_response()
}

pub(super) fn found(value: Option<&Value>) -> Response {
    match value {
        Some(value) => axum::Json(value.clone()).into_response(),
        None => refusal(StatusCode::NOT_FOUND, "resource_not_found"),
    }
}

pub(super) fn list(rows: Vec<Value>) -> Response {
    axum::Json(json!({"total_count": rows.len(), "data": rows})).into_response()
}

async fn find_user(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    found(provider.known().users.get(&id))
}

async fn find_organization(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    found(provider.known().organizations.get(&id))
}

async fn find_invitation(
    State(provider): State<Provider>,
    Path((_, id)): Path<(String, String)>,
) -> Response {
    found(provider.known().invitations.get(&id))
}

async fn memberships_of_user(State(provider): State<Provider>, Path(id): Path<String>) -> Response {
    let known = provider.known();
    if !known.users.contains_key(&id) {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    }
    let theirs = known.memberships.values();
    list(
        theirs
            .filter(|m| m["public_user_data"]["user_id"] == id)
            .cloned()
            .collect(),
    )
}
