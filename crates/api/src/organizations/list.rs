//! `GET /organizations`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Caller, organizations};

use super::OrganizationView;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// The organizations in which the caller is an active member, by name. Needs a session and no
/// permission.
#[utoipa::path(
    get, path = "/organizations", operation_id = "listOrganizations", tag = "organizations",
    params(PageQuery),
    responses((status = 200, description = "A page of organizations", body = Page<OrganizationView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<OrganizationView>>> {
    let page = organizations::list(&caller, &query).await?;
    Ok(Json(page.map(OrganizationView::from)))
}
