//! `bailiwick dev`: everything on one machine. PostgreSQL, an object store, a mailbox, the identity
//! provider, the server and its page, with demo data.
//!
//! What it runs is what production runs: the server reaches the identity provider's keys and
//! Backend API over HTTP and gets its webhooks the same way.

pub(crate) mod data_dir;
pub(crate) mod database;
mod demo;
pub(crate) mod environment;
pub(crate) mod idp_settings;
pub(crate) mod provider;
pub(crate) mod secrets;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use bailiwick_api::{Metrics, Module};
use bailiwick_embedded::mailbox::Mailbox;
use bailiwick_embedded::s3::{ObjectStore, ObjectStoreConfig};
use bailiwick_kernel::Env;
use bailiwick_services::{MoveRules, OrgCreation, SyncRules};
use tokio::net::TcpListener;

use crate::output;
use crate::server::{Listeners, Server};
use crate::settings::{Clerk, Database, Development, Rates, Rules, Settings, Storage};
use data_dir::DataDir;
use environment::DevEnvironment;
use idp_settings::SettingsFile;
use secrets::Secrets;

/// The bucket of documents.
const BUCKET: &str = "bailiwick-dev";
/// The region that the embedded store answers for.
const REGION: &str = "us-east-1";

/// What `bailiwick dev` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  bailiwick dev                        everything, at http://localhost:3000
  bailiwick dev --port 3100            the same at another port
  bailiwick dev --reset                start over with fresh demo data
  bailiwick dev --policy booking       under the policy of a booking app
  bailiwick dev --data-dir /tmp/try --port 0 --idp-port 0 --internal-port 0 \\
      --s3-port 0 --mail-port 0 --pg-port 0
                                       a second one on free ports, beside the first")]
pub struct Args {
    /// Where everything is kept; it survives kills and restarts
    #[arg(long, default_value = ".bailiwick", value_name = "DIR")]
    pub data_dir: PathBuf,
    /// Port of the web page and the API; 0 picks a free one, as for all ports
    #[arg(long, default_value_t = 3000)]
    pub port: u16,
    /// Port of the identity provider's Backend API and console
    #[arg(long, default_value_t = 4400)]
    pub idp_port: u16,
    /// Port of the operators' listener
    #[arg(long, default_value_t = 3001)]
    pub internal_port: u16,
    /// Port of the object store
    #[arg(long, default_value_t = 4401)]
    pub s3_port: u16,
    /// Port of the mailbox
    #[arg(long, default_value_t = 4402)]
    pub mail_port: u16,
    /// Port of PostgreSQL
    #[arg(long, default_value_t = 4403)]
    pub pg_port: u16,
    /// Settings of the identity provider; by default `idp.toml` in the data directory, if it is
    /// there. Read again whenever it changes
    #[arg(long, value_name = "FILE")]
    pub idp_config: Option<PathBuf>,
    /// Who may do what: a pack that comes with the binary (default, firmflow, tracehub, booking,
    /// tickets), or a file
    #[arg(
        long,
        env = "POLICY_PACK",
        default_value = "default",
        value_name = "PACK"
    )]
    pub policy: String,
    /// No demo organization and no demo logins
    #[arg(long)]
    pub no_demo: bool,
    /// Remove what an earlier run left, then start
    #[arg(long)]
    pub reset: bool,
    /// Directory of PostgreSQL's programs, where the system's are not to be used
    #[arg(long, env = "BAILIWICK_PG_BIN", value_name = "DIR")]
    pub pg_bin: Option<PathBuf>,
}

/// Runs everything until a signal ends it.
///
/// # Errors
/// A taken port, a directory in use, a missing tool: each says the way out.
pub async fn run(args: Args, modules: &[Module]) -> anyhow::Result<()> {
    let started = Instant::now();
    let home = DataDir::take(&std::path::absolute(&args.data_dir)?)?;
    let data_dir = home.path();
    environment::remove(data_dir)?;
    if args.reset {
        home.reset()?;
        say("started over");
    }
    let env = Env::system();
    let secrets = Secrets::ensure(data_dir, &env)?;

    let listeners = Listeners::bind(local(args.port), local(args.internal_port)).await?;
    let idp_listener = bind_idp(local(args.idp_port)).await?;
    let app_url = format!("http://localhost:{}", listeners.public.local_addr()?.port());

    say("starting PostgreSQL, the object store and the mailbox");
    let objects = ObjectStore::start(ObjectStoreConfig {
        dir: data_dir.join("objects"),
        port: args.s3_port,
        access_key: secrets.s3_access_key.clone(),
        secret_key: secrets.s3_secret_key.clone(),
        buckets: vec![BUCKET.to_owned()],
        allowed_origins: vec![app_url.clone()],
    });
    let clock = env.clone();
    let mailbox = Mailbox::open(data_dir.join("mail"), Arc::new(move || clock.now()))?;
    let mail_server = mailbox.serve(args.mail_port);
    let postgres = database::start(&args, data_dir, &secrets, modules, &env);
    let (objects, mail_server, (postgres, database)) =
        tokio::try_join!(with(objects), with(mail_server), postgres)?;

    let idp_address = idp_listener.local_addr()?;
    let place = provider::Place {
        app_url: &app_url,
        database_url: &database.idp_url,
        listener: idp_listener,
        faces: demo::faces(!args.no_demo),
    };
    let mail = (mailbox, mail_server.url().to_string());
    let idp_settings = SettingsFile::new(args.idp_config.as_deref(), data_dir);
    let mut idp = provider::start(&secrets, place, env.clone(), mail, idp_settings).await?;

    let mut settings = settings(
        &app_url,
        &secrets,
        &database,
        idp_address,
        &objects,
        mail_server.url(),
    );
    settings.rules.policy_pack.clone_from(&args.policy);
    let metrics = Metrics::install()?;
    let beside = Some((provider::PREFIX, idp.frontend_router()));
    let server = Server::start(&settings, modules, env, listeners, metrics, beside).await?;

    let environment = DevEnvironment {
        settings: &settings,
        internal_address: server.internal_address,
        internal_key: &secrets.internal_key,
        idp_address,
        webhook_secret: &secrets.webhook_secret,
    };
    if !args.no_demo {
        say("making sure of the demo data");
        demo::ensure(&settings, &server.app)
            .await
            .context("demo data")?;
    }
    environment.write(data_dir)?;
    announce(&settings, &args, &idp, started, postgres.notice());
    let ended = tokio::select! {
        signal = crate::serve::signal() => signal,
        reason = postgres.wait() => Err(anyhow::anyhow!("PostgreSQL ended: {reason}")),
    };
    environment::remove(data_dir)?;
    ended?;
    say("stopping");
    idp.stop_sending().await;
    server.stop().await;
    idp.stop().await;
    mail_server.stop().await;
    objects.stop().await;
    postgres.stop().await?;
    Ok(())
}

