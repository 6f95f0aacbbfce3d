//! The embedded identity provider beside the server.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use bailiwick_embedded::mailbox::{Mailbox, Message, MessageKind};
use bailiwick_idp::console::access::start_link;
use bailiwick_idp::local_provider::{Face, LocalProvider};
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret, release_deliveries};
use bailiwick_idp::{ConsoleConfig, Idp, IdpConfig, Mail, MailError, MailKind, Mailer};
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::idp_settings::SettingsFile;
use super::secrets::Secrets;

/// Where the Frontend API is mounted on the page's own origin.
pub const PREFIX: &str = "/__clerk";
/// The issuer of the tokens, whatever the ports.
pub const ISSUER: &str = "http://clerk.bailiwick.localhost";

/// Where others are played on the provider's own port.
const OTHERS: &str = "/others";

/// How often what is over is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// The key that names the instance to the SDKs.
pub fn publishable_key() -> String {
    bailiwick_idp::publishable_key("clerk.bailiwick.localhost")
}

/// A running identity provider.
pub struct Provider {
    idp: Idp,
    console_link: String,
    stop: CancellationToken,
    tasks: TaskTracker,
    stop_sending: CancellationToken,
    sending: JoinHandle<()>,
}

impl Provider {
    /// What browsers talk to, to be mounted at [`PREFIX`].
    pub fn frontend_router(&self) -> Router {
        self.idp.frontend_router()
    }

    /// The way into the console, good until the next start.
    pub fn console_link(&self) -> &str {
        &self.console_link
    }

    /// Stops sending; what is unsent is sent after the next start. To be called while the
    /// receiver still answers, or the last messages count as refused and wait for minutes.
    pub async fn stop_sending(&mut self) {
        self.stop_sending.cancel();
        if let Err(error) = (&mut self.sending).await {
            tracing::error!(%error, "the sender of webhooks ended");
        }
    }

    /// Stops answering.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// What a provider is told beside its settings file, for the server and for commands alike.
///
/// # Errors
/// A stored secret that is none.
pub fn config(secrets: &Secrets, app_url: &str) -> anyhow::Result<IdpConfig> {
    let mut config = IdpConfig::new(
        "Bailiwick",
        app_url,
        secrets.clerk_secret_key.clone().into(),
    );
    config.test_codes = true;
    config.webhooks = vec![EndpointConfig {
        key: "product".to_owned(),
        url: format!("{app_url}/api/webhooks/clerk")
            .replace("localhost", "127.0.0.1")
            .parse()?,
        secret: SigningSecret::parse(&secrets.webhook_secret)?,
    }];
    Ok(config)
}

/// A pool on the provider's database, whose schema is of this version.
///
/// # Errors
/// The database's.
pub async fn pool(database_url: &str, size: usize) -> anyhow::Result<Pool> {
    let pool = Pool::connect(PoolConfig::new(database_url).max_size(size)).await?;
    bailiwick_idp::migrate(&pool)
        .await
        .context("migrating the identity provider")?;
    Ok(pool)
}

/// Where a provider is found.
pub struct Place<'a> {
    /// The application's origin.
    pub app_url: &'a str,
    /// The provider's database.
    pub database_url: &'a str,
    /// Of the Backend API and the console.
    pub listener: TcpListener,
    /// Whom one can be at Google, Microsoft and GitHub, as they are played here.
    pub faces: Vec<Face>,
}

/// Google, Microsoft and GitHub, played on the provider's own port.
async fn others(
    url: &str,
    app_url: &str,
    faces: Vec<Face>,
    env: Env,
) -> anyhow::Result<LocalProvider> {
    let callback = format!("{app_url}{PREFIX}/v1/oauth_callback");
    let base = format!("{url}{OTHERS}");
    let started = LocalProvider::start(env, &base, vec![callback], faces).await;
    started.context("starting the local Google, Microsoft and GitHub")
}

/// Starts the provider: its Backend API and its console on one listener, and the sender of its
/// webhooks.
pub async fn start(
    secrets: &Secrets,
    place: Place<'_>,
    env: Env,
    mail: (Mailbox, String),
    mut settings: SettingsFile,
) -> anyhow::Result<Provider> {
    let (mailbox, mailbox_url) = mail;
    let pool = pool(place.database_url, 8).await?;
    let mut config = config(secrets, place.app_url)?;
    let console_url = format!("http://localhost:{}", place.listener.local_addr()?.port());
    let others = others(&console_url, place.app_url, place.faces, env.clone()).await?;
    config.client_secrets = others.client_secrets();
    settings.offer(others.settings());
    config.settings = settings.read()?;
    config.console_url = Some(console_url.clone());
    let idp = Idp::new(config, pool, env, Arc::new(ToMailbox(mailbox))).await?;

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let ended = stop.clone().cancelled_owned();
    let console = idp.console_router(ConsoleConfig {
        mailbox_url: Some(mailbox_url),
    });
    let router = idp
        .backend_router()
        .merge(console)
        .nest(OTHERS, others.router());
    tasks.spawn(bailiwick_api::serve(place.listener, router, ended));
    let console_link = format!("{console_url}{}", start_link(&idp).await?);
    // The data directory is ours alone: whoever held a message there is dead.
    release_deliveries(idp.pool(), idp.env()).await?;
    let stop_sending = CancellationToken::new();
    let sending = tokio::spawn(idp.sender()?.run(stop_sending.clone().cancelled_owned()));
    tasks.spawn(sweep(idp.clone(), stop.clone()));
    tasks.spawn(settings.follow(idp.clone(), stop.clone()));
    Ok(Provider {
        idp,
        console_link,
        stop,
        tasks,
        stop_sending,
        sending,
    })
}

async fn sweep(idp: Idp, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(SWEEP_EVERY) => {}
        }
        if let Err(error) = idp.sweep(100).await {
            tracing::warn!(%error, "the identity provider could not be swept");
        }
    }
}

/// Mail and text messages go into the mailbox, which is durable before it answers.
struct ToMailbox(Mailbox);

impl Mailer for ToMailbox {
    fn deliver(&self, mail: Mail) -> bailiwick_idp::mail::Delivery<'_> {
        Box::pin(async move {
            let is_email = mail.kind == MailKind::Email;
            let message = Message {
                kind: if is_email {
                    MessageKind::Email
                } else {
                    MessageKind::Sms
                },
                to: mail.to,
                from: None,
                subject: is_email.then_some(mail.subject),
                text: mail.text,
                html: is_email.then_some(mail.html),
            };
            self.0
                .deliver(message)
                .await
                .map(drop)
                .map_err(|e| MailError(e.to_string()))
        })
    }
}
