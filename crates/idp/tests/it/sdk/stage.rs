//! A whole provider on ports of its own, and a door through which scripts see behind it.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use bailiwick_idp::settings::billing::PayerType;
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret};
use bailiwick_idp::{Idp, IdpConfig, RateLimits};
use bailiwick_kernel::Env;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::conformance::Api;
use crate::conformance::events::Watch;
use crate::conformance::layer::{Findings, checked};
use crate::frontend::world::Outbox;
use crate::support::postgres::database;
use crate::support::receiver::Receiver;

const SECRET_KEY: &str = "sk_live_0123456789abcdefghijklmnop";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What runs while a script does.
pub struct Stage {
    variables: Vec<(&'static str, String)>,
    tasks: Vec<JoinHandle<()>>,
    _events: Watch,
}

/// What scripts may see.
#[derive(Clone)]
struct Behind {
    findings: Findings,
    outbox: Arc<Outbox>,
    receiver: Arc<Receiver>,
}

impl Stage {
    pub async fn start() -> Self {
        let pool = database().await;
        let receiver = Receiver::start().await;
        let frontend = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let home = format!("http://{}", frontend.local_addr().unwrap());
        let mut config = IdpConfig::new("Bailiwick", &home, SECRET_KEY.into());
        config.test_codes = true;
        config.console_url = Some(format!("{home}/console"));
        config.settings.factors.totp = true;
        config.settings.factors.backup_codes = true;
        let billing = &mut config.settings.billing;
        billing.users = true;
        let mut free = billing.plans[0].clone();
        free.slug = "free".to_owned();
        free.payer = PayerType::User;
        billing.plans.push(free);
        let many = NonZeroU32::new(100_000).unwrap();
        config.rate_limits = RateLimits {
            attempts_per_minute: many,
            mails_per_ten_minutes: many,
        };
        config.webhooks = vec![EndpointConfig {
            key: "main".to_owned(),
            url: receiver.url.clone(),
            secret: SigningSecret::parse(WEBHOOK_SECRET).unwrap(),
        }];
        let publishable_key = config.publishable_key.clone();
        let outbox = Arc::new(Outbox::default());
        let idp = Idp::new(config, pool.clone(), Env::system(), outbox.clone())
            .await
            .unwrap();
        let behind = Behind {
            findings: Findings::default(),
            outbox,
            receiver: Arc::new(receiver),
        };
        let findings = || Arc::clone(&behind.findings);
        let browsers = Router::new().nest("/__clerk", idp.frontend_router());
        let browsers = checked(browsers, Api::Frontend, "/__clerk", findings());
        let servers = checked(idp.backend_router(), Api::Backend, "/v1", findings());
        let sender = idp.sender().unwrap();
        let (backend, backend_task) = serve(servers).await;
        let (door, door_task) = serve(door(behind)).await;
        let tasks = vec![
            serve_on(frontend, browsers),
            backend_task,
            door_task,
            tokio::spawn(sender.run(std::future::pending())),
        ];
        let variables = vec![
            ("BACKEND_URL", backend),
            ("FRONTEND_URL", format!("{home}/__clerk")),
            ("HOME_URL", home),
            ("DOOR_URL", door),
            ("SECRET_KEY", SECRET_KEY.to_owned()),
            ("PUBLISHABLE_KEY", publishable_key),
            ("WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
            ("NOT_OFFERED", not_offered()),
            // Whatever honours proxies finds none behind this port.
            ("HTTP_PROXY", "http://127.0.0.1:9".to_owned()),
            ("HTTPS_PROXY", "http://127.0.0.1:9".to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ];
        Self {
            variables,
            tasks,
            _events: Watch::of(&pool).await,
        }
    }

    /// What a script has to know.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        self.variables.clone()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

async fn serve(router: Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (url, serve_on(listener, router))
}

fn serve_on(listener: TcpListener, router: Router) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() })
}

/// Operations that are not offered: scripts leave them out. Those of the Frontend API are written
/// with its name.
fn not_offered() -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("compatibility/reasons.toml");
    let reasons: toml::Value = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let groups = reasons.get("no").and_then(toml::Value::as_array);
    let groups: Vec<&toml::Value> = groups.into_iter().flatten().collect();
    let ids = |interface: &str, mark: &str| {
        let lists = groups.iter().filter_map(|group| group.get(interface));
        let ids = lists.filter_map(toml::Value::as_array).flatten();
        ids.filter_map(toml::Value::as_str)
            .map(|id| format!("{mark}{id}"))
            .collect::<Vec<_>>()
    };
    let all = [ids("bapi", ""), ids("fapi", "fapi:")];
    all.concat().join(",")
}

fn door(behind: Behind) -> Router {
    Router::new()
        .route("/findings", get(findings))
        .route("/mails", get(mails))
        .route("/webhooks", get(webhooks))
        .with_state(behind)
}

/// What was answered not as documented since the last question.
async fn findings(State(behind): State<Behind>) -> Json<Vec<String>> {
    Json(std::mem::take(&mut *behind.findings.lock().unwrap()))
}

async fn mails(State(behind): State<Behind>) -> Json<Vec<Value>> {
    let mails = behind.outbox.all();
    let show = |mail: &bailiwick_idp::Mail| json!({ "to": mail.to, "subject": mail.subject, "text": mail.text });
    Json(mails.iter().map(show).collect())
}

/// Every webhook so far, byte for byte.
async fn webhooks(State(behind): State<Behind>) -> Json<Vec<Value>> {
    let received = behind.receiver.received();
    let show = |one: &crate::support::receiver::Received| {
        let headers: serde_json::Map<String, Value> = one
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().into()))
            .collect();
        json!({ "headers": headers, "body": String::from_utf8(one.body.to_vec()).unwrap() })
    };
    Json(received.iter().map(show).collect())
}
