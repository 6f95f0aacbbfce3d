//! `GET /organizations/{id}/invitations`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Caller, invitations};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::InvitationView;
use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// Which invitations.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfStatus {
    /// Open ones.
    Pending,
    /// By which somebody came.
    Accepted,
    /// Taken back.
    Revoked,
    /// Whose time is over.
    Expired,
    /// That the provider refused.
    Failed,
}

impl OfStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Failed => "failed",
        }
    }
}

/// The filter of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Of which status; all where nothing is said.
    #[serde(default)]
    #[param(inline, value_type = Option<OfStatus>)]
    status: Option<OfStatus>,
}

/// The invitations of an organization, the newest first. Permission `users:invite`. 404 for who is
/// no member.
#[utoipa::path(
    get, path = "/organizations/{id}/invitations", operation_id = "listInvitations",
    tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization"), PageQuery, Filter),
    responses((status = 200, description = "A page of invitations", body = Page<InvitationView>))
)]
pub(super) async fn list(
    caller: Caller,
    Path(id): Path<OrgId>,
    Query(query): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<InvitationView>>> {
    let status = filter.status.map(OfStatus::as_str);
    let page = invitations::list(&caller, id, status, &query).await?;
    Ok(Json(page.map(InvitationView::from)))
}
