//! How a server under test differs from the usual one.

use std::sync::Arc;
use std::time::Duration;

use bailiwick_api::{Check, ConfigView, Environment, HttpSettings, Module};
use bailiwick_clerk::api::{ApiConfig, ClerkApi};
use bailiwick_clerk::session::{JwksSource, Verifier, VerifierConfig};
use bailiwick_embedded::s3::{ObjectStore as EmbeddedStore, ObjectStoreConfig};
use bailiwick_kernel::policy::{self, Pack};
use bailiwick_kernel::{Env, ManualClock, SystemRandom};
use bailiwick_outside::storage::{MemoryStore, ObjectStore, S3Config, S3Store};
use bailiwick_pg::Pool;
use bailiwick_services::{App, Parts, Settings};
use bailiwick_store::Store;
use bailiwick_store::audit::Keys;
use jiff::Timestamp;

use crate::provider::SECRET_KEY;
use crate::{ISSUER, Issuer, Pooler, TestApp, database, detached_pool};

/// When tests take place, unless they say otherwise: 2026-01-01T00:00:00Z.
const BEGINNING_MS: i64 = 1_767_225_600_000;
pub(crate) const BUCKET: &str = "documents";
pub(crate) const REGION: &str = "us-east-1";
/// Who the embedded store knows, and by which secret.
pub(crate) const ACCESS: (&str, &str) = ("key", "secret");
/// The key that facts are sealed with, as `AUDIT_KEYS` has it.
pub(crate) const AUDIT_KEY: &str =
    "test:7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e";

/// How a server under test differs from the usual one.
pub struct Options {
    pub(crate) http: HttpSettings,
    pub(crate) checks: Vec<Arc<dyn Check>>,
    pub(crate) rules: Settings,
    pub(crate) pool_max: usize,
    pub(crate) pooler: Option<Arc<Pooler>>,
    pub(crate) tiers_as_written: bool,
    pub(crate) is_system_clock: bool,
    pub(crate) has_s3: bool,
    pub(crate) pack: Arc<Pack>,
    pub(crate) modules: &'static [Module],
}

impl Default for Options {
    fn default() -> Self {
        let http = HttpSettings {
            rate_per_address: None,
            rate_per_user: None,
            internal_keys: vec![crate::app::INTERNAL_KEY.into()],
            ..HttpSettings::default()
        };
        Self {
            http,
            checks: Vec::new(),
            rules: Settings::default(),
            pool_max: 6,
            pooler: Pooler::of_the_run(),
            tiers_as_written: false,
            is_system_clock: false,
            has_s3: false,
            pack: policy::default_pack(),
            modules: &[],
        }
    }
}

impl Options {
    /// With these settings of the HTTP side.
    #[must_use]
    pub fn http(mut self, change: impl FnOnce(&mut HttpSettings)) -> Self {
        change(&mut self.http);
        self
    }

    /// With these readiness checks.
    #[must_use]
    pub fn checks(mut self, checks: Vec<Arc<dyn Check>>) -> Self {
        self.checks = checks;
        self
    }

    /// With these rules of the installation.
    #[must_use]
    pub fn rules(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.rules);
        self
    }

    /// With this policy mounted.
    #[must_use]
    pub fn pack(mut self, pack: Pack) -> Self {
        self.pack = Arc::new(pack);
        self
    }

    /// With these modules of a product's own. The policy has to be read for them as well
    /// ([`Pack::parse_with`]).
    #[must_use]
    pub fn modules(mut self, modules: &'static [Module]) -> Self {
        self.modules = modules;
        self
    }

    /// With so many connections to the database at most.
    #[must_use]
    pub fn pool_max(mut self, max: usize) -> Self {
        self.pool_max = max;
        self
    }

    /// With this pooler between the server and its database.
    #[must_use]
    pub fn pooler(mut self, pooler: &Arc<Pooler>) -> Self {
        self.pooler = Some(Arc::clone(pooler));
        self
    }

    /// With tenants in the tiers that the test names, also in a run of one tier: for tests whose point
    /// is the tier.
    #[must_use]
    pub fn tiers_as_written(mut self) -> Self {
        self.tiers_as_written = true;
        self
    }

    /// With nothing between the server and its database, however the tests are run.
    #[must_use]
    pub fn without_pooler(mut self) -> Self {
        self.pooler = None;
        self
    }

    /// With the machine's clock, which a test cannot move.
    #[must_use]
    pub fn system_clock(mut self) -> Self {
        self.is_system_clock = true;
        self
    }

    /// With an object store that speaks the S3 protocol. The clock then starts at the machine's
    /// time, since the store looks at its own.
    #[must_use]
    pub fn s3(mut self) -> Self {
        self.has_s3 = true;
        self
    }

    /// Starts the server.
    pub async fn start(self) -> TestApp {
        TestApp::with(self).await
    }

    pub(crate) fn env(&self) -> (Env, Option<Arc<ManualClock>>) {
        if self.is_system_clock {
            return (Env::system(), None);
        }
        let beginning = if self.has_s3 {
            Env::system().now()
        } else {
            Timestamp::from_millisecond(BEGINNING_MS).unwrap()
        };
        let clock = Arc::new(ManualClock::at(beginning));
        (Env::new(clock.clone(), Arc::new(SystemRandom)), Some(clock))
    }
}

