//! Settings, read once from the environment (and a file of the same form). Nothing else in the
//! product reads the environment.
//!
//! Each setting has one canonical name and accepts the names of other systems; two names that are
//! both set and differ stop the start, and so does a missing secret.

mod read;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZeroU16;
use std::time::Duration;

use bailiwick_services::{MoveRules, OrgCreation, SyncRules};
use secrecy::SecretString;

pub use read::{SettingsError, Vars};

/// Everything that the server is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach us: `APP_URL`, without a trailing slash.
    pub app_url: String,
    /// Where the public listener binds: `LISTEN`.
    pub listen: SocketAddr,
    /// Where the operators' listener binds: `INTERNAL_LISTEN`.
    pub internal_listen: SocketAddr,
    /// Proxies in front of us that append to `X-Forwarded-For`: `TRUSTED_PROXIES`.
    pub trusted_proxies: usize,
    /// How often clients may ask.
    pub rates: Rates,
    /// Keys of the operators' listener: `INTERNAL_API_KEY`, two during a rotation, by commas.
    pub internal_keys: Vec<SecretString>,
    /// Keys of the audit: `AUDIT_KEYS`, the one that signs first, then those that signed before.
    pub audit_keys: Vec<SecretString>,
    /// The database.
    pub database: Database,
    /// The identity provider.
    pub clerk: Clerk,
    /// The object store.
    pub storage: Storage,
    /// Rules of the installation.
    pub rules: Rules,
    /// What only development has.
    pub development: Option<Development>,
}

/// How often clients may ask: requests a second in the long run, ten times as many at once from
/// rest. 0 is no limit: for measurements, and where a proxy in front of us counts.
#[derive(Debug, Clone, Copy)]
pub struct Rates {
    /// `RATE_PER_ADDRESS`: one client address, before anybody is known. An office behind one
    /// address is many people.
    pub per_address: u32,
    /// `RATE_PER_USER`: one user.
    pub per_user: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            per_address: 200,
            per_user: 50,
        }
    }
}

/// The database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `DATABASE_URL`: the role `bailiwick_app`, which may go through a pooler.
    pub url: SecretString,
    /// `DATABASE_MIGRATION_URL`: the role `bailiwick_owner`, direct; only where DDL runs.
    pub migration_url: Option<SecretString>,
    /// `DATABASE_DIRECT_URL`: the role of `DATABASE_URL` past the pooler that stands there, to hear
    /// what other servers change.
    pub direct_url: Option<SecretString>,
    /// `DATABASE_RETENTION_URL`: the role `bailiwick_retention`, direct; only where organizations are
    /// removed.
    pub retention_url: Option<SecretString>,
    /// `DATABASE_POOL_MAX`.
    pub pool_max: usize,
    /// `DATABASE_STATEMENT_CACHE`: statements kept prepared per connection; 0 sends them unnamed.
    /// What stands in front of the database decides where it is not set.
    pub statement_cache: Option<usize>,
    /// `DATABASE_TABLES_PER_CONNECTION`: tables of tenants that a connection touches before another
    /// takes its place, since the server keeps what it knows of each; 0 is no bound.
    pub tables_max: Option<usize>,
}

/// The identity provider.
#[derive(Debug, Clone)]
pub struct Clerk {
    /// `CLERK_PUBLISHABLE_KEY`.
    pub publishable_key: String,
    /// `CLERK_SECRET_KEY`.
    pub secret_key: SecretString,
    /// `CLERK_API_URL`, with or without `/v1`.
    pub api_url: String,
    /// `CLERK_FRONTEND_API_URL`, where the browser reaches the Frontend API.
    pub frontend_api_url: Option<String>,
    /// `CLERK_PROXY_URL`: a path of our own origin under which the Frontend API answers.
    pub proxy_path: Option<String>,
    /// `CLERK_JWKS_URL`.
    pub jwks_url: String,
    /// `CLERK_ISSUER`.
    pub issuer: String,
    /// `CLERK_WEBHOOK_SIGNING_SECRET`, several by commas during a rotation.
    pub webhook_secrets: Vec<SecretString>,
    /// `CLERK_AUTHORIZED_PARTIES`: origins whose tokens are taken; `APP_URL` where it is not set.
    pub authorized_parties: Vec<String>,
}

/// The object store.
#[derive(Debug, Clone)]
pub struct Storage {
    /// `S3_ENDPOINT`; Amazon's of the region where it is not set.
    pub endpoint: Option<String>,
    /// `S3_PUBLIC_ENDPOINT`, where browsers reach it by another address.
    pub public_endpoint: Option<String>,
    /// `AWS_S3_BUCKET`.
    pub bucket: String,
    /// `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_key: SecretString,
    /// `S3_PATH_STYLE`: whether the bucket stands in the path. True where an endpoint is set.
    pub path_style: bool,
}

