//! `GET /config`.

use axum::extract::State;

use super::ConfigView;
use crate::extract::Json;
use crate::state::AppState;

/// Settings of the web page. Public.
#[utoipa::path(
    get, path = "/config", operation_id = "getConfig", tag = "platform", security(()),
    responses((status = 200, description = "The settings", body = ConfigView))
)]
pub(super) async fn get(State(state): State<AppState>) -> Json<ConfigView> {
    Json(ConfigView::clone(&state.page_config))
}
