//! `GET /platform/impersonations`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Caller, impersonations};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::ImpersonationView;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// Which impersonations.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OfState {
    /// By which somebody may act.
    Open,
    /// That were ended, or whose time is over.
    Over,
}

/// The filter of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Those that are open, or those that are over; all where nothing is said.
    #[serde(default)]
    #[param(inline, value_type = Option<OfState>)]
    state: Option<OfState>,
}

/// Who acts, and acted, for whom, the newest first. Permission `platform:impersonate`.
#[utoipa::path(
    get, path = "/platform/impersonations", operation_id = "listImpersonations", tag = "platform",
    params(PageQuery, Filter),
    responses((status = 200, description = "A page of impersonations", body = Page<ImpersonationView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(query): Query<PageQuery>,
    Query(filter): Query<Filter>,
) -> ApiResult<Json<Page<ImpersonationView>>> {
    let state = filter.state.map(|state| match state {
        OfState::Open => "open",
        OfState::Over => "over",
    });
    let (page, people) = impersonations::list(&caller, state, &query).await?;
    Ok(Json(
        page.map(|shown| ImpersonationView::of(shown, &people)),
    ))
}
