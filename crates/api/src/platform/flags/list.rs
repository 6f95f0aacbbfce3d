//! `GET /platform/flags`.

use bailiwick_kernel::page::Page;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};

use super::view::FlagView;
use crate::extract::Json;
use crate::problem::ApiResult;

/// All feature flags, by key, on one page: there are 500 at most, and those that the installation was
/// started with. Permission `platform:read_flags`.
#[utoipa::path(
    get, path = "/platform/flags", operation_id = "listFlags", tag = "platform",
    responses((status = 200, description = "All flags", body = Page<FlagView>))
)]
pub(super) async fn list(caller: Caller) -> ApiResult<Json<Page<FlagView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadFlags).await?;
    let (found, people) = flags::list(&operator).await?;
    let data = found.into_iter().map(|flag| FlagView::of(flag, &people));
    Ok(Json(Page {
        data: data.collect(),
        next_cursor: None,
    }))
}
