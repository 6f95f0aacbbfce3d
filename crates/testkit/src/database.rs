//! A database of its own for each test, cloned from a migrated one, on one server for all tests
//! of a process.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bailiwick_embedded::postgres::{Postgres, PostgresConfig, PostgresError};
use bailiwick_pg::{Pool, PoolConfig, sql};
use bailiwick_store::roles::{self, Passwords};

use crate::Pooler;

/// The roles, with their passwords where one is asked for: by the pooler.
pub(crate) const PASSWORDS: [(&str, &str); 4] = [
    ("bailiwick_owner", "owner"),
    ("bailiwick_app", "app"),
    ("bailiwick_ro", "ro"),
    ("bailiwick_retention", "retention"),
];

/// How many test processes can go on at the same time.
const PROCESSES_MAX: u32 = 32;
/// The migrated database that all others are clones of.
const TEMPLATE: &str = "template_of_tests";
/// How long the template's last connections may take to go.
const CLOSING_MAX: Duration = Duration::from_secs(20);

static SERVER: OnceLock<Postgres> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

sql! {
    /// Ends and counts the connections to a database.
    CLOSE(TEXT) = "
        select count(pg_catalog.pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity where datname = $1";
}

/// A migrated database that nobody else uses. Dropped with the value.
pub struct Database {
    name: String,
    pooler: Option<Arc<Pooler>>,
}

impl Database {
    /// Clones the template. Behind PgBouncer where the run says so (`TEST_POOLER=pgbouncer`).
    pub async fn create() -> Self {
        Self::create_behind(Pooler::of_the_run()).await
    }

    /// Clones the template, to be served from through `pooler`, where there is one.
    pub async fn create_behind(pooler: Option<Arc<Pooler>>) -> Self {
        let server = server();
        let name = format!("t_{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let superuser = connect(server.superuser_url(), 1).await;
        for statement in [
            format!("create database {name} template {TEMPLATE} owner bailiwick_owner"),
            format!("revoke all on database {name} from public"),
            format!(
                "grant connect on database {name} to bailiwick_app, bailiwick_ro, bailiwick_retention"
            ),
        ] {
            superuser.batch(&statement).await.unwrap();
        }
        Self { name, pooler }
    }

    /// The way to it as `role`: through the pooler, where there is one.
    #[must_use]
    pub fn url(&self, role: &str) -> String {
        match &self.pooler {
            Some(pooler) => pooler.url(role, &self.name),
            None => self.direct_url(role),
        }
    }

    /// The way to it as `role`, with nothing in between.
    #[must_use]
    pub fn direct_url(&self, role: &str) -> String {
        server().socket_url(role, &self.name)
    }

    /// As the role that serves requests, with at most `max` connections.
    pub async fn app(&self, max: usize) -> Pool {
        connect(self.url("bailiwick_app"), max).await
    }

    /// The same with nothing in between, where there is a pooler: to hear what is announced.
    pub async fn app_direct(&self) -> Option<Pool> {
        self.pooler.as_ref()?;
        let config = PoolConfig::new(self.direct_url("bailiwick_app"))
            .max_size(1)
            .application_name("bailiwick-beside");
        Some(Pool::connect(config).await.unwrap())
    }

    /// As the role that serves requests, on one connection that nobody had before, with nothing in
    /// between.
    pub async fn app_anew(&self) -> Pool {
        connect(self.direct_url("bailiwick_app"), 1).await
    }

    /// As the owner of the schemas, for migrations.
    pub async fn owner(&self) -> Pool {
        let url = self.direct_url("bailiwick_owner");
        let config = PoolConfig::new(url).max_size(2).statement_cache(0);
        Pool::connect(config).await.unwrap()
    }

    /// As an operator who only looks.
    pub async fn read_only(&self) -> Pool {
        connect(self.url("bailiwick_ro"), 1).await
    }

    /// As the role that removes the facts of tenants that are gone.
    pub async fn retention(&self) -> Pool {
        connect(self.url("bailiwick_retention"), 2).await
    }

    /// As somebody to whom row-level security means nothing: for a test's own looks.
    pub async fn superuser(&self) -> Pool {
        connect(self.direct_url("postgres"), 2).await
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs `look` as superuser and then drops the database, on a thread and a runtime of its own,
    /// so that it works within `Drop`.
    pub(crate) fn close<T: Send + 'static>(
        &mut self,
        look: impl AsyncFnOnce(&Pool) -> T + Send + 'static,
    ) -> T {
        let name = std::mem::take(&mut self.name);
        let work = move || {
            runtime().block_on(async {
                let inside = connect(server().socket_url("postgres", &name), 1).await;
                let seen = look(&inside).await;
                drop(inside);
                remove(&name).await;
                seen
            })
        };
        std::thread::spawn(work).join().unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.name.is_empty() {
            return;
        }
        let name = std::mem::take(&mut self.name);
        let removed = std::thread::spawn(move || runtime().block_on(remove(&name)));
        // A database that stays behind goes with the server's directory.
        drop(removed.join());
    }
}

/// A pool of the role that serves requests on a database that all callers share: for tests that
/// need an application and none of its data.
pub async fn detached_pool() -> Pool {
    static SHARED: OnceLock<String> = OnceLock::new();
    let name = SHARED.get_or_init(|| {
        let create = || runtime().block_on(Database::create());
        let mut database = std::thread::spawn(create).join().unwrap();
        std::mem::take(&mut database.name)
    });
    connect(server().socket_url("bailiwick_app", name), 2).await
}

async fn remove(name: &str) {
    let superuser = connect(server().superuser_url(), 1).await;
    let statement = format!("drop database if exists {name} with (force)");
    superuser.batch(&statement).await.unwrap();
}

async fn connect(url: String, max: usize) -> Pool {
    Pool::connect(PoolConfig::new(url).max_size(max))
        .await
        .unwrap()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// The server of this process; it ends with it, however it ends.
pub(crate) fn server() -> &'static Postgres {
    SERVER.get_or_init(|| {
        let start = || {
            let postgres = start();
            runtime().block_on(prepare(&postgres));
            postgres
        };
        std::thread::spawn(start).join().unwrap()
    })
}

/// A new server in the first directory that no other process uses.
fn start() -> Postgres {
    for process in 0..PROCESSES_MAX {
        let dir = scratch().join(format!("testkit-postgres-{process}"));
        let config = PostgresConfig::new(&dir)
            .fast(true)
            .fallback_bin_dir(workspace().join(".tools/postgres/bin"));
        let started = Postgres::remove(&dir).and_then(|_| Postgres::start_blocking(&config));
        match started {
            Ok(server) => return server,
            Err(PostgresError::InUse { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    panic!("{PROCESSES_MAX} test processes have a server already");
}

/// Roles, and the database that all others are clones of.
async fn prepare(postgres: &Postgres) {
    let superuser = connect(postgres.superuser_url(), 1).await;
    let [owner, app, ro, retention] = PASSWORDS.map(|(_, password)| password.to_owned());
    let passwords = Passwords {
        owner,
        app,
        ro,
        retention,
    };
    roles::ensure(&superuser, &passwords).await.unwrap();
    roles::ensure_database(&superuser, TEMPLATE).await.unwrap();
    let inside = connect(postgres.socket_url("postgres", TEMPLATE), 1).await;
    roles::ensure_grants(&inside).await.unwrap();
    let url = postgres.socket_url("bailiwick_owner", TEMPLATE);
    let owner = Pool::connect(PoolConfig::new(url).max_size(1).statement_cache(0));
    let owner = owner.await.unwrap();
    bailiwick_store::migrations::migrate(&owner, &[])
        .await
        .unwrap();
    drop((inside, owner));

    let close = format!("alter database {TEMPLATE} with allow_connections false");
    superuser.batch(&close).await.unwrap();
    let deadline = Instant::now() + CLOSING_MAX;
    loop {
        let row = superuser.query_one(&CLOSE, &[&TEMPLATE]).await.unwrap();
        if row.get::<_, i64>(0) == 0 {
            return;
        }
        assert!(Instant::now() < deadline, "the template's connections stay");
        tokio::task::yield_now().await;
    }
}

/// A directory of the build's own that other users of the machine can pass.
pub(crate) fn scratch() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let deps = program.ancestors().find(|dir| dir.ends_with("deps"));
    let target = deps.and_then(|dir| dir.ancestors().nth(2));
    let target = target.map_or_else(|| workspace().join("target"), Path::to_owned);
    let dir = target.join("tmp");
    std::fs::create_dir_all(&dir).unwrap();
    dir
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
