//! The embedded identity provider beside the server.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use bailiwick_embedded::mailbox::{Mailbox, Message, MessageKind};
use bailiwick_idp::webhooks::{EndpointConfig, SigningSecret};
use bailiwick_idp::{Idp, IdpConfig, Mail, MailError, Mailer};
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::secrets::Secrets;

/// Where the Frontend API is mounted on the page's own origin.
pub const PREFIX: &str = "/__clerk";
/// The issuer of the tokens, whatever the ports.
pub const ISSUER: &str = "http://clerk.bailiwick.localhost";

/// How often what is over is removed.
const SWEEP_EVERY: Duration = Duration::from_secs(600);

/// The key that names the instance to the SDKs.
pub fn publishable_key() -> String {
    bailiwick_idp::publishable_key("clerk.bailiwick.localhost")
}

/// A running identity provider.
pub struct Provider {
    idp: Idp,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Provider {
    /// What browsers talk to, to be mounted at [`PREFIX`].
    pub fn frontend_router(&self) -> Router {
        self.idp.frontend_router()
    }

    /// Stops answering and sending; what is unsent is sent after the next start.
    pub async fn stop(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

/// Starts the provider: its schema, its Backend API on `listener`, and the sender of its webhooks.
pub async fn start(
    secrets: &Secrets,
    database_url: &str,
    env: Env,
    app_url: &str,
    mailbox: Mailbox,
    listener: TcpListener,
) -> anyhow::Result<Provider> {
    let pool = Pool::connect(PoolConfig::new(database_url).max_size(8)).await?;
    bailiwick_idp::migrate(&pool)
        .await
        .context("migrating the identity provider")?;
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
    let idp = Idp::new(config, pool, env, Arc::new(ToMailbox(mailbox))).await?;

    let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
    let serving = axum::serve(listener, idp.backend_router().into_make_service())
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    tasks.spawn(async move {
        if let Err(error) = serving.await {
            tracing::error!(%error, "the identity provider's listener ended");
        }
    });
    tasks.spawn(idp.sender()?.run(stop.clone().cancelled_owned()));
    tasks.spawn(sweep(idp.clone(), stop.clone()));
    Ok(Provider { idp, stop, tasks })
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

/// Mail goes into the mailbox, which is durable before it answers.
struct ToMailbox(Mailbox);

impl Mailer for ToMailbox {
    fn deliver(&self, mail: Mail) -> bailiwick_idp::mail::Delivery<'_> {
        Box::pin(async move {
            let message = Message {
                kind: MessageKind::Email,
                to: mail.to,
                from: None,
                subject: Some(mail.subject),
                text: mail.text,
                html: Some(mail.html),
            };
            self.0
                .deliver(message)
                .await
                .map(drop)
                .map_err(|e| MailError(e.to_string()))
        })
    }
}