/// Where the bytes of documents are.
pub(crate) enum Objects {
    Memory(Arc<MemoryStore>),
    S3 {
        store: Arc<S3Store>,
        server: EmbeddedStore,
        _dir: tempfile::TempDir,
    },
}

impl Objects {
    pub(crate) async fn of(options: &Options, env: &Env) -> Self {
        if !options.has_s3 {
            return Self::Memory(Arc::new(MemoryStore::new(env.clone())));
        }
        let dir = tempfile::tempdir_in(database::scratch()).unwrap();
        let server = EmbeddedStore::start(ObjectStoreConfig {
            dir: dir.path().to_owned(),
            port: 0,
            access_key: ACCESS.0.to_owned(),
            secret_key: ACCESS.1.to_owned(),
            buckets: vec![BUCKET.to_owned()],
            allowed_origins: Vec::new(),
        });
        let server = server.await.unwrap();
        let store = S3Store::new(S3Config {
            endpoint: Some(server.endpoint()),
            public_endpoint: None,
            region: REGION.to_owned(),
            bucket: BUCKET.to_owned(),
            path_style: true,
            access_key: ACCESS.0.to_owned(),
            secret_key: ACCESS.1.into(),
            session_token: None,
            env: env.clone(),
            timeout: Duration::from_secs(10),
        });
        Self::S3 {
            store: Arc::new(store.unwrap()),
            server,
            _dir: dir,
        }
    }

    pub(crate) fn store(&self) -> Arc<dyn ObjectStore> {
        match self {
            Self::Memory(store) => store.clone(),
            Self::S3 { store, .. } => store.clone(),
        }
    }
}

/// What an [`App`] under test is made of beside its data.
pub(crate) struct Outside {
    pub env: Env,
    pub provider_url: String,
    pub objects: Arc<dyn ObjectStore>,
    pub pack: Arc<Pack>,
    pub modules: &'static [Module],
    /// To hear announcements on, where the other pool leads through a pooler.
    pub direct: Option<Pool>,
}

/// The pools beside the one that serves requests.
#[derive(Default)]
pub(crate) struct Powers {
    pub owner: Option<Pool>,
    pub retention: Option<Pool>,
}

pub(crate) fn app(pool: Pool, powers: Powers, outside: Outside, rules: Settings) -> App {
    let Outside {
        env,
        provider_url,
        objects,
        pack,
        modules,
        direct,
    } = outside;
    let jwks = JwksSource::StaticJwks(Issuer::trusted().jwks());
    let verifier = VerifierConfig::new(ISSUER, jwks, env.clone());
    let clerk = ApiConfig::new(provider_url, SECRET_KEY.into(), env.clone());
    let mut store = Store::new(pool)
        .with_keys(Arc::new(audit_keys()))
        .with_modules(modules.iter().map(Module::tree));
    if let Some(direct) = direct {
        store = store.with_direct(direct);
    }
    App::new(Parts {
        env,
        store,
        owner: powers.owner,
        retention: powers.retention,
        pack,
        verifier: Verifier::new(verifier).unwrap(),
        clerk: ClerkApi::new(clerk).unwrap(),
        objects,
        settings: rules,
    })
}

/// The keys that facts are sealed with in tests.
#[must_use]
pub fn audit_keys() -> Keys {
    Keys::parse([AUDIT_KEY]).unwrap()
}

/// An application for tests that need one and none of its data: on a database that they share, with
/// a provider that nobody plays.
pub async fn detached_app() -> App {
    let env = Env::system();
    let outside = Outside {
        provider_url: "http://127.0.0.1:9".to_owned(),
        objects: Arc::new(MemoryStore::new(env.clone())),
        pack: policy::default_pack(),
        modules: &[],
        direct: None,
        env,
    };
    app(
        detached_pool().await,
        Powers::default(),
        outside,
        Settings::default(),
    )
}

pub(crate) fn page(rules: &Settings) -> ConfigView {
    ConfigView {
        publishable_key: "pk_live_Y2xlcmsuYmFpbGl3aWNrLmxvY2FsaG9zdCQ".to_owned(),
        proxy_url: Some("/__clerk".to_owned()),
        sign_in_url: "/sign-in".to_owned(),
        sign_up_url: "/sign-up".to_owned(),
        mailbox_url: None,
        environment: Environment::Development,
        version: "0.0.0".to_owned(),
        max_upload_bytes: rules.upload_bytes_max,
        allowed_content_types: rules.content_types.clone(),
    }
}
