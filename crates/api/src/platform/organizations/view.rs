//! An organization as those see it who operate the installation.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::platform::organizations::Found;
use bailiwick_store::fleet::tenants::{OnMove, Tenant};
use bailiwick_store::platform::organizations::{Home, Job, Organization};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::organizations::{ProvisioningStatus, TierName};
use crate::views::PersonView;

/// An organization of the installation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformOrganization)]
pub struct PlatformOrganizationView {
    /// Our id, which is the tenant's.
    id: OrgId,
    /// The provider's id.
    clerk_org_id: String,
    /// Its name.
    name: String,
    /// Its place in URLs.
    slug: String,
    /// A logo.
    #[schema(required = true)]
    image_url: Option<String>,
    /// The plan's tier.
    #[schema(value_type = TierName)]
    tier: String,
    /// What it pays for, by the provider's slug of it.
    #[schema(required = true)]
    plan: Option<String>,
    /// How far its tenant is made.
    #[schema(value_type = ProvisioningStatus)]
    provisioning_status: String,
    /// Why its tenant could not be made.
    #[schema(required = true)]
    provisioning_error: Option<String>,
    /// Active members.
    member_count: i64,
    /// Whether it was made by itself for one person.
    is_personal: bool,
    /// When we first saw it.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was deleted at the provider; null while it is there.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
}

impl From<Organization> for PlatformOrganizationView {
    fn from(org: Organization) -> Self {
        Self {
            id: org.id,
            clerk_org_id: org.clerk_org_id,
            name: org.name,
            slug: org.slug,
            image_url: org.image_url,
            tier: org.tier,
            plan: org.plan,
            provisioning_status: org.provisioning_status,
            provisioning_error: org.provisioning_error,
            member_count: org.member_count,
            is_personal: org.is_personal,
            created_at: org.created_at,
            deleted_at: org.deleted_at,
        }
    }
}

/// An organization of the installation, with the state of its tenant.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformOrganizationDetail)]
pub struct OrganizationDetailView {
    /// The organization.
    organization: PlatformOrganizationView,
    /// What it is, in a few words.
    #[schema(required = true)]
    description: Option<String>,
    /// What kind of company it is, in the installation's own words.
    #[serde(rename = "type")]
    #[schema(required = true)]
    org_type: Option<String>,
    /// The provider's time of what we know.
    #[schema(value_type = String, format = DateTime)]
    clerk_updated_at: Timestamp,
    /// Who owns it, twenty at most.
    owners: Vec<PersonView>,
    /// Where its tenant ought to live: what its plan, or an operator, asks for.
    #[schema(value_type = TierName)]
    tier_wanted: String,
    /// Where its tenant lives; null until it is ready.
    #[schema(required = true)]
    home: Option<HomeView>,
    /// Its way to another tier; null while it is on none.
    #[serde(rename = "move")]
    #[schema(required = true)]
    on_move: Option<MoveView>,
    /// The work that makes its tenant; null where there is none to do, or nobody has it to do.
    #[schema(required = true)]
    job: Option<JobView>,
}

/// Where a tenant lives.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantHome)]
pub struct HomeView {
    /// The schema of its tables.
    schema: String,
    /// Moves with the tenant.
    epoch: i64,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
    /// The newest migration in the schema; null where that is not known.
    #[schema(required = true)]
    version: Option<i32>,
    /// How the schema is, beside the server's version.
    #[schema(value_type = SchemaState)]
    state: String,
    /// When the schema was brought to its version.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    migrated_at: Option<Timestamp>,
    /// Why the last migration failed; null where it did not.
    #[schema(required = true)]
    error: Option<String>,
}

/// How a tenant's schema is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(dead_code, reason = "the shape of a word that is stored as text")]
pub enum SchemaState {
    /// At the server's version.
    Current,
    /// At another: `bailiwick migrate` brings it along.
    Behind,
    /// The same, after a migration that failed.
    Failed,
    /// Nothing is known of its version.
    Unknown,
    /// There is none.
    None,
}

/// A tenant's way to another tier.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TenantMove)]
pub struct MoveView {
    /// Where it goes.
    #[schema(value_type = TierName)]
    to_tier: String,
    /// What is done next.
    step: String,
    /// Rows that were copied.
    rows_done: i64,
    /// Rows there were when the copying began.
    rows_total: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
}

impl From<OnMove> for MoveView {
    fn from(found: OnMove) -> Self {
        Self {
            to_tier: found.to_tier,
            step: found.step,
            rows_done: found.rows_done,
            rows_total: found.rows_total,
            started_at: found.started_at,
        }
    }
}

/// How a job stands.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = JobStanding)]
pub struct JobView {
    /// How often it was tried.
    attempts: i32,
    /// Given up after so many tries.
    attempts_max: i32,
    /// When it is tried next, where nobody is at it.
    #[schema(value_type = String, format = DateTime)]
    next_at: Timestamp,
    /// Until when somebody is at it, unless they say otherwise; null where nobody is.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    claimed_until: Option<Timestamp>,
    /// Why the last try failed.
    #[schema(required = true)]
    error: Option<String>,
}

impl HomeView {
    fn of(home: Home, tenant: Option<&Tenant>) -> Self {
        Self {
            schema: home.schema,
            epoch: home.epoch,
            since: home.since,
            version: tenant.and_then(|t| t.version),
            state: tenant.map_or_else(|| "unknown".to_owned(), |t| t.state.clone()),
            migrated_at: tenant.and_then(|t| t.migrated_at),
            error: tenant.and_then(|t| t.last_error.clone()),
        }
    }
}

impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        Self {
            attempts: job.attempts,
            attempts_max: job.max_attempts,
            next_at: job.run_at,
            claimed_until: job.locked_until,
            error: job.last_error,
        }
    }
}

impl From<Found> for OrganizationDetailView {
    fn from(found: Found) -> Self {
        let Found {
            detail,
            tenant,
            job,
            owners,
            people,
        } = found;
        let tier_wanted = match &tenant {
            Some(tenant) => tenant.tier_wanted.clone(),
            // It was deleted: nothing is asked for.
            None => detail.organization.tier.clone(),
        };
        Self {
            organization: detail.organization.into(),
            description: detail.description.filter(|text| !text.is_empty()),
            org_type: detail.org_type.filter(|text| !text.is_empty()),
            clerk_updated_at: detail.clerk_updated_at,
            owners: owners
                .into_iter()
                .map(|id| PersonView::of(id, &people))
                .collect(),
            tier_wanted,
            home: detail.home.map(|home| HomeView::of(home, tenant.as_ref())),
            on_move: tenant.and_then(|t| t.on_move).map(MoveView::from),
            job: job.map(JobView::from),
        }
    }
}
