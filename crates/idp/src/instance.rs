//! The provider itself: what all requests share.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use bailiwick_kernel::Env;
use bailiwick_pg::Pool;

use crate::config::IdpConfig;
use crate::console::{self, ConsoleConfig};
use crate::domain::role_settings;
use crate::error::{Error, Result};
use crate::keys::{self, Keys, Rotation};
use crate::limits::Limits;
use crate::mail::Mailer;
use crate::passwords::Passwords;
use crate::seal::Seal;
use crate::secrets::Codes;
use crate::settings::{Live, Settings};
use crate::webhooks::{self, Sender, SenderError, Wake};
use crate::{backend, domain, frontend, social, store};

/// One instance of the provider. Cheap to clone.
#[derive(Clone)]
pub struct Idp(Arc<Parts>);

struct Parts {
    config: IdpConfig,
    pool: Pool,
    env: Env,
    mailer: Arc<dyn Mailer>,
    settings: Live,
    keys: Keys,
    passwords: Passwords,
    codes: Codes,
    seal: Seal,
    providers: social::Client,
    limits: Limits,
    wake: Wake,
}

impl Idp {
    /// Starts an instance on a migrated database. The first start makes its id and keys; each start
    /// makes the receivers of webhooks those of the configuration.
    pub async fn new(
        config: IdpConfig,
        pool: Pool,
        env: Env,
        mailer: Arc<dyn Mailer>,
    ) -> Result<Self> {
        webhooks::ensure_endpoints(&pool, &env, &config.webhooks).await?;
        let idp = Self::open(config, pool, env, mailer).await?;
        let settings = idp.settings();
        role_settings::apply(idp.pool(), idp.env(), &settings.organizations).await?;
        domain::billing::sync(&idp).await?;
        Ok(idp)
    }

    /// As [`Idp::new`], without a look at the receivers of webhooks: for commands that work beside
    /// an instance, or instead of one.
    pub async fn open(
        config: IdpConfig,
        pool: Pool,
        env: Env,
        mailer: Arc<dyn Mailer>,
    ) -> Result<Self> {
        config.validate()?;
        let settings = Live::load(&pool, config.settings.clone()).await?;
        let keys = Keys::ensure(&pool, &env).await?;
        let passwords = Passwords::new(&env)?;
        let codes = Codes::new(&config.secret_key);
        let seal = Seal::new(&config.secret_key)?;
        let secrets = config.client_secrets.clone();
        let providers = social::Client::new(env.clone(), config.provider_timeout, secrets)
            .map_err(|error| Error::Internal(format!("the client of providers: {error}")))?;
        let limits = Limits::new(config.rate_limits, &env);
        let wake = Wake::default();
        Ok(Self(Arc::new(Parts {
            config,
            pool,
            env,
            mailer,
            settings,
            keys,
            passwords,
            codes,
            seal,
            providers,
            limits,
            wake,
        })))
    }

    /// The Frontend API, scripts and pictures included, to be nested at
    /// [`IdpConfig::proxy_prefix`] of the application's own origin.
    pub fn frontend_router(&self) -> Router {
        self.nudging(frontend::router(self.clone()))
    }

    /// The Backend API, under `/v1`, and the public key set, to be served on a listener of their
    /// own.
    pub fn backend_router(&self) -> Router {
        let router = backend::router(self.clone()).merge(frontend::key_set(self.clone()));
        self.nudging(router)
    }

    /// The console for developers, to be merged into the router of [`Idp::backend_router`]'s
    /// listener where only this machine can reach it.
    pub fn console_router(&self, config: ConsoleConfig) -> Router {
        self.nudging(console::router(self.clone(), config))
    }

    fn nudging(&self, router: Router) -> Router {
        let wake = self.wake().clone();
        router.layer(from_fn_with_state(wake, webhooks::nudge_after_writes))
    }

    /// What delivers this instance's webhooks once it runs. At least one must.
    pub fn sender(&self) -> Result<Sender, SenderError> {
        let idp = self.clone();
        Sender::new(
            self.pool().clone(),
            self.env().clone(),
            self.wake().clone(),
            move || idp.settings().operation.webhook_limits(),
        )
    }

