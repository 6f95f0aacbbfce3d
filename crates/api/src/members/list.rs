//! `GET /organizations/{id}/members`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Caller, members};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::MemberView;
use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// Which members.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WithStatus {
    /// Who is let in.
    #[default]
    Active,
    /// Who is suspended.
    Suspended,
    /// Who waits for the end of another membership.
    Pending,
    /// Who was a member.
    Removed,
}

impl WithStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Pending => "pending",
            Self::Removed => "removed",
        }
    }
}

/// The filter of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of which status; the active ones where nothing is said.
    #[serde(default)]
    #[param(inline)]
    status: Option<WithStatus>,
}

/// The members of an organization, oldest first. Permission `users:read`, for former ones
/// `users:update`. 404 for who is no member.
#[utoipa::path(
    get, path = "/organizations/{id}/members", operation_id = "listOrganizationMembers",
    tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization"), PageQuery, Filter),
    responses((status = 200, description = "A page of members", body = Page<MemberView>))
)]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<OrgId>,
    Query(query): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<MemberView>>> {
    let status = filter.status.unwrap_or_default();
    let page = members::list(&caller, id, status.as_str(), &query).await?;
    Ok(Json(page.map(MemberView::from)))
}
