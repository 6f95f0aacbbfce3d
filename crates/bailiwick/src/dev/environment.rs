//! `dev.env`: what other programs need to talk to a running `bailiwick dev`, for a shell to source.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use secrecy::ExposeSecret as _;

use crate::settings::Settings;

/// The file's name. It is there while the server is ready.
pub const FILE: &str = "dev.env";

/// What goes into the file.
pub struct DevEnvironment<'a> {
    /// What the server runs with.
    pub settings: &'a Settings,
    /// The operators' listener.
    pub internal_address: SocketAddr,
    /// Its key.
    pub internal_key: &'a str,
    /// The Backend API.
    pub idp_address: SocketAddr,
    /// What webhooks are signed with.
    pub webhook_secret: &'a str,
}

/// Removes the file, where there is one: nobody is ready any more, or not yet.
///
/// # Errors
/// The file system's.
pub fn remove(data_dir: &Path) -> anyhow::Result<()> {
    match fs::remove_file(data_dir.join(FILE)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

impl DevEnvironment<'_> {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// The file system's.
    pub fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        let part = data_dir.join("dev.env.part");
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&part)?;
        file.write_all(self.render().as_bytes())?;
        fs::rename(part, data_dir.join(FILE))?;
        Ok(())
    }

    fn render(&self) -> String {
        let Settings {
            app_url,
            clerk,
            storage,
            database,
            development,
            ..
        } = self.settings;
        let migration = database
            .migration_url
            .as_ref()
            .map_or("", |url| url.expose_secret());
        let retention = database
            .retention_url
            .as_ref()
            .map_or("", |url| url.expose_secret());
        let audit_keys = self.settings.audit_keys.iter();
        let audit_keys: Vec<&str> = audit_keys.map(|key| key.expose_secret()).collect();
        let audit_keys = audit_keys.join(",");
        let pairs = [
            ("APP_URL", app_url.as_str()),
            ("INTERNAL_URL", &format!("http://{}", self.internal_address)),
            ("INTERNAL_API_KEY", self.internal_key),
            ("AUDIT_KEYS", &audit_keys),
            ("CLERK_PUBLISHABLE_KEY", &clerk.publishable_key),
            ("CLERK_SECRET_KEY", clerk.secret_key.expose_secret()),
            ("CLERK_API_URL", &format!("http://{}", self.idp_address)),
            (
                "CLERK_FRONTEND_API_URL",
                clerk.frontend_api_url.as_deref().unwrap_or_default(),
            ),
            ("CLERK_JWKS_URL", &clerk.jwks_url),
            ("CLERK_ISSUER", &clerk.issuer),
            ("CLERK_WEBHOOK_SIGNING_SECRET", self.webhook_secret),
            ("DATABASE_URL", database.url.expose_secret()),
            ("DATABASE_MIGRATION_URL", migration),
            ("DATABASE_RETENTION_URL", retention),
            (
                "S3_ENDPOINT",
                storage.endpoint.as_deref().unwrap_or_default(),
            ),
            ("AWS_S3_BUCKET", &storage.bucket),
            ("AWS_REGION", &storage.region),
            ("AWS_ACCESS_KEY_ID", &storage.access_key),
            ("AWS_SECRET_ACCESS_KEY", storage.secret_key.expose_secret()),
            (
                "MAIL_URL",
                development.as_ref().map_or("", |d| d.mailbox_url.as_str()),
            ),
        ];
        pairs.iter().fold(String::new(), |mut text, (name, value)| {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}='{}'", value.replace('\'', r"'\''"));
            text
        })
    }
}
