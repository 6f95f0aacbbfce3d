//! The server itself: state built from settings, two listeners, the worker, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use bailiwick_api as api;
use bailiwick_api::{AppState, Check, ConfigView, Environment, HttpSettings, Module, Rate};
use bailiwick_clerk::api::{ApiConfig, ClerkApi};
use bailiwick_clerk::session::{JwksSource, Verifier, VerifierConfig};
use bailiwick_clerk::webhook::Secret;
use bailiwick_kernel::Env;
use bailiwick_outside::storage::{ObjectStore, S3Config, S3Store, StorageError};
use bailiwick_services::{App, Parts, Settings as Rules};
use jiff::SignedDuration;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::database;
use crate::settings::{Settings, Storage};

/// Requests at work have so long to end when the server stops.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// The listeners, bound before anything else so that a taken port is the first thing one hears.
pub struct Listeners {
    /// People and the API.
    pub public: TcpListener,
    /// Operators.
    pub internal: TcpListener,
}

impl Listeners {
    /// Binds both.
    ///
    /// # Errors
    /// A port is taken; the text says which and how to choose another.
    pub async fn bind(public: SocketAddr, internal: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            public: bind(public, "--port").await?,
            internal: bind(internal, "--internal-port").await?,
        })
    }
}

async fn bind(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}: is another server there? Choose another with {flag}")
    })
}

/// A running server.
pub struct Server {
    /// The use cases, for those who run in the same process.
    pub app: App,
    /// Where people reach it.
    pub address: SocketAddr,
    /// Where operators reach it.
    pub internal_address: SocketAddr,
    readiness: api::Readiness,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Server {
    /// Builds the state and serves, with `modules` of a product's own. `beside` is mounted next to
    /// the API, at its own prefix.
    ///
    /// # Errors
    /// A setting that is unusable, no database, or a database in which isolation would not hold.
    pub async fn start(
        settings: &Settings,
        modules: &[Module],
        env: Env,
        listeners: Listeners,
        metrics: api::Metrics,
        beside: Option<(&str, Router)>,
    ) -> anyhow::Result<Self> {
        let (app, objects) = build(settings, modules, env).await?;
        check_uploads(objects.as_ref()).await?;
        let readiness = readiness(&app, Arc::clone(&objects));
        let state = AppState::new(
            app.clone(),
            webhook_secrets(settings)?,
            http(settings),
            page(settings, &app),
            readiness.clone(),
            metrics.clone(),
        )?;
        let mut public = api::router_with(state.clone(), modules)?;
        if let Some((prefix, router)) = beside {
            public = public.nest(prefix, router);
        }
        let internal = api::internal::router(state);
        let (address, internal_address) = (
            listeners.public.local_addr()?,
            listeners.internal.local_addr()?,
        );

        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(api::serve(
            listeners.public,
            public,
            stop.clone().cancelled_owned(),
        ));
        tasks.spawn(api::serve(
            listeners.internal,
            internal,
            stop.clone().cancelled_owned(),
        ));
        tasks.spawn(bailiwick_worker::run(app.clone(), stop.clone()));
        tasks.spawn(bailiwick_worker::seal(app.clone(), stop.clone()));
        tasks.spawn(until(stop.clone(), metrics.keep_up()));
        let (verifying, keeping) = (app.clone(), app.clone());
        let verify = async move { verifying.verify_in_background().await };
        tasks.spawn(until(stop.clone(), verify));
        let keep = async move { keeping.keep_in_step().await };
        tasks.spawn(until(stop.clone(), keep));
        // Through a pooler in transaction mode nothing would be heard.
        if app.store().can_listen() {
            let app = app.clone();
            let follow = async move { app.follow_changes().await };
            tasks.spawn(until(stop.clone(), follow));
        }
        let feeding = app.clone();
        let feed = async move { feeding.feed_events().await };
        tasks.spawn(until(stop.clone(), feed));
        Ok(Self {
            app,
            address,
            internal_address,
            readiness,
            stop,
            tasks,
        })
    }

    /// Stops taking requests and jobs, and waits for those at work, but not for ever.
    pub async fn stop(self) {
        self.readiness.drain();
        self.app.close_events();
        self.stop.cancel();
        self.tasks.close();
        if tokio::time::timeout(DRAIN_MAX, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("requests were still at work when the server stopped");
        }
    }
}

async fn until(stop: CancellationToken, work: impl Future<Output = ()>) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = work => {}
    }
}

