//! The server under test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use bailiwick_api::{AppState, Metrics, Module, Readiness, internal};
use bailiwick_clerk::webhook::Secret;
use bailiwick_kernel::ManualClock;
use bailiwick_outside::storage::{MemoryStore, UploadRefused};
use bailiwick_pg::{Pool, sql};
use bailiwick_services::App;
use bailiwick_store::migrations;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::options::{self, Objects, Outside, Powers};
use crate::persona::Target;
use crate::{Answer, Database, Options, Persona, Provider, SECRET};

/// The operators' key.
pub(crate) const INTERNAL_KEY: &str = "the-key-of-the-test-kit";
/// How long an answer may take before a test gives up on it.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// How long a test waits for what happens by itself.
const PATIENCE: Duration = Duration::from_secs(30);

sql! {
    /// What nobody wants to find behind a test.
    DEAD() = "
        select 'job ' || kind || ': ' || coalesce(last_error, '') from control.jobs where dead_at is not null
        union all
        select 'message ' || event_type || ': ' || coalesce(last_error, '') from control.webhook_inbox
        where state = 'dead' limit 20";
}

/// A whole server with a database of its own.
pub struct TestApp {
    /// The use cases.
    pub app: App,
    /// What the handlers reach.
    pub state: AppState,
    /// The identity provider's Backend API.
    pub provider: Provider,
    /// The database.
    pub database: Database,
    pub(crate) look: Pool,
    clock: Option<Arc<ManualClock>>,
    pub(crate) objects: Objects,
    pub(crate) modules: &'static [Module],
    pub(crate) tiers_as_written: bool,
    target: Target,
    internal: Target,
    numbers: AtomicU64,
    may_leave_dead: AtomicBool,
    is_following: AtomicBool,
    pub(crate) provider_url: String,
    pub(crate) stop: CancellationToken,
    pub(crate) tasks: TaskTracker,
}

impl TestApp {
    /// The usual server: a clock that stands still until it is moved, objects in memory, no worker
    /// (see [`TestApp::settle`]).
    pub async fn start() -> Self {
        Self::with(Options::default()).await
    }

    /// How a server may differ from the usual one; ends with [`Options::start`].
    #[must_use]
    pub fn options() -> Options {
        Options::default()
    }

    pub(crate) async fn with(options: Options) -> Self {
        let database = Database::create_behind(options.pooler.clone()).await;
        let (env, clock) = options.env();
        let objects = Objects::of(&options, &env).await;
        let provider = Provider::of(&env);
        let provider_url = provider.serve().await;
        let outside = Outside {
            env: env.clone(),
            provider_url: provider_url.clone(),
            objects: objects.store(),
            pack: Arc::clone(&options.pack),
            modules: options.modules,
            direct: database.app_direct().await,
        };
        let pool = database.app(options.pool_max).await;
        let owner = database.owner().await;
        if !options.modules.is_empty() {
            let trees: Vec<_> = options.modules.iter().map(Module::tree).collect();
            migrations::migrate(&owner, &trees).await.unwrap();
        }
        let powers = Powers {
            owner: Some(owner),
            retention: Some(database.retention().await),
        };
        let app = options::app(pool, powers, outside, options.rules.clone());
        let state = AppState::new(
            app.clone(),
            vec![Secret::parse(SECRET).unwrap()],
            options.http,
            options::page(&options.rules),
            Readiness::new(options.checks),
            Metrics::detached().unwrap(),
        );
        let state = state.unwrap();
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        let public = bailiwick_api::router_with(state.clone(), options.modules).unwrap();
        let http = reqwest::Client::builder()
            .timeout(ANSWER_MAX)
            .build()
            .unwrap();
        let target = |base: String| Target {
            http: http.clone(),
            base: base.into(),
            env: env.clone(),
        };
        Self {
            look: database.superuser().await,
            target: target(serve(public, &stop, &tasks).await),
            internal: target(serve(internal::router(state.clone()), &stop, &tasks).await),
            app,
            state,
            provider,
            database,
            clock,
            objects,
            modules: options.modules,
            tiers_as_written: options.tiers_as_written,
            numbers: AtomicU64::new(1),
            may_leave_dead: AtomicBool::new(false),
            is_following: AtomicBool::new(false),
            provider_url,
            stop,
            tasks,
        }
    }

    pub(crate) fn target(&self) -> Target {
        self.target.clone()
    }

    /// A number that this test has not seen yet.
    pub(crate) fn number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// The public listener: `http://127.0.0.1:…`.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.target.base
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anonymous(&self) -> Persona {
        Persona::anonymous(self.target())
    }

    /// An operator with the right key on the second listener; paths are written out with
    /// [`Persona::request_at`].
    #[must_use]
    pub fn operator(&self) -> Persona {
        self.operator_with(INTERNAL_KEY)
    }

    /// Somebody on the second listener with any key.
    #[must_use]
    pub fn operator_with(&self, key: &str) -> Persona {
        Persona::anonymous(self.internal.clone()).with_header("x-api-key", key)
    }