async fn with<T, E: std::error::Error + Send + Sync + 'static>(
    work: impl Future<Output = Result<T, E>>,
) -> anyhow::Result<T> {
    Ok(work.await?)
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

async fn bind_idp(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: is another server there? Choose another with --idp-port"
        )
    })
}

fn settings(
    app_url: &str,
    secrets: &Secrets,
    database: &database::Urls,
    idp: SocketAddr,
    objects: &ObjectStore,
    mailbox_url: impl Into<String>,
) -> Settings {
    let idp_url = format!("http://{idp}");
    Settings {
        app_url: app_url.to_owned(),
        listen: local(0),
        internal_listen: local(0),
        trusted_proxies: 0,
        rates: Rates::default(),
        internal_keys: vec![secrets.internal_key.clone().into()],
        audit_keys: vec![secrets.audit_key.clone().into()],
        database: Database {
            url: database.app.clone().into(),
            migration_url: Some(database.owner.clone().into()),
            direct_url: None,
            retention_url: Some(database.retention.clone().into()),
            pool_max: 10,
            statement_cache: None,
            tables_max: None,
        },
        clerk: Clerk {
            publishable_key: provider::publishable_key(),
            secret_key: secrets.clerk_secret_key.clone().into(),
            api_url: idp_url.clone(),
            frontend_api_url: Some(format!("{app_url}{}", provider::PREFIX)),
            proxy_path: Some(provider::PREFIX.to_owned()),
            jwks_url: format!("{app_url}{}/.well-known/jwks.json", provider::PREFIX)
                .replace("localhost", "127.0.0.1"),
            issuer: provider::ISSUER.to_owned(),
            webhook_secrets: vec![secrets.webhook_secret.clone().into()],
            authorized_parties: vec![app_url.to_owned()],
        },
        storage: Storage {
            endpoint: Some(objects.endpoint().to_string()),
            public_endpoint: None,
            bucket: BUCKET.to_owned(),
            region: REGION.to_owned(),
            access_key: secrets.s3_access_key.clone(),
            secret_key: secrets.s3_secret_key.clone().into(),
            path_style: true,
        },
        rules: Rules {
            upload_bytes_max: 100 * 1024 * 1024,
            policy_pack: "default".to_owned(),
            provider_roles: Vec::new(),
            org_creation: OrgCreation::SelfService,
            single_org_membership: false,
            invitations_per_hour: 100,
            plan_grace_days: 3,
            org_types: Vec::new(),
            org_metadata_keys: Vec::new(),
            feature_flags: BTreeMap::new(),
            jit_users: true,
            tenant_retention_days: 30,
            moves: MoveRules::default(),
            sync: SyncRules::default(),
        },
        development: Some(Development {
            mailbox_url: mailbox_url.into(),
        }),
    }
}

/// A line of progress, for people.
#[expect(
    clippy::print_stderr,
    reason = "this is what a terminal shows while it starts"
)]
fn say(what: &str) {
    eprintln!("  · {what}");
}

fn announce(
    settings: &Settings,
    args: &Args,
    idp: &provider::Provider,
    started: Instant,
    notice: Option<&str>,
) {
    let mailbox = settings
        .development
        .as_ref()
        .map_or("", |d| d.mailbox_url.as_str());
    let mut lines = vec![
        String::new(),
        format!("  Bailiwick      {}", settings.app_url),
        format!("  API reference  {}/api/docs", settings.app_url),
        format!("  Mailbox        {mailbox}"),
        format!("  Console        {}", idp.console_link()),
        format!("  Data           {}", args.data_dir.display()),
    ];
    lines.extend(notice.map(|notice| format!("  Note           {notice}")));
    if !args.no_demo {
        lines.push(String::new());
        lines.extend(demo::LOGINS.iter().map(|login| {
            let password = demo::PASSWORD;
            format!("  {:<14} {}  /  {password}", login.title, login.email)
        }));
    }
    lines.push(String::new());
    lines.push(format!(
        "  started in {:.1} s",
        started.elapsed().as_secs_f64()
    ));
    lines.push("ready".to_owned());
    output::say(&lines.join("\n"));
}
