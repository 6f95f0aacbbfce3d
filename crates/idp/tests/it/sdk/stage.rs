//! A whole provider on ports of its own.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Router;
use bailiwick_idp::local_provider::LocalProvider;
use bailiwick_idp::settings::billing::{PayerType, Plan};
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret};
use bailiwick_idp::{Idp, IdpConfig, RateLimits};
use bailiwick_kernel::Env;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use super::client::Sdk;
use super::door::{self, Behind};
use super::seen::{Seen, not_offered};
use crate::conformance::Api;
use crate::conformance::events::Watch;
use crate::conformance::layer::checked;
use crate::frontend::world::Outbox;
use crate::support::postgres::database;
use crate::support::receiver::Receiver;

const SECRET_KEY: &str = "sk_live_0123456789abcdefghijklmnop";
const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The receiver's name in the configuration.
pub const ENDPOINT: &str = "main";

/// What runs while a script does.
pub struct Stage {
    /// What a script has to know.
    pub variables: Vec<(&'static str, String)>,
    /// What is seen of it.
    pub seen: Arc<Seen>,
    tasks: Vec<JoinHandle<()>>,
    _events: Watch,
}

impl Stage {
    pub async fn start(sdk: Sdk) -> Self {
        let pool = database().await;
        let receiver = Arc::new(Receiver::start().await);
        let (frontend, home) = listen().await;
        let (social, social_url) = listen().await;
        let people = LocalProvider::start(
            Env::system(),
            &social_url,
            vec![format!("{home}/__clerk/v1/oauth_callback")],
            Vec::new(),
        )
        .await
        .unwrap();
        let config = configured(&home, &people, &receiver.url);
        let publishable_key = config.publishable_key.clone();
        let outbox = Arc::new(Outbox::default());
        let idp = Idp::new(config, pool.clone(), Env::system(), outbox.clone())
            .await
            .unwrap();
        let seen = Arc::new(Seen::by(sdk));
        let browsers = Router::new().nest("/__clerk", idp.frontend_router());
        let browsers = checked(browsers, Api::Frontend, "/__clerk", Arc::clone(&seen));
        let servers = checked(idp.backend_router(), Api::Backend, "/v1", Arc::clone(&seen));
        let door = door::router(Behind {
            seen: Arc::clone(&seen),
            outbox,
            receiver,
            pool: pool.clone(),
        });
        let sender = idp.sender().unwrap();
        let (backend, backend_url) = listen().await;
        let (behind, door_url) = listen().await;
        let tasks = vec![
            serve(frontend, browsers),
            serve(social, people.router()),
            serve(backend, servers),
            serve(behind, door),
            tokio::spawn(sender.run(std::future::pending())),
        ];
        let variables = vec![
            ("BACKEND_URL", backend_url),
            ("FRONTEND_URL", format!("{home}/__clerk")),
            ("HOME_URL", home),
            ("DOOR_URL", door_url),
            ("SECRET_KEY", SECRET_KEY.to_owned()),
            ("PUBLISHABLE_KEY", publishable_key),
            ("WEBHOOK_SECRET", WEBHOOK_SECRET.to_owned()),
            ("NOT_OFFERED", left_out()),
            // Whatever honours proxies finds none behind this port.
            ("HTTP_PROXY", "http://127.0.0.1:9".to_owned()),
            ("HTTPS_PROXY", "http://127.0.0.1:9".to_owned()),
            ("NO_PROXY", "127.0.0.1,localhost".to_owned()),
        ];
        Self {
            variables,
            seen,
            tasks,
            _events: Watch::of(&pool).await,
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Everything switched on that the SDKs have methods for.
fn configured(home: &str, people: &LocalProvider, receiver: &Url) -> IdpConfig {
    let mut config = IdpConfig::new("Bailiwick", home, SECRET_KEY.into());
    config.test_codes = true;
    config.console_url = Some(format!("{home}/console"));
    config.client_secrets = people.client_secrets();
    let settings = &mut config.settings;
    settings.social.providers = people.settings();
    settings.factors.totp = true;
    settings.factors.backup_codes = true;
    settings.billing.users = true;
    settings.billing.plans[1].free_trial_days = Some(14);
    let plan = |slug: &str, payer, amount| Plan {
        slug: slug.to_owned(),
        payer,
        monthly_amount: Some(amount),
        annual_amount: None,
        free_trial_days: None,
        default: amount == 0,
        ..settings.billing.plans[1].clone()
    };
    let plans = [
        plan("team", PayerType::Org, 1900),
        plan("basic", PayerType::User, 0),
    ];
    settings.billing.plans.extend(plans);
    let many = NonZeroU32::new(100_000).unwrap();
    config.rate_limits = RateLimits {
        attempts_per_minute: many,
        mails_per_ten_minutes: many,
    };
    config.webhooks = vec![EndpointConfig {
        key: ENDPOINT.to_owned(),
        url: receiver.clone(),
        secret: SigningSecret::parse(WEBHOOK_SECRET).unwrap(),
    }];
    config
}

/// A port of its own, and its URL.
async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn serve(listener: TcpListener, router: Router) -> JoinHandle<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() })
}

/// Operations that are not offered: scripts leave them out.
fn left_out() -> String {
    let all: Vec<String> = not_offered("bapi").into_iter().collect();
    all.join(",")
}