pub(crate) async fn build(
    settings: &Settings,
    modules: &[Module],
    env: Env,
) -> anyhow::Result<(App, Arc<dyn ObjectStore>)> {
    let (store, owner) = database::open(settings, modules).await?;
    let retention = database::retention(&settings.database).await?;
    let clerk = &settings.clerk;
    let jwks = JwksSource::Url {
        url: clerk.jwks_url.clone(),
        bearer: None,
    };
    let verifier = VerifierConfig::new(&clerk.issuer, jwks, env.clone())
        .authorized_parties(clerk.authorized_parties.iter().cloned());
    let api = ApiConfig::new(&clerk.api_url, clerk.secret_key.clone(), env.clone());
    let objects: Arc<dyn ObjectStore> = Arc::new(object_store(&settings.storage, &env)?);
    let app = App::new(Parts {
        env,
        store,
        owner,
        retention,
        pack: Arc::new(
            crate::policy::load(&settings.rules.policy_pack, modules).context("POLICY_PACK")?,
        ),
        verifier: Verifier::new(verifier)?,
        clerk: ClerkApi::new(api)?,
        objects: Arc::clone(&objects),
        settings: Rules {
            upload_bytes_max: settings.rules.upload_bytes_max,
            jit_users: settings.rules.jit_users,
            sync: settings.rules.sync.clone(),
            moves: settings.rules.moves.clone(),
            provider_roles: if settings.rules.provider_roles.is_empty() {
                Rules::default().provider_roles
            } else {
                settings.rules.provider_roles.clone()
            },
            org_creation: settings.rules.org_creation,
            single_org_membership: settings.rules.single_org_membership,
            invitations_per_hour: settings.rules.invitations_per_hour,
            plan_grace: SignedDuration::from_hours(24 * i64::from(settings.rules.plan_grace_days)),
            invitation_url: Some(format!("{}/invitation", settings.app_url)),
            org_types: settings.rules.org_types.clone(),
            metadata_keys: settings.rules.org_metadata_keys.clone(),
            flags: settings.rules.feature_flags.clone(),
            tenant_retention: SignedDuration::from_hours(
                24 * i64::from(settings.rules.tenant_retention_days),
            ),
            ..Rules::default()
        },
    });
    Ok((app, objects))
}

/// The object store that the settings name. Sends nothing.
///
/// # Errors
/// A setting that is unusable.
pub fn object_store(storage: &Storage, env: &Env) -> anyhow::Result<S3Store> {
    Ok(S3Store::new(S3Config {
        endpoint: storage.endpoint.clone(),
        public_endpoint: storage.public_endpoint.clone(),
        region: storage.region.clone(),
        bucket: storage.bucket.clone(),
        path_style: storage.path_style,
        access_key: storage.access_key.clone(),
        secret_key: storage.secret_key.clone(),
        session_token: None,
        env: env.clone(),
        timeout: Duration::from_secs(10),
    })?)
}

/// Refuses a store in which an upload URL could replace a document. One that does not answer yet is
/// the readiness check's business.
async fn check_uploads(objects: &dyn ObjectStore) -> anyhow::Result<()> {
    match objects.check_conditions().await {
        Ok(()) => Ok(()),
        Err(error @ StorageError::ConditionIgnored) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "the object store could not be tried out");
            Ok(())
        }
    }
}

fn webhook_secrets(settings: &Settings) -> anyhow::Result<Vec<Secret>> {
    let secrets = settings.clerk.webhook_secrets.iter();
    let parsed = secrets.map(|secret| Secret::parse(secret.expose_secret()));
    parsed
        .collect::<Result<_, _>>()
        .context("CLERK_WEBHOOK_SIGNING_SECRET")
}

fn http(settings: &Settings) -> HttpSettings {
    HttpSettings {
        https: settings.app_url.starts_with("https:"),
        trusted_proxies: settings.trusted_proxies,
        rate_per_address: Rate::of(settings.rates.per_address),
        rate_per_user: Rate::of(settings.rates.per_user),
        page_sources: crate::sources::of(settings),
        internal_keys: settings.internal_keys.clone(),
        ..HttpSettings::default()
    }
}

fn page(settings: &Settings, app: &App) -> ConfigView {
    let development = settings.development.as_ref();
    ConfigView {
        publishable_key: settings.clerk.publishable_key.clone(),
        proxy_url: settings.clerk.proxy_path.clone(),
        sign_in_url: "/sign-in".to_owned(),
        sign_up_url: "/sign-up".to_owned(),
        mailbox_url: development.map(|d| d.mailbox_url.clone()),
        environment: match development {
            Some(_) => Environment::Development,
            None => Environment::Production,
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        max_upload_bytes: app.settings().upload_bytes_max,
        allowed_content_types: app.settings().content_types.clone(),
    }
}

fn readiness(app: &App, objects: Arc<dyn ObjectStore>) -> api::Readiness {
    api::Readiness::new(vec![
        Arc::new(Database(app.clone())),
        Arc::new(Keys(app.clone())),
        Arc::new(Objects(objects)),
    ])
}

type CheckFuture<'a> = std::pin::Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// The database answers and is at our version.
struct Database(App);

impl Check for Database {
    fn name(&self) -> &'static str {
        "database"
    }

    fn check(&self) -> CheckFuture<'_> {
        Box::pin(async {
            let findings = self.0.store().behind().await.map_err(|e| e.to_string())?;
            findings.first().map_or(Ok(()), |f| Err(f.problem.clone()))
        })
    }
}

/// There are keys to verify sessions with.
struct Keys(App);

impl Check for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn check(&self) -> CheckFuture<'_> {
        Box::pin(async { self.0.verifier().ready().await.map_err(|e| e.to_string()) })
    }
}

/// The bucket can be reached.
struct Objects(Arc<dyn ObjectStore>);

impl Check for Objects {
    fn name(&self) -> &'static str {
        "objects"
    }

    fn check(&self) -> CheckFuture<'_> {
        Box::pin(async { self.0.check().await.map_err(|e| e.to_string()) })
    }
}
