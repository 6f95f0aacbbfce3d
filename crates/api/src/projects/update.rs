//! `PUT /projects/{id}`.

use bailiwick_kernel::id::ProjectId;
use bailiwick_services::Scope;
use bailiwick_services::projects::{self, Input};
use serde::Deserialize;
use utoipa::ToSchema;

use super::ProjectView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// What a project is changed to, as a whole.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectUpdate {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it is about; none removes it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
}

/// Renames a project and describes it anew. Permission `projects:update`. 404 when it is not in
/// the caller's tenant.
#[utoipa::path(
    put, path = "/projects/{id}", operation_id = "updateProject", tag = "projects",
    params(("id" = ProjectId, Path, description = "The project")),
    request_body = ProjectUpdate,
    responses((status = 200, description = "The project", body = ProjectView))
)]
pub(super) async fn update(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
    Json(body): Json<ProjectUpdate>,
) -> ApiResult<Json<ProjectView>> {
    let input = Input {
        name: body.name,
        description: body.description,
    };
    let found = projects::update(&mut scope, id, &input).await?;
    Ok(Json(ProjectView::one(&scope, found)))
}
