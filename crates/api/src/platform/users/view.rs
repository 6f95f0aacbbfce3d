//! A person as those see them who operate the installation.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_services::platform::users::Found;
use bailiwick_store::platform::users::{Account, Belonging};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// A person, with the organizations that they are or were in.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformUser)]
pub struct PlatformUserView {
    /// Our id.
    id: UserId,
    /// The provider's id; null while the account waits for its owner.
    #[schema(required = true)]
    clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// Every verified e-mail, in lower case.
    emails: Vec<String>,
    /// First and last name.
    #[schema(required = true)]
    full_name: Option<String>,
    /// A picture.
    #[schema(required = true)]
    avatar_url: Option<String>,
    /// The role on the installation.
    #[schema(value_type = bailiwick_kernel::PlatformRole)]
    platform_role: String,
    /// How the account is.
    state: AccountState,
    /// Why it was deleted.
    #[schema(required = true)]
    deletion_reason: Option<String>,
    /// When it was deleted.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
    /// `pending`, `invited` or `completed`, where migration or an invitation made the account.
    #[schema(required = true)]
    migration_status: Option<String>,
    /// The last sign of life.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    last_active_at: Option<Timestamp>,
    /// The provider's time of what we know.
    #[schema(value_type = String, format = DateTime)]
    clerk_updated_at: Timestamp,
    /// When we first saw them.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Where they belong or did, the newest first, a hundred at most.
    memberships: Vec<BelongingView>,
}

/// How an account is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Its owner may sign in.
    Active,
    /// It was switched off.
    Deactivated,
    /// It was deleted.
    Deleted,
    /// It waits for its owner to come.
    Waiting,
}

/// A person's membership.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformMembership)]
pub struct BelongingView {
    /// The organization.
    organization_id: OrgId,
    /// Its name.
    organization_name: String,
    /// Its slug.
    organization_slug: String,
    /// Whether the organization was deleted.
    is_organization_deleted: bool,
    /// The org role.
    role: String,
    /// `active`, `suspended`, `pending` or `removed`.
    status: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// When it changed last.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Belonging> for BelongingView {
    fn from(belonging: Belonging) -> Self {
        Self {
            organization_id: belonging.org,
            organization_name: belonging.name,
            organization_slug: belonging.slug,
            is_organization_deleted: belonging.deleted_at.is_some(),
            role: belonging.role,
            status: belonging.status,
            joined_at: belonging.joined_at,
            updated_at: belonging.updated_at,
        }
    }
}

impl AccountState {
    fn of(account: &Account) -> Self {
        if account.deleted_at.is_some() {
            Self::Deleted
        } else if !account.is_active {
            Self::Deactivated
        } else if account.clerk_user_id.is_none() {
            Self::Waiting
        } else {
            Self::Active
        }
    }
}

impl From<Found> for PlatformUserView {
    fn from(found: Found) -> Self {
        let Found {
            account,
            belongings,
        } = found;
        Self {
            state: AccountState::of(&account),
            id: account.id,
            clerk_user_id: account.clerk_user_id,
            email: account.email,
            emails: account.emails,
            full_name: account.full_name,
            avatar_url: account.avatar_url,
            platform_role: account.platform_role,
            deletion_reason: account.deletion_reason,
            deleted_at: account.deleted_at,
            migration_status: account.migration_status,
            last_active_at: account.last_active_at,
            clerk_updated_at: account.clerk_updated_at,
            created_at: account.created_at,
            memberships: belongings.into_iter().map(BelongingView::from).collect(),
        }
    }
}