/// Rules of the installation.
#[derive(Debug, Clone)]
pub struct Rules {
    /// `UPLOAD_BYTES_MAX`.
    pub upload_bytes_max: u64,
    /// `POLICY_PACK`: the policy that is mounted, one that comes with the binary (`default`,
    /// `firmflow`, `tracehub`, `booking`, `tickets`) or a file.
    pub policy_pack: String,
    /// `CLERK_ORG_ROLES`: the roles that the provider's organizations have, by commas; the stock
    /// ones, `org:admin` and `org:member`, where it is not set.
    pub provider_roles: Vec<String>,
    /// `ORG_CREATION`: who makes organizations.
    pub org_creation: OrgCreation,
    /// `SINGLE_ORG_MEMBERSHIP`: whether people are in one organization at most.
    pub single_org_membership: bool,
    /// `INVITATIONS_PER_HOUR`: of one organization.
    pub invitations_per_hour: i64,
    /// `PLAN_GRACE_DAYS`: for how many days an organization keeps a plan that has ended.
    pub plan_grace_days: u16,
    /// `ORG_TYPES`: what kinds of company there are, by commas; any word where it is not set.
    pub org_types: Vec<String>,
    /// `ORG_METADATA_KEYS`: keys of an organization's public metadata at the provider that are taken
    /// over into its settings, by commas.
    pub org_metadata_keys: Vec<String>,
    /// `FEATURE_FLAGS`: how feature flags are until somebody switches them, by commas: `a,b=false`.
    pub feature_flags: BTreeMap<String, bool>,
    /// `JIT_USERS`: whether a verified user without a row is fetched on first sight.
    pub jit_users: bool,
    /// `TENANT_RETENTION_DAYS`: for how long the data of an organization is kept that was deleted.
    pub tenant_retention_days: u16,
    /// How tenants move between schemas.
    pub moves: MoveRules,
    /// How the mirror is kept in step with the provider.
    pub sync: SyncRules,
}

/// What only `bailiwick dev` has.
#[derive(Debug, Clone)]
pub struct Development {
    /// The page of the mailbox.
    pub mailbox_url: String,
}

/// `SYNC_CALLS_PER_SECOND`, `SYNC_VERIFY_AFTER_S` and `SYNC_SWEEP_EVERY_S`; 0 seconds is never.
/// Of the provider's limit the half is used where nobody says otherwise: it allows a live instance
/// 100 calls a second, and any other 10.
fn sync(vars: &Vars, secret_key: &str) -> Result<SyncRules, SettingsError> {
    let half = if secret_key.starts_with("sk_live_") {
        50
    } else {
        5
    };
    let usual = SyncRules::default();
    let seconds = |name: &'static str, usual: Option<Duration>| {
        let usual = usual.unwrap_or_default().as_secs();
        let seconds = vars.number(name, &[], usual)?;
        Ok((seconds > 0).then(|| Duration::from_secs(seconds)))
    };
    Ok(SyncRules {
        calls_per_second: vars.number("SYNC_CALLS_PER_SECOND", &[], half)?,
        verify_after: seconds("SYNC_VERIFY_AFTER_S", usual.verify_after)?,
        sweep_every: seconds("SYNC_SWEEP_EVERY_S", usual.sweep_every)?,
    })
}

fn moves(vars: &Vars) -> Result<MoveRules, SettingsError> {
    let usual = MoveRules::default();
    let rows = vars.maybe_number::<NonZeroU16>("MOVE_BATCH_ROWS", &[])?;
    let rest = vars.maybe_number::<u16>("MOVE_REST", &[])?;
    Ok(MoveRules {
        batch_rows: rows.map_or(usual.batch_rows, |rows| i64::from(rows.get())),
        rest: rest.map_or(usual.rest, u32::from),
        ..usual
    })
}

impl Storage {
    /// Reads the settings of the object store.
    ///
    /// # Errors
    /// The first setting that is missing, unreadable, or set twice with different values.
    pub fn read(vars: &Vars) -> Result<Self, SettingsError> {
        let endpoint = vars.optional("S3_ENDPOINT", &["AWS_ENDPOINT_URL_S3"])?;
        Ok(Self {
            path_style: vars.flag("S3_PATH_STYLE", &[], endpoint.is_some())?,
            endpoint,
            public_endpoint: vars.optional("S3_PUBLIC_ENDPOINT", &[])?,
            bucket: vars.required("AWS_S3_BUCKET", &[])?,
            region: vars.required("AWS_REGION", &[])?,
            access_key: vars.required("AWS_ACCESS_KEY_ID", &[])?,
            secret_key: vars.secret("AWS_SECRET_ACCESS_KEY", &[])?,
        })
    }
}

