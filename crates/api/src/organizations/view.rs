//! An organization as the API shows it.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::organizations::OrganizationAndPermissions;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

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
    /// The plan's tier.
    #[schema(value_type = TierName)]
    tier: String,
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
    /// When we first saw it.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
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
        } = found;
        Self {
            id: org.id,
            clerk_org_id: org.clerk_org_id,
            name: org.name,
            slug: org.slug,
            image_url: org.image_url,
            tier: org.tier,
            provisioning_status: org.provisioning_status,
            user_role: org.role,
            user_permissions: permissions,
            member_count: org.member_count,
            created_at: org.created_at,
        }
    }
}
