//! `GET /platform/flags/{key}/organizations`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};

use super::view::OverrideView;
use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// Organizations for which something else holds, by name. Permission `platform:read_flags`.
#[utoipa::path(
    get, path = "/platform/flags/{key}/organizations", operation_id = "listFlagOrganizations", tag = "platform",
    params(("key" = String, Path, description = "Its name in code"), PageQuery),
    responses((status = 200, description = "A page of exceptions", body = Page<OverrideView>))
)]
pub(super) async fn list_organizations(
    caller: Caller,
    Path(key): Path<String>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<OverrideView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadFlags).await?;
    let (page, people) = flags::list_overrides(&operator, &key, &query).await?;
    Ok(Json(page.map(|found| OverrideView::of(found, &people))))
}
