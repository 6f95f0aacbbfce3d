//! Secrets of one development directory: made once, kept beside the data, never committed.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use bailiwick_kernel::Env;
use serde::{Deserialize, Serialize};

/// The file's name. It also marks a directory as ours.
pub const FILE: &str = "secrets.json";

/// The file while it is written.
pub const PART: &str = "secrets.json.part";

/// Everything that the parts of a development machine prove themselves to each other with.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    /// Of the role `bailiwick_owner`.
    pub owner_password: String,
    /// Of the role `bailiwick_app`.
    pub app_password: String,
    /// Of the role `bailiwick_ro`.
    pub ro_password: String,
    /// Of the role `bailiwick_idp`.
    pub idp_password: String,
    /// `sk_live_…`
    pub clerk_secret_key: String,
    /// `whsec_…`
    pub webhook_secret: String,
    /// `X-API-KEY`.
    pub internal_key: String,
    /// Of the role `bailiwick_retention`.
    #[serde(default)]
    pub retention_password: String,
    /// Of the audit, `id:key`.
    #[serde(default)]
    pub audit_key: String,
    /// Of the object store.
    pub s3_access_key: String,
    /// Of the object store.
    pub s3_secret_key: String,
}

impl Secrets {
    /// Those of `data_dir`, made where it has none.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn ensure(data_dir: &Path, env: &Env) -> anyhow::Result<Self> {
        let path = data_dir.join(FILE);
        if path.is_file() {
            let text = fs::read_to_string(&path)?;
            let known: Self = serde_json::from_str(&text).with_context(|| {
                format!("{} cannot be read; start over with --reset", path.display())
            })?;
            let whole = known.clone().completed(env);
            if whole != known {
                whole.write(data_dir)?;
            }
            return Ok(whole);
        }
        let secrets = Self::make(env);
        secrets.write(data_dir)?;
        Ok(secrets)
    }

    /// With those that an earlier version did not have.
    fn completed(mut self, env: &Env) -> Self {
        if self.retention_password.is_empty() {
            self.retention_password = token(env);
        }
        if self.audit_key.is_empty() {
            self.audit_key = audit_key(env);
        }
        self
    }

    /// Writes the file, whole or not at all.
    fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        let part = data_dir.join(PART);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&part, data_dir.join(FILE))?;
        fs::File::open(data_dir)?.sync_all()?;
        Ok(())
    }

    fn make(env: &Env) -> Self {
        use base64::Engine as _;
        let webhook = base64::engine::general_purpose::STANDARD.encode(env.bytes::<24>());
        Self {
            owner_password: token(env),
            app_password: token(env),
            ro_password: token(env),
            idp_password: token(env),
            clerk_secret_key: format!("sk_live_{}", token(env)),
            webhook_secret: format!("whsec_{webhook}"),
            internal_key: token(env),
            retention_password: token(env),
            audit_key: audit_key(env),
            s3_access_key: token(env)[..20].to_owned(),
            s3_secret_key: token(env),
        }
    }
}

/// 160 random bits in hexadecimal.
fn token(env: &Env) -> String {
    hex(&env.bytes::<20>())
}

/// A key of the audit.
fn audit_key(env: &Env) -> String {
    format!("dev:{}", hex(&env.bytes::<32>()))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
