//! `idp.toml`: read at the start, and again whenever it changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::Context as _;
use bailiwick_idp::settings::SocialProvider;
use bailiwick_idp::{Idp, Settings};
use tokio_util::sync::CancellationToken;

/// The file's name in the data directory.
pub const FILE: &str = "idp.toml";

/// How often the file is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// How many looks pass between two that take up what other processes changed in the database.
const REFRESH: u32 = 5;

/// The settings file of an instance.
pub struct SettingsFile {
    path: PathBuf,
    providers: BTreeMap<String, SocialProvider>,
    is_named: bool,
    seen: Option<Stamp>,
}

/// What tells one version of a file from the next.
type Stamp = (SystemTime, u64);

impl SettingsFile {
    /// The file that was named, or else the data directory's, which need not exist.
    #[must_use]
    pub fn new(named: Option<&Path>, data_dir: &Path) -> Self {
        Self {
            path: named.map_or_else(|| data_dir.join(FILE), Path::to_owned),
            providers: BTreeMap::new(),
            is_named: named.is_some(),
            seen: None,
        }
    }

    /// Offers these providers beside those that the file names.
    pub fn offer(&mut self, providers: BTreeMap<String, SocialProvider>) {
        self.providers = providers;
    }

    /// What the file says; the defaults where there is none and none was named.
    ///
    /// # Errors
    /// The file cannot be read, or something in it: with file, line and column.
    pub fn read(&mut self) -> anyhow::Result<Settings> {
        self.seen = self.stamp();
        let at = || format!("reading {}", self.path.display());
        let mut settings = match fs::read_to_string(&self.path) {
            Ok(text) => Settings::read(&text)
                .map_err(anyhow::Error::from)
                .with_context(at)?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !self.is_named => {
                Settings::default()
            }
            Err(error) => return Err(error).with_context(at),
        };
        for (name, provider) in &self.providers {
            let named = &mut settings.social.providers;
            named
                .entry(name.clone())
                .or_insert_with(|| provider.clone());
        }
        Ok(settings)
    }

    fn stamp(&self) -> Option<Stamp> {
        let data = fs::metadata(&self.path).ok()?;
        Some((data.modified().ok()?, data.len()))
    }

    /// Follows the file and the database until `stop`. What cannot be read is logged and changes
    /// nothing: the settings before stay in force.
    pub async fn follow(mut self, idp: Idp, stop: CancellationToken) {
        let mut looks: u32 = 0;
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            looks = looks.wrapping_add(1);
            if self.stamp() != self.seen {
                self.reload(&idp).await;
            }
            if looks.is_multiple_of(REFRESH)
                && let Err(error) = idp.refresh().await
            {
                tracing::warn!(%error, "the identity provider could not look for changes");
            }
        }
    }

    async fn reload(&mut self, idp: &Idp) {
        let file = self.path.display().to_string();
        let read = self.read();
        let taken = match read {
            Ok(settings) => idp
                .reload_settings(settings)
                .await
                .map_err(anyhow::Error::from),
            Err(error) => Err(error),
        };
        match taken {
            Ok(()) => tracing::warn!(file, "settings of the identity provider were read again"),
            Err(error) => {
                let error = format!("{error:#}");
                tracing::error!(
                    file,
                    error,
                    "settings of the identity provider stay as they were"
                );
            }
        }
    }
}
