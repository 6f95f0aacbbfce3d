//! An organization as the API shows it.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::organizations::OrganizationAndPermissions;
use bailiwick_store::organizations::Moving;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::invitations::SeatsView;

/// An organization as one of its members sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Organization)]
pub struct OrganizationView {
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
    /// Where its tenant lives.
    #[schema(value_type = TierName)]
    tier: String,
    /// The plan that it pays for, by its name at the identity provider; null where it has none.
    #[schema(required = true)]
    plan_slug: Option<String>,
    /// The plan ends then, unless it is taken up again; null where no end is known.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    plan_until: Option<Timestamp>,
    /// What the plan gives, by the names of the policy.
    #[schema(example = json!(["dedicated_schema"]))]
    entitlements: Vec<String>,
    /// How many people the plan allows, or an operator instead of it.
    members_max: i64,
    /// How many people there are with those who are invited; null for who may not invite.
    #[schema(required = true)]
    seats: Option<SeatsView>,
    /// How far its tenant is made.
    #[schema(value_type = ProvisioningStatus)]
    provisioning_status: String,
    /// The caller's org role; null for an operator who is no member.
    #[schema(required = true)]
    user_role: Option<String>,
    /// Keys of the permissions that the caller holds, however far they reach.
    user_permissions: Vec<String>,
    /// Active members.
    member_count: i64,
    /// What it is, in a few words.
    #[schema(required = true)]
    description: Option<String>,
    /// What kind of company it is, in the installation's own words.
    #[serde(rename = "type")]
    #[schema(required = true)]
    org_type: Option<String>,
    /// Its number at the tax office.
    #[schema(required = true)]
    tax_id: Option<String>,
    /// Whatever the product keeps for it.
    settings: Map<String, Value>,
    /// Whether it was made by itself for one person.
    is_personal: bool,
    /// When we first saw it.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Its way to the other tier, while there is one. It can be worked in meanwhile.
    #[serde(rename = "move")]
    #[schema(required = true)]
    moving: Option<MoveView>,
}

/// How far a tenant's move to the other tier is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Move)]
pub struct MoveView {
    /// What is done next.
    #[schema(value_type = MoveStep)]
    step: String,
    /// Where it leads.
    #[schema(value_type = TierName)]
    to: String,
    /// Rows that were copied.
    rows_done: i64,
    /// Rows there were when the copying began; more may have come since.
    rows_total: i64,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
}

/// What a move does next.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum MoveStep {
    /// The new home is made.
    Preparing,
    /// Rows are copied.
    Copying,
    /// Both homes are compared.
    Verifying,
    /// The new home takes the old one's place.
    Switching,
    /// The tenant has moved; its old home is removed.
    Cleaning,
    /// The tenant stays; what was copied is removed.
    Cancelling,
}

impl From<Moving> for MoveView {
    fn from(moving: Moving) -> Self {
        Self {
            step: moving.step,
            to: moving.to_tier,
            rows_done: moving.rows_done.min(moving.rows_total),
            rows_total: moving.rows_total,
            started_at: moving.started_at,
        }
    }
}

/// A plan's tier.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum TierName {
    /// Rows in the shared schema.
    Starter,
    /// A schema of one's own.
    Pro,
}

/// How far a tenant is made.
#[derive(ToSchema)]
#[schema(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum ProvisioningStatus {
    /// Not begun.
    Pending,
    /// Under way.
    InProgress,
    /// Ready.
    Completed,
    /// Given up; an operator may retry.
    Failed,
    /// Moving to a schema of its own.
    Upgrading,
    /// Moving to the shared schema.
    Downgrading,
}

impl From<OrganizationAndPermissions> for OrganizationView {
    fn from(found: OrganizationAndPermissions) -> Self {
        let OrganizationAndPermissions {
            organization: org,
            permissions,
            entitlements,
            seats,
            may_invite,
        } = found;
        Self {
            id: org.id,
            clerk_org_id: org.clerk_org_id,
            name: org.name,
            slug: org.slug,
            image_url: org.image_url,
            tier: org.tier,
            plan_slug: org.plan,
            plan_until: org.plan_until,
            entitlements,
            members_max: seats.max,
            seats: may_invite.then(|| seats.into()),
            provisioning_status: org.provisioning_status,
            user_role: org.role,
            user_permissions: permissions,
            member_count: org.member_count,
            description: org.details.description,
            org_type: org.details.org_type,
            tax_id: org.details.tax_id,
            settings: org.details.settings,
            is_personal: org.is_personal,
            created_at: org.created_at,
            moving: org.moving.map(Into::into),
        }
    }
}
