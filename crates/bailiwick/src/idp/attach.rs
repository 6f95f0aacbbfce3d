//! Reaching the provider of a data directory: beside a running `bailiwick dev`, or instead of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use bailiwick_embedded::postgres::{Postgres, PostgresConfig};
use bailiwick_idp::{Idp, Mail, MailError, Mailer};
use bailiwick_kernel::Env;

use crate::dev::data_dir::DataDir;
use crate::dev::idp_settings::SettingsFile;
use crate::dev::secrets::{self, Secrets};
use crate::dev::{database, environment, provider};

/// The provider of a data directory, for one command.
pub struct Attached {
    /// The instance. It serves nothing and sends nothing.
    pub idp: Idp,
    own: Option<(Postgres, DataDir)>,
}

/// Where the database is, and the application.
struct Found {
    database_url: String,
    app_url: String,
}

impl Attached {
    /// Finds the provider: the one that runs, or else its database is started for this command.
    ///
    /// # Errors
    /// `bailiwick dev` never ran there, or is just starting.
    pub async fn open(data_dir: &Path, pg_bin: Option<&Path>) -> anyhow::Result<Self> {
        let data_dir = std::path::absolute(data_dir)?;
        anyhow::ensure!(
            data_dir.join(secrets::FILE).is_file(),
            "{} is no data directory of bailiwick dev: run that once, or name another with \
             --data-dir",
            data_dir.display()
        );
        let secrets = Secrets::ensure(&data_dir, &Env::system())?;
        let (found, own) = match DataDir::take_if_free(&data_dir)? {
            Some(home) => {
                let postgres = start(&data_dir, pg_bin).await?;
                let found = Found {
                    database_url: database::idp_url(&postgres),
                    app_url: "http://localhost:3000".to_owned(),
                };
                (found, Some((postgres, home)))
            }
            None => (running(&data_dir, &secrets)?, None),
        };
        let pool = provider::pool(&found.database_url, 2).await?;
        let mut config = provider::config(&secrets, &found.app_url)?;
        config.settings = SettingsFile::new(None, &data_dir).read()?;
        let idp = Idp::open(config, pool, Env::system(), Arc::new(NoMail)).await?;
        Ok(Self { idp, own })
    }

    /// Leaves everything as it was found.
    pub async fn close(self) -> anyhow::Result<()> {
        drop(self.idp);
        if let Some((postgres, _home)) = self.own {
            postgres.stop().await?;
        }
        Ok(())
    }
}

async fn start(data_dir: &Path, pg_bin: Option<&Path>) -> anyhow::Result<Postgres> {
    let mut config = PostgresConfig::new(data_dir.join("postgres"));
    config.bin_dir = pg_bin.map(Path::to_owned);
    config.fallback_bin_dirs = vec![PathBuf::from(".tools/postgres/bin")];
    Ok(Postgres::start(config).await?)
}

/// What a running server wrote down for other programs.
fn running(data_dir: &Path, secrets: &Secrets) -> anyhow::Result<Found> {
    let path = data_dir.join(environment::FILE);
    let text = fs::read_to_string(&path)
        .context("bailiwick dev is starting or stopping there: try again in a moment")?;
    let value = |name: &str| {
        let prefix = format!("{name}='");
        let line = text.lines().find_map(|line| line.strip_prefix(&prefix));
        line.map(|rest| rest.trim_end_matches('\'').to_owned())
            .with_context(|| format!("{} names no {name}", path.display()))
    };
    let mut url: url::Url = value("DATABASE_URL")?.parse()?;
    let unusable = || anyhow::anyhow!("the DATABASE_URL of {} cannot be used", path.display());
    url.set_username("bailiwick_idp").map_err(|()| unusable())?;
    url.set_password(Some(&secrets.idp_password))
        .map_err(|()| unusable())?;
    Ok(Found {
        database_url: url.into(),
        app_url: value("APP_URL")?,
    })
}

/// No command sends mail.
struct NoMail;

impl Mailer for NoMail {
    fn deliver(&self, _: Mail) -> bailiwick_idp::mail::Delivery<'_> {
        Box::pin(async { Err(MailError("a command sends no mail".to_owned())) })
    }
}
