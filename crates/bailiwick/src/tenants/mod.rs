//! `bailiwick tenants`: where every organization lives, and moving, mending and comparing that.

mod archive;
mod change;
mod delete;
mod look;

use bailiwick_api::Module;
use bailiwick_store::fleet::tenants::STATES;
use clap::Subcommand;

use crate::settings::{Settings, Vars};

/// The tiers, as they are written.
const TIERS: [&str; 2] = ["starter", "pro"];
/// The states of provisioning, as they are written.
const PROVISIONING: [&str; 6] = [
    "PENDING",
    "IN_PROGRESS",
    "COMPLETED",
    "FAILED",
    "UPGRADING",
    "DOWNGRADING",
];

/// What can be done with tenants.
#[derive(Subcommand)]
pub enum Command {
    /// All tenants, a line each, by slug
    #[command(after_help = "Examples:
  bailiwick tenants list --tier pro
  bailiwick tenants list --state failed        where a migration failed, and why
  bailiwick tenants list --provisioning FAILED
  bailiwick tenants list --json | jq '.[] | select(.state != \"current\")'

States of a schema: current, behind, failed (and behind), unknown, none (no tenant was made yet).")]
    List {
        /// Only those that live in this tier
        #[arg(long, value_parser = TIERS)]
        tier: Option<String>,
        /// Only those whose schema is in this state
        #[arg(long, value_parser = STATES)]
        state: Option<String>,
        /// Only those in this state of provisioning
        #[arg(long, value_parser = PROVISIONING)]
        provisioning: Option<String>,
        /// So many at most
        #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
        limit: u32,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// One tenant, with all that is known of it
    #[command(after_help = "Examples:
  bailiwick tenants show harbour-works
  bailiwick tenants show tenant_0123456789ab --json")]
    Show {
        /// A slug, an id, the provider's id, or a schema
        tenant: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make the tenant of an organization that the provider has
    #[command(after_help = "Examples:
  bailiwick tenants create org_2abcDEF

As POST /internal/orgs/provision does: the organization is fetched where it is not known here, and
an organization that has its tenant keeps it.")]
    Create {
        /// The provider's id of the organization
        organization: String,
    },
    /// Move a tenant into a schema of its own, while it works
    #[command(after_help = "Examples:
  bailiwick tenants upgrade harbour-works --wait")]
    Upgrade(MoveArgs),
    /// Move a tenant into the shared schema, while it works
    #[command(after_help = "Examples:
  bailiwick tenants downgrade harbour-works --wait")]
    Downgrade(MoveArgs),
    /// Have done again what failed: a tenant that could not be made, a move that was given up
    #[command(after_help = "Examples:
  bailiwick tenants retry harbour-works
  bailiwick tenants retry --all            every tenant that could not be made

Migrations that failed are tried again by `bailiwick migrate --retry`.")]
    Retry {
        /// A slug, an id, the provider's id, or a schema
        #[arg(required_unless_present = "all")]
        tenant: Option<String>,
        /// Every tenant that could not be made
        #[arg(long, conflicts_with = "tenant")]
        all: bool,
    },
    /// Compare what is noted of tenants with what is, and say what mends each difference
    #[command(after_help = "Examples:
  bailiwick tenants verify
  bailiwick tenants verify --json

It reads DATABASE_MIGRATION_URL and compares placements, schemas, versions, tables, policies, and
whose rows are where; it finds schemas in which nobody lives, and names that collide. It changes
nothing, and fails where it finds anything.")]
    Verify {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// End an organization: delete it at the identity provider, and remove what it had once the time
    /// is over
    #[command(after_help = "Examples:
  bailiwick tenants delete harbour-works --confirm harbour-works
  bailiwick tenants delete harbour-works --confirm harbour-works --now --reason 'Case 4711'

Without --now its data is kept for TENANT_RETENTION_DAYS, and then removed by a server that has
DATABASE_RETENTION_URL. docs/guides/end-of-a-tenant.md.")]
    Delete(delete::Args),
    /// Write all of an organization's data into one file
    #[command(after_help = "Examples:
  bailiwick tenants export harbour-works --out harbour-works.tar
  tar -xOf harbour-works.tar manifest.json

Rows are as they were at one moment. docs/guides/end-of-a-tenant.md says what is in the file.")]
    Export(archive::ExportArgs),
    /// Restore such a file into an organization, in either tier
    #[command(after_help = "Examples:
  bailiwick tenants import harbour-works.tar --into harbour-works
  bailiwick tenants import harbour-works.tar --into another --fingerprint 9f86d081…
  bailiwick tenants import harbour-works.tar --into another --merge

Nothing is written before all of the file is verified. One that was cut off goes on when repeated.")]
    Import(archive::ImportArgs),
    /// What was removed of an organization, verified
    #[command(after_help = "Examples:
  bailiwick tenants certificate harbour-works
  bailiwick tenants certificate 0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f > certificate.json")]
    Certificate {
        /// Its id, the identity provider's, or its last slug
        organization: String,
    },
}

/// What a move is told.
#[derive(Debug, Clone, clap::Args)]
pub struct MoveArgs {
    /// A slug, an id, the provider's id, or a schema
    tenant: String,
    /// Stay until it has moved
    #[arg(long)]
    wait: bool,
}

/// Runs a command; answers what it prints.
///
/// # Errors
/// A setting is missing or unusable; there is no such tenant; what was found; the database's.
pub async fn run(
    vars: &Vars,
    modules: &'static [Module],
    command: Command,
) -> anyhow::Result<String> {
    match command {
        Command::List {
            tier,
            state,
            provisioning,
            limit,
            json,
        } => {
            let among = |known: &[&'static str], given: Option<String>| {
                let given = given?;
                known.iter().copied().find(|one| *one == given)
            };
            let filter = bailiwick_store::fleet::tenants::Filter {
                tier: among(&TIERS, tier),
                provisioning_status: provisioning,
                state: among(&STATES, state),
            };
            look::list(vars, modules, &filter, limit, json).await
        }
        Command::Show { tenant, json } => look::show(vars, modules, &tenant, json).await,
        Command::Create { organization } => change::create(vars, modules, &organization).await,
        Command::Upgrade(args) => change::move_to(vars, modules, &args, "pro").await,
        Command::Downgrade(args) => change::move_to(vars, modules, &args, "starter").await,
        Command::Retry { tenant, .. } => change::retry(vars, modules, tenant.as_deref()).await,
        Command::Verify { json } => look::verify(vars, modules, json).await,
        Command::Delete(args) => delete::run(&Settings::read(vars)?, modules, &args).await,
        Command::Export(args) => archive::export(&Settings::read(vars)?, modules, &args).await,
        Command::Import(args) => archive::import(&Settings::read(vars)?, modules, &args).await,
        Command::Certificate { organization } => delete::certificate(vars, &organization).await,
    }
}
