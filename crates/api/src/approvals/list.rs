//! `GET /approvals`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Scope, approvals};
use serde::Deserialize;
use utoipa::IntoParams;

use super::ApprovalView;
use super::view::ApprovalStatus;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalFilter {
    /// Only those that stand so.
    #[serde(default)]
    #[param(inline)]
    pub status: Option<ApprovalStatus>,
}

/// What was asked for, newest first. Permission `approvals:read`; with reach `own` only what one
/// asked for oneself, and within the data window where there is one.
#[utoipa::path(
    get, path = "/approvals", operation_id = "listApprovals", tag = "approvals",
    params(PageQuery, ApprovalFilter),
    responses((status = 200, description = "A page of approvals", body = Page<ApprovalView>))
)]
pub(super) async fn list(
    mut scope: Scope,
    Query(query): Query<PageQuery>,
    Query(filter): Query<ApprovalFilter>,
) -> ApiResult<Json<Page<ApprovalView>>> {
    let status = filter.status.map(ApprovalStatus::as_str);
    let (page, people) = approvals::list(&mut scope, status, &query).await?;
    Ok(Json(page.map(|approval| {
        ApprovalView::of(&scope, approval, &people)
    })))
}
