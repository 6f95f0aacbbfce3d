//! What a measurement plays on: PostgreSQL, a provider of keys and `bailiwick serve`, each a
//! process of its own as in production.

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use bailiwick_embedded::postgres::{Postgres, PostgresConfig};
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::roles::{self, Passwords};
use tempfile::TempDir;

use crate::http::{Client, request};
use crate::process::{self, Process};
use crate::signer::{ISSUER, Signer};
use crate::{Cli, provider, say};

/// The database, and the password of its roles: it listens on the loopback alone and dies with us.
pub const DATABASE: &str = "bailiwick";
pub const PASSWORD: &str = "bench";
/// The secret of the webhooks that fill the database, in base64.
pub const WEBHOOK_SECRET: &str = "YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g=";
/// Where the server believes to be.
pub const APP_URL: &str = "http://app.bench.localhost";
/// How PostgreSQL is set for a database of gigabytes. With less, it writes whole pages all the time,
/// and whoever reads has to put somebody's changed page away first. The log keeps what large work
/// takes: all who commit wait 20 to 50 ms for each new file of it.
pub const LARGE: [(&str, &str); 4] = [
    ("shared_buffers", "4GB"),
    ("min_wal_size", "6GB"),
    ("max_wal_size", "8GB"),
    ("checkpoint_timeout", "15min"),
];
const READY_MAX: Duration = Duration::from_secs(60);

/// The processes, and how to reach them.
pub struct Stage {
    /// Before the database, so that it stops first.
    pub server: Process,
    launch: Launch,
    pub public: SocketAddr,
    pub internal: SocketAddr,
    pub postgres: Postgres,
    pub signer: Signer,
    /// As superuser, in our database.
    pub superuser: Pool,
    provider: SocketAddr,
    folder: TempDir,
}

/// A server, and how to reach it.
pub struct Node {
    pub server: Process,
    launch: Launch,
    pub public: SocketAddr,
    pub internal: SocketAddr,
}

/// What starts a server, again and again.
struct Launch {
    binary: PathBuf,
    args: Vec<String>,
    settings: Vec<(&'static str, String)>,
    log: PathBuf,
}

impl Launch {
    /// `bailiwick` with this command line and the server's settings.
    fn command(&self, args: &[String]) -> Command {
        let mut command = Command::new(&self.binary);
        command.args(args).stdin(Stdio::null());
        command.envs(self.settings.iter().cloned());
        command
    }

    /// The server, ready.
    async fn serve(&self, internal: SocketAddr) -> anyhow::Result<Process> {
        let log = File::options().create(true).append(true).open(&self.log)?;
        let mut command = self.command(&self.args);
        command.stdout(Stdio::null()).stderr(log);
        let mut server = Process::spawn(&mut command)?;
        ready(&mut server, internal)
            .await
            .with_context(|| std::fs::read_to_string(&self.log).unwrap_or_default())?;
        Ok(server)
    }
}

impl Stage {
    /// Starts all of it on an empty database.
    pub async fn start(cli: &Cli) -> anyhow::Result<Self> {
        Self::start_with(cli, &[]).await
    }

    /// The same with a server that may make and remove schemas, on a PostgreSQL that is set for a
    /// large database ([`LARGE`]).
    pub async fn start_owning(cli: &Cli) -> anyhow::Result<Self> {
        Self::start_as(cli, &[], true).await
    }