    /// Takes up what other processes changed: signing keys, and settings by the Backend API. To be
    /// called every few seconds: a key must be known here well before it signs elsewhere.
    pub async fn refresh(&self) -> Result<()> {
        self.0.keys.reload(self.pool()).await?;
        self.0.settings.refresh(self.pool()).await
    }

    /// Replaces the signing key; the name of the new one. Repeated while the new key waits for its
    /// turn, it changes nothing.
    pub async fn rotate_keys(&self, rotation: Rotation) -> Result<String> {
        let mut tx = self.pool().begin().await?;
        let kid = keys::rotate(&mut tx, self.env(), rotation).await?;
        tx.commit().await?;
        self.0.keys.reload(self.pool()).await?;
        Ok(kid)
    }

    /// Does what time brings for who is billed: renewals, the ends of trials and periods, arrears.
    /// Bounded: at most `bites` payers, each in a transaction. To be called now and then.
    pub async fn renew(&self, bites: u32) -> Result<()> {
        for _ in 0..bites {
            if !domain::billing::renew(self).await? {
                break;
            }
            self.wake().nudge();
        }
        Ok(())
    }

    /// Renews what is due, and removes what is over: attempts, old sessions, forgotten browsers. Bounded: at most
    /// `bites` small transactions. To be called now and then; how many rows went.
    pub async fn sweep(&self, bites: u32) -> Result<u64> {
        self.renew(bites).await?;
        let mut removed = 0;
        for _ in 0..bites {
            let mut tx = self.pool().begin().await?;
            let now = store::now(self.env());
            let bite = store::sweep::bite(&mut tx, now).await?;
            let kept = self.settings().operation.signing_key_retention();
            let ended = now.saturating_sub(kept).unwrap_or(now);
            let bite = bite + store::keys::remove(&mut tx, ended).await?;
            tx.commit().await?;
            removed += bite;
            if bite == 0 {
                break;
            }
        }
        Ok(removed)
    }

    /// What can be changed while the instance runs, as it is now.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        self.0.settings.current()
    }

    /// Takes a newly read settings file; what the Backend API changed stays on top.
    pub async fn reload_settings(&self, file: Settings) -> Result<()> {
        role_settings::apply(self.pool(), self.env(), &file.organizations).await?;
        self.0.settings.reload(self.pool(), file).await?;
        domain::billing::sync(self).await
    }

    /// Changes a section of the settings for good: objects are merged, anything else replaces.
    pub async fn change_settings(&self, section: &str, patch: &serde_json::Value) -> Result<()> {
        let settings = &self.0.settings;
        settings
            .change(self.pool(), self.env(), section, patch)
            .await?;
        if section == "billing" {
            domain::billing::sync(self).await?;
        }
        Ok(())
    }

    /// Whether test addresses get the code that everybody knows.
    #[must_use]
    pub fn has_test_codes(&self) -> bool {
        let changed = self.settings().apis.instance.test_mode;
        changed.unwrap_or(self.config().test_codes)
    }

    /// What is decided at the start.
    #[must_use]
    pub fn config(&self) -> &IdpConfig {
        &self.0.config
    }

    /// The provider's own database.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.0.pool
    }

    /// Time and randomness.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.env
    }

    /// Signing keys and the instance's id.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Hashes and verifies passwords.
    #[must_use]
    pub fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }

    /// To be nudged after the commit of what emitted webhooks, so that they leave at once.
    #[must_use]
    pub fn wake(&self) -> &Wake {
        &self.0.wake
    }

    pub(crate) fn mailer(&self) -> &dyn Mailer {
        &*self.0.mailer
    }

    pub(crate) fn codes(&self) -> &Codes {
        &self.0.codes
    }

    /// Encrypts what must be read again.
    #[must_use]
    pub fn seal(&self) -> &Seal {
        &self.0.seal
    }

    pub(crate) fn providers(&self) -> &social::Client {
        &self.0.providers
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
}
