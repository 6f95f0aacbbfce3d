//! The explanation of every code, where a problem's `type` points to.

use bailiwick_kernel::{Code, Problem};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::ApiResult;
use crate::extract::{Json, Path};
use crate::state::AppState;

/// One code of the interface.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeView {
    /// The machine code.
    pub code: &'static str,
    /// The HTTP status that goes with it.
    pub status: u16,
    /// What it means.
    pub title: &'static str,
}

impl From<Code> for CodeView {
    fn from(code: Code) -> Self {
        Self {
            code: code.as_str(),
            status: code.status(),
            title: code.title(),
        }
    }
}

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
}

/// Lists every code. Public.
#[utoipa::path(
    get, path = "/problems", operation_id = "listProblems", tag = "platform", security(()),
    responses((status = 200, description = "All codes", body = [CodeView]))
)]
async fn list() -> Json<Vec<CodeView>> {
    Json(Code::ALL.iter().copied().map(CodeView::from).collect())
}

/// Explains one code. Public; 404 where there is no such code.
#[utoipa::path(
    get, path = "/problems/{code}", operation_id = "getProblem", tag = "platform", security(()),
    params(("code" = String, Path, description = "The machine code")),
    responses((status = 200, description = "The code", body = CodeView))
)]
async fn get(Path(code): Path<String>) -> ApiResult<Json<CodeView>> {
    let found = Code::ALL.iter().find(|known| known.as_str() == code);
    Ok(Json(found.copied().ok_or_else(Problem::not_found)?.into()))
}