impl Settings {
    /// Reads the settings of `bailiwick serve`.
    ///
    /// # Errors
    /// The first setting that is missing, unreadable, or set twice with different values.
    pub fn read(vars: &Vars) -> Result<Self, SettingsError> {
        let app_url = vars.url("APP_URL", &["PUBLIC_URL"])?;
        let origin = app_url.trim_end_matches('/').to_owned();
        let parties = vars.list("CLERK_AUTHORIZED_PARTIES", &[])?;
        let issuer = vars.required("CLERK_ISSUER", &["CLERK_JWT_ISSUER"])?;
        let secret_key = vars.prefixed("CLERK_SECRET_KEY", &[], "sk_")?;
        Ok(Self {
            listen: vars.address("LISTEN", &[], "0.0.0.0:3000")?,
            internal_listen: vars.address("INTERNAL_LISTEN", &[], "127.0.0.1:3001")?,
            trusted_proxies: vars.number("TRUSTED_PROXIES", &[], 0)?,
            rates: Rates {
                per_address: vars.number("RATE_PER_ADDRESS", &[], Rates::default().per_address)?,
                per_user: vars.number("RATE_PER_USER", &[], Rates::default().per_user)?,
            },
            internal_keys: vars.secrets("INTERNAL_API_KEY", &[])?,
            audit_keys: vars.audit_keys()?,
            database: Database {
                url: vars.secret("DATABASE_URL", &[])?,
                migration_url: vars.optional_secret("DATABASE_MIGRATION_URL", &[])?,
                retention_url: vars.optional_secret("DATABASE_RETENTION_URL", &[])?,
                pool_max: vars.number("DATABASE_POOL_MAX", &[], 10)?,
                direct_url: vars.optional_secret("DATABASE_DIRECT_URL", &[])?,
                statement_cache: vars.maybe_number("DATABASE_STATEMENT_CACHE", &[])?,
                tables_max: vars.maybe_number("DATABASE_TABLES_PER_CONNECTION", &[])?,
            },
            clerk: Clerk {
                publishable_key: vars.prefixed(
                    "CLERK_PUBLISHABLE_KEY",
                    &[
                        "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY",
                        "VITE_CLERK_PUBLISHABLE_KEY",
                    ],
                    "pk_",
                )?,
                secret_key: secret_key.clone().into(),
                api_url: vars
                    .optional("CLERK_API_URL", &[])?
                    .unwrap_or_else(|| "https://api.clerk.com".to_owned()),
                frontend_api_url: vars.optional("CLERK_FRONTEND_API_URL", &[])?,
                proxy_path: vars.optional("CLERK_PROXY_URL", &[])?,
                jwks_url: vars
                    .optional("CLERK_JWKS_URL", &["CLERK_JWKS_URI"])?
                    .unwrap_or_else(|| {
                        format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/'))
                    }),
                issuer,
                webhook_secrets: vars
                    .secrets("CLERK_WEBHOOK_SIGNING_SECRET", &["CLERK_WEBHOOK_SECRET"])?,
                authorized_parties: if parties.is_empty() {
                    vec![origin.clone()]
                } else {
                    parties
                },
            },
            storage: Storage::read(vars)?,
            rules: Rules {
                upload_bytes_max: vars.number("UPLOAD_BYTES_MAX", &[], 100 * 1024 * 1024)?,
                provider_roles: vars.list("CLERK_ORG_ROLES", &[])?,
                org_creation: OrgCreation::from_word(vars.choice(
                    "ORG_CREATION",
                    &OrgCreation::WORDS,
                    "self_service",
                )?)
                .unwrap_or(OrgCreation::SelfService),
                single_org_membership: vars.flag("SINGLE_ORG_MEMBERSHIP", &[], false)?,
                invitations_per_hour: vars.number("INVITATIONS_PER_HOUR", &[], 100)?,
                plan_grace_days: vars.number("PLAN_GRACE_DAYS", &[], 3)?,
                org_types: vars.list("ORG_TYPES", &[])?,
                org_metadata_keys: vars.list("ORG_METADATA_KEYS", &[])?,
                feature_flags: vars.feature_flags("FEATURE_FLAGS")?,
                policy_pack: vars
                    .optional("POLICY_PACK", &[])?
                    .unwrap_or_else(|| "default".to_owned()),
                jit_users: vars.flag("JIT_USERS", &[], true)?,
                tenant_retention_days: vars.number("TENANT_RETENTION_DAYS", &[], 30)?,
                moves: moves(vars)?,
                sync: sync(vars, &secret_key)?,
            },
            development: None,
            app_url: origin,
        })
    }
}
