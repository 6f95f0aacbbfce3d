//! `GET /organizations/{id}/members`.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Caller, organizations};
use bailiwick_store::memberships::OrgMember;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// An active member.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrganizationMember)]
pub struct MemberView {
    /// Who.
    user_id: UserId,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// First and last name.
    #[schema(required = true)]
    full_name: Option<String>,
    /// A picture.
    #[schema(required = true)]
    avatar_url: Option<String>,
    /// The org role.
    role: String,
    /// `active`.
    status: String,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
}

impl From<OrgMember> for MemberView {
    fn from(member: OrgMember) -> Self {
        Self {
            user_id: member.user,
            email: member.email,
            full_name: member.full_name,
            avatar_url: member.avatar_url,
            role: member.role,
            status: member.status,
            joined_at: member.joined_at,
        }
    }
}

/// The active members of an organization, oldest first. Permission `users:read`. 404 for who is
/// no member.
#[utoipa::path(
    get, path = "/organizations/{id}/members", operation_id = "listOrganizationMembers",
    tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization"), PageQuery),
    responses((status = 200, description = "A page of members", body = Page<MemberView>))
)]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<OrgId>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<MemberView>>> {
    let page = organizations::members(&caller, id, &query).await?;
    Ok(Json(page.map(MemberView::from)))
}