    /// The same with more settings, which win.
    pub async fn start_with(cli: &Cli, more: &[(&'static str, String)]) -> anyhow::Result<Self> {
        Self::start_as(cli, more, false).await
    }

    async fn start_as(
        cli: &Cli,
        more: &[(&'static str, String)],
        is_owning: bool,
    ) -> anyhow::Result<Self> {
        say("starting PostgreSQL and the server");
        let folder = tempfile::Builder::new()
            .prefix("bailiwick-bench-")
            .tempdir()?;
        let mut config = PostgresConfig::new(folder.path().join("postgres"))
            .bin_dir(cli.pg_bin.clone())
            .fallback_bin_dir(".tools/postgres/bin");
        if is_owning {
            config.settings = LARGE.to_vec();
        }
        let postgres = Postgres::start(config).await?;
        let superuser = prepare(&postgres).await?;
        let owner = postgres.tcp_url("bailiwick_owner", PASSWORD, DATABASE)?;
        let mut migrate = tokio::process::Command::new(&cli.binary);
        migrate.arg("migrate").env("DATABASE_MIGRATION_URL", &owner);
        process::output(&mut migrate).await?;

        let mut more = more.to_vec();
        if is_owning {
            more.push(("DATABASE_MIGRATION_URL", owner));
        }
        let signer = Signer::generate(APP_URL)?;
        let provider = provider::start(signer.jwks()).await?;
        let Node {
            server,
            launch,
            public,
            internal,
        } = serve(cli, &folder, &postgres, provider, &more).await?;
        Ok(Self {
            server,
            launch,
            public,
            internal,
            postgres,
            signer,
            superuser,
            provider,
            folder,
        })
    }

    /// Starts one more server on the same database.
    pub async fn another(&self, cli: &Cli) -> anyhow::Result<Node> {
        serve(cli, &self.folder, &self.postgres, self.provider, &[]).await
    }

    /// Kills the server, without asking.
    pub fn kill_server(&mut self) -> anyhow::Result<()> {
        self.server.kill()
    }

    /// Starts a server in the place of the one that was killed.
    pub async fn start_server(&mut self) -> anyhow::Result<()> {
        self.server = self.launch.serve(self.internal).await?;
        Ok(())
    }

    /// A command of the product, with the server's settings; what it printed.
    pub async fn command(&self, args: &[&str]) -> anyhow::Result<String> {
        let args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
        process::output(&mut self.launch.command(&args).into()).await
    }

    /// A counter of the server's metrics, given as it stands in their text.
    pub async fn counter(&self, series: &str) -> anyhow::Result<f64> {
        let mut client = Client::connect(self.internal).await?;
        let answer = client
            .exchange(&request("GET", "/metrics", &[], ""))
            .await?;
        let text = answer.text();
        let line = text.lines().find_map(|line| line.strip_prefix(series));
        Ok(line.map_or(Ok(0.0), |value| value.trim().parse())?)
    }
}

async fn serve(
    cli: &Cli,
    folder: &TempDir,
    postgres: &Postgres,
    provider: SocketAddr,
    more: &[(&'static str, String)],
) -> anyhow::Result<Node> {
    let (public, internal) = (free_port()?, free_port()?);
    let mut settings = settings(cli, public, internal, provider);
    let app = postgres.tcp_url("bailiwick_app", PASSWORD, DATABASE)?;
    settings.push(("DATABASE_URL", app));
    settings.extend(more.iter().cloned());
    let launch = Launch {
        binary: cli.binary.clone(),
        args: ["serve", "--log-format", "json", "--log", &cli.log]
            .map(str::to_owned)
            .to_vec(),
        settings,
        log: folder.path().join(format!("server-{}.log", public.port())),
    };
    let server = launch.serve(internal).await?;
    Ok(Node {
        server,
        launch,
        public,
        internal,
    })
}

async fn prepare(postgres: &Postgres) -> anyhow::Result<Pool> {
    let connect = |url: String| Pool::connect(PoolConfig::new(url).max_size(1).statement_cache(0));
    let superuser = connect(postgres.superuser_url()).await?;
    let passwords = Passwords {
        owner: PASSWORD.to_owned(),
        app: PASSWORD.to_owned(),
        ro: PASSWORD.to_owned(),
        retention: PASSWORD.to_owned(),
    };
    roles::ensure(&superuser, &passwords).await?;
    roles::ensure_database(&superuser, DATABASE).await?;
    let inside = connect(postgres.socket_url("postgres", DATABASE)).await?;
    roles::ensure_grants(&inside).await?;
    Ok(inside)
}

/// Everything that production is told, but the database. The object store is nobody: nothing that
/// is measured needs it.
fn settings(
    cli: &Cli,
    public: SocketAddr,
    internal: SocketAddr,
    provider: SocketAddr,
) -> Vec<(&'static str, String)> {
    vec![
        ("APP_URL", APP_URL.to_owned()),
        ("LISTEN", public.to_string()),
        ("INTERNAL_LISTEN", internal.to_string()),
        ("INTERNAL_API_KEY", PASSWORD.to_owned()),
        ("AUDIT_KEYS", format!("bench:{}", "0b".repeat(32))),
        ("RATE_PER_ADDRESS", "0".to_owned()),
        ("RATE_PER_USER", "0".to_owned()),
        // Nobody is home at the provider.
        ("SYNC_VERIFY_AFTER_S", "0".to_owned()),
        ("SYNC_SWEEP_EVERY_S", "0".to_owned()),
        ("DATABASE_POOL_MAX", cli.pool.to_string()),
        ("CLERK_PUBLISHABLE_KEY", "pk_live_bench".to_owned()),
        ("CLERK_SECRET_KEY", "sk_live_bench".to_owned()),
        ("CLERK_API_URL", format!("http://{provider}")),
        ("CLERK_ISSUER", ISSUER.to_owned()),
        (
            "CLERK_JWKS_URL",
            format!("http://{provider}/.well-known/jwks.json"),
        ),
        (
            "CLERK_WEBHOOK_SIGNING_SECRET",
            format!("whsec_{WEBHOOK_SECRET}"),
        ),
        ("S3_ENDPOINT", format!("http://{provider}")),
        ("AWS_S3_BUCKET", "bench".to_owned()),
        ("AWS_REGION", "us-east-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "bench".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", PASSWORD.to_owned()),
    ]
}

/// A port that is free now.
fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

async fn ready(server: &mut Process, internal: SocketAddr) -> anyhow::Result<()> {
    let started = Instant::now();
    let probe = request("GET", "/healthz", &[], "");
    while started.elapsed() < READY_MAX {
        server.ensure_alive()?;
        if let Ok(mut client) = Client::connect(internal).await
            && client.exchange(&probe).await.is_ok_and(|a| a.status == 200)
        {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("the server was not ready after {} s", READY_MAX.as_secs())
}