    /// Asks again and again until `holds`, for what happens within a bounded time by the machine's
    /// clock. Answers the last answer.
    pub async fn eventually(
        &self,
        ask: impl AsyncFn() -> Answer,
        holds: impl Fn(&Answer) -> bool,
    ) -> Answer {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let answer = ask().await;
            if holds(&answer) {
                return answer;
            }
            assert!(
                Instant::now() < deadline,
                "it never came to pass: {answer:#?}"
            );
        }
    }

    /// What `POST /internal/orgs/provision` answers to an operator.
    pub async fn provision(&self, body: &Value) -> Answer {
        let request = self
            .operator()
            .request_at(reqwest::Method::POST, "/internal/orgs/provision");
        request.json(body).send().await
    }

    /// The server's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.env().now()
    }

    /// Moves the server's clock.
    pub fn advance(&self, by: SignedDuration) {
        let clock = self.clock.as_ref();
        clock
            .unwrap_or_else(|| panic!("the machine's clock cannot be moved"))
            .advance(by);
    }

    /// Runs the jobs that are due, and those that they enqueue, until none is.
    pub async fn settle(&self) {
        bailiwick_worker::drain(&self.app).await.unwrap();
    }

    /// Moves the clock on from retry to retry until the queue has nothing left that is due within
    /// `horizon`.
    pub async fn settle_within(&self, horizon: SignedDuration) {
        let end = self.now() + horizon;
        self.settle().await;
        while self.now() < end {
            self.advance(SignedDuration::from_secs(1));
            self.settle().await;
        }
    }

    /// Seals all facts that wait, and takes the last links outside.
    pub async fn seal(&self) {
        bailiwick_services::audit::seal(&self.app).await.unwrap();
        while bailiwick_services::audit::publish(&self.app).await.unwrap() > 0 {}
    }

    /// Starts the worker that the product runs, for tests in which nobody drains the queue.
    pub fn run_worker(&self) {
        let worker = bailiwick_worker::run(self.app.clone(), self.stop.clone());
        self.tasks.spawn(worker);
    }

    /// Starts what follows changes in the product: caches that hear of them, and the feed of the
    /// event streams. Once is enough.
    pub fn follow_changes(&self) {
        if !self.is_following.swap(true, Ordering::Relaxed) {
            self.follow_with(&self.app);
        }
    }

    pub(crate) fn follow_with(&self, app: &App) {
        let (hearing, feeding, stop) = (app.clone(), app.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            tokio::select! {
                () = hearing.follow_changes() => {}
                () = feeding.feed_events() => {}
                () = stop.cancelled() => {}
            }
        });
    }

    /// Jobs and messages that were given up are part of this test.
    pub fn expect_dead(&self) {
        self.may_leave_dead.store(true, Ordering::Relaxed);
    }

    /// The objects in memory.
    #[must_use]
    pub fn memory(&self) -> &MemoryStore {
        match &self.objects {
            Objects::Memory(store) => store,
            Objects::S3 { .. } => panic!("the objects are behind S3"),
        }
    }

    /// How many objects the store holds.
    pub async fn object_count(&self) -> usize {
        self.objects
            .store()
            .list(None, None)
            .await
            .unwrap()
            .objects
            .len()
    }

    /// Sends bytes as a browser would that was told how by `upload` (the answer of
    /// `upload-init`). Answers the store's status.
    pub async fn put_object(&self, upload: &Value, bytes: &[u8]) -> u16 {
        let headers: BTreeMap<String, String> =
            serde_json::from_value(upload["headers"].clone()).unwrap();
        self.put_object_with(upload, &headers, bytes).await
    }

    /// The same with other headers than the browser was told.
    pub async fn put_object_with(
        &self,
        upload: &Value,
        headers: &BTreeMap<String, String>,
        bytes: &[u8],
    ) -> u16 {
        let url: url::Url = upload["presignedUrl"].as_str().unwrap().parse().unwrap();
        let bytes = bytes::Bytes::copy_from_slice(bytes);
        match &self.objects {
            Objects::Memory(store) => match store.upload(&url, headers, bytes) {
                Ok(()) => 200,
                Err(UploadRefused::Url | UploadRefused::Headers) => 403,
                Err(UploadRefused::Checksum) => 400,
                Err(UploadRefused::Exists) => 412,
            },
            Objects::S3 { .. } => {
                let mut request = self.target.http.put(url).body(bytes);
                for (name, value) in headers {
                    request = request.header(name, value);
                }
                request.send().await.unwrap().status().as_u16()
            }
        }
    }

    /// Fetches bytes as a browser would from a signed URL; none where the store refuses.
    pub async fn get_object(&self, link: &Value) -> Option<Vec<u8>> {
        let url: url::Url = link["presignedUrl"].as_str().unwrap().parse().unwrap();
        match &self.objects {
            Objects::Memory(store) => store.download(&url).map(|bytes| bytes.to_vec()),
            Objects::S3 { .. } => {
                let response = self.target.http.get(url).send().await.unwrap();
                let is_there = response.status().is_success();
                let bytes = response.bytes().await.unwrap();
                is_there.then(|| bytes.to_vec())
            }
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        let dead = self.database.close(async |superuser| {
            let rows = superuser.query(&DEAD, &[]).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect::<Vec<String>>()
        });
        let was_announced = self.may_leave_dead.load(Ordering::Relaxed);
        if !was_announced && !std::thread::panicking() {
            assert!(dead.is_empty(), "the test left behind: {dead:#?}");
        }
    }
}

/// Serves on a free port of loopback; answers the base URL.
pub(crate) async fn serve(router: Router, stop: &CancellationToken, tasks: &TaskTracker) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
    tasks.spawn(serving.into_future());
    format!("http://{address}")
}
