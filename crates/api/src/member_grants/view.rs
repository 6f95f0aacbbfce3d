//! A member's grants as the API shows them.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_kernel::id::UserId;
use bailiwick_kernel::policy::{AccessWindow, PageGrant};
use bailiwick_services::member_grants::MemberGrants;
use serde::Serialize;
use utoipa::ToSchema;

/// What a member was granted beside the role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MemberGrants)]
pub struct MemberGrantsView {
    /// Whose.
    user_id: UserId,
    /// The org role.
    role: String,
    /// The version to send with a change.
    version: i64,
    /// By page. What is absent is not granted.
    pages: BTreeMap<String, PageGrant>,
    /// Permissions, everywhere in the organization.
    permissions: BTreeSet<String>,
    /// When the member may act; null: always, as far as the role may.
    #[schema(required = true)]
    access: Option<AccessWindow>,
}

impl From<MemberGrants> for MemberGrantsView {
    fn from(found: MemberGrants) -> Self {
        Self {
            user_id: found.user,
            role: found.role,
            version: found.version,
            pages: found.grants.pages,
            permissions: found.grants.permissions,
            access: found.grants.access,
        }
    }
}
