//! The embedded PostgreSQL with its roles, its database and its schemas.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_embedded::postgres::{Postgres, PostgresConfig};
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::Store;
use bailiwick_store::roles::{self, Passwords};

use super::Args;
use super::secrets::Secrets;

const DATABASE: &str = "bailiwick";

/// Connection strings of the roles.
pub struct Urls {
    /// `bailiwick_owner`.
    pub owner: String,
    /// `bailiwick_app`.
    pub app: String,
    /// `bailiwick_retention`.
    pub retention: String,
    /// `bailiwick_idp`.
    pub idp_url: String,
}

/// Starts the server and brings roles, database and schemas to what we need.
pub async fn start(
    args: &Args,
    data_dir: &Path,
    secrets: &Secrets,
    modules: &[Module],
    env: &Env,
) -> anyhow::Result<(Postgres, Urls)> {
    let mut config = PostgresConfig::new(data_dir.join("postgres")).port(args.pg_port);
    config.bin_dir = args.pg_bin.clone();
    config.fallback_bin_dirs = vec![PathBuf::from(".tools/postgres/bin")];
    let postgres = Postgres::start(config).await?;
    prepare(&postgres, secrets)
        .await
        .context("preparing the database")?;
    let urls = Urls {
        owner: postgres.tcp_url("bailiwick_owner", &secrets.owner_password, DATABASE)?,
        app: postgres.tcp_url("bailiwick_app", &secrets.app_password, DATABASE)?,
        retention: postgres.tcp_url(
            "bailiwick_retention",
            &secrets.retention_password,
            DATABASE,
        )?,
        idp_url: idp_url(&postgres),
    };
    crate::migrate::run(&urls.owner, modules)
        .await
        .context("migrating")?;
    release_jobs(&urls.app, env)
        .await
        .context("releasing jobs")?;
    Ok((postgres, urls))
}

/// How the identity provider reaches its database: by the socket, which costs both sides less
/// than TCP and which nobody else can open.
#[must_use]
pub fn idp_url(postgres: &Postgres) -> String {
    postgres.socket_url("bailiwick_idp", DATABASE)
}

/// The data directory is ours alone: whoever held a job there is dead.
async fn release_jobs(url: &str, env: &Env) -> anyhow::Result<()> {
    let store = Store::new(pool(url).await?);
    let released = store.release_jobs(env.now()).await?;
    if released > 0 {
        tracing::info!(released, "jobs of an earlier process are taken up again");
    }
    Ok(())
}

async fn prepare(postgres: &Postgres, secrets: &Secrets) -> anyhow::Result<()> {
    let superuser = pool(postgres.superuser_url()).await?;
    let passwords = Passwords {
        owner: secrets.owner_password.clone(),
        app: secrets.app_password.clone(),
        ro: secrets.ro_password.clone(),
        retention: secrets.retention_password.clone(),
    };
    roles::ensure(&superuser, &passwords).await?;
    roles::ensure_database(&superuser, DATABASE).await?;
    let inside = pool(postgres.socket_url("postgres", DATABASE)).await?;
    roles::ensure_grants(&inside).await?;
    // The identity provider has a schema and a role of its own, and sees nothing of ours.
    let password = &secrets.idp_password;
    for statement in [
        "do $$ begin create role bailiwick_idp login; exception when duplicate_object or unique_violation then null; end $$",
        &format!(
            "alter role bailiwick_idp login nosuperuser nocreatedb nocreaterole nobypassrls password '{password}'"
        ),
        &format!("grant connect on database {DATABASE} to bailiwick_idp"),
        "create schema if not exists idp authorization bailiwick_idp",
    ] {
        inside.batch(statement).await?;
    }
    Ok(())
}

async fn pool(url: impl Into<String>) -> anyhow::Result<Pool> {
    Ok(Pool::connect(PoolConfig::new(url).max_size(1).statement_cache(0)).await?)
}
