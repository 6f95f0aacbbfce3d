//! One line per request, with the names that every log line has.

use std::io::Write;
use std::sync::{Arc, Mutex};

use axum::middleware;
use axum::routing::get as on_get;
use bailiwick_api::{ApiResult, HttpSettings, request};
use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{OrgId, UserId};
use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

use super::app::{get, state};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

const ID: &str = "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";

async fn good() {
    request::note_user(ID.parse::<UserId>().unwrap());
    request::note_tenant(ID.parse::<OrgId>().unwrap(), "tenant_shared");
}

async fn broken() -> ApiResult<()> {
    Err(Problem::internal(std::io::Error::other("the disk is full")).into())
}

#[tokio::test]
async fn the_line_says_who_where_and_how_it_went() {
    let state = state(HttpSettings::default(), Vec::new()).await;
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let app = axum::Router::new()
        .route("/good/{id}", on_get(good))
        .route("/broken", on_get(broken))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            request::layer,
        ))
        .with_state(state);
    let answer = get(&app, "/good/secret-7?token=secret", &[]).await;
    get(&app, "/broken", &[]).await;
    drop(guard);

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(!text.contains("secret"), "{text}");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let [good, broken] = lines.as_slice() else {
        panic!("{text}")
    };
    assert_eq!(good["level"], "INFO");
    assert_eq!(good["fields"]["status"], 200);
    assert!(good["fields"]["durationMs"].as_f64().unwrap() >= 0.0);
    assert_eq!(good["span"]["requestId"], answer.header("x-request-id"));
    assert_eq!(good["span"]["route"], "/good/{id}");
    for name in ["userId", "tenantId"] {
        assert_eq!(good["span"][name], ID);
    }
    assert_eq!(good["span"]["tenantSchema"], "tenant_shared");
    assert_eq!(broken["level"], "ERROR");
    assert_eq!(broken["fields"]["code"], "INTERNAL");
    assert_eq!(broken["fields"]["cause"], "the disk is full");
}
