//! `GET /platform/conflicts`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, conflicts};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::view::ConflictView;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// Whether somebody is still to look at it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ConflictState {
    /// Nobody has, and both people are there.
    #[default]
    Open,
    /// Somebody has, or one of the two was deleted.
    Closed,
}

/// Which conflicts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConflictFilter {
    /// The open ones where nothing is said.
    #[serde(default)]
    #[param(inline)]
    state: Option<ConflictState>,
}

/// Whose e-mail is somebody else's as well, the newest first. No account is ever linked by that
/// alone: each entry says what to do. Permission `platform:read_conflicts`.
#[utoipa::path(
    get, path = "/platform/conflicts", operation_id = "listConflicts", tag = "platform",
    params(ConflictFilter, PageQuery),
    responses((status = 200, description = "A page of conflicts", body = Page<ConflictView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(filter): Query<ConflictFilter>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<ConflictView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadConflicts).await?;
    let is_open = filter.state.unwrap_or_default() == ConflictState::Open;
    let page = conflicts::list(&operator, is_open, &query).await?;
    Ok(Json(page.map(ConflictView::from)))
}
