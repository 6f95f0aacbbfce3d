//! `GET /me/pages`.

use bailiwick_kernel::policy::{Action, Window};
use bailiwick_services::Scope;
use bailiwick_services::authz;
use serde::Serialize;
use utoipa::ToSchema;

use crate::authz::bounded;
use crate::extract::Json;
use crate::problem::ApiResult;

/// The pages that the caller may open.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyPages)]
pub struct MyPagesView {
    /// In the order of navigation.
    pages: Vec<MyPageView>,
}

/// A page that the caller may open.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MyPage)]
pub struct MyPageView {
    /// Its key.
    page: String,
    /// Its name for people.
    title: String,
    /// The part of the interface that it belongs to; empty where there is one.
    group: String,
    /// Whether everybody opens it without a grant.
    is_always_accessible: bool,
    /// What the caller may do there, `view` first.
    actions: Vec<Action>,
    /// Within which distance from now; absent: without bound.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    window: Option<Window>,
}

/// The pages that the caller may open in the active organization. Needs a membership and no
/// permission.
#[utoipa::path(
    get, path = "/me/pages", operation_id = "getMyPages", tag = "me",
    responses((status = 200, description = "The pages", body = MyPagesView))
)]
pub(super) async fn pages(scope: Scope) -> ApiResult<Json<MyPagesView>> {
    let pack = scope.app().pack();
    let pages = authz::pages(&scope).into_iter().map(|found| MyPageView {
        page: pack.page_key(found.page).to_owned(),
        title: pack.page_title(found.page).to_owned(),
        group: pack.page_group(found.page).to_owned(),
        is_always_accessible: pack.is_always_accessible(found.page),
        actions: found.actions,
        window: bounded(found.window),
    });
    Ok(Json(MyPagesView {
        pages: pages.collect(),
    }))
}
