//! `GET /audit`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::Caller;
use bailiwick_services::audit::Reader;

use super::EntryView;
use super::query::FilterQuery;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;
use crate::request;

/// What was done in the organization, newest first. Permission `audit:read`; who holds it for less
/// than the whole organization sees what they did and what was done to them. Who operates the
/// installation and names no organization sees what was done to the installation itself; what they
/// read is recorded.
#[utoipa::path(
    get, path = "/audit", operation_id = "listAudit", tag = "audit",
    params(FilterQuery, PageQuery),
    responses((status = 200, description = "A page of the audit", body = Page<EntryView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(filter): Query<FilterQuery>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<EntryView>>> {
    let filter = filter.checked()?;
    let mut reader = Reader::open(caller).await?;
    if let Some(scope) = reader.scope() {
        request::note_tenant(scope.org(), scope.schema());
    }
    let (page, people) = reader.page(&filter, &query).await?;
    Ok(Json(page.map(|entry| EntryView::of(entry, &people))))
}
