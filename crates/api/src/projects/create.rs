//! `POST /projects`.

use bailiwick_services::Scope;
use bailiwick_services::projects::{self, Input};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::ProjectView;
use crate::extract::{Idempotent, Json};
use crate::problem::ApiResult;

/// What a project is made with.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
}

/// Makes a project, which the caller then leads. Permission `projects:create`.
#[utoipa::path(
    post, path = "/projects", operation_id = "createProject", tag = "projects",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first")),
    request_body = ProjectCreate,
    responses((status = 201, description = "The project", body = ProjectView))
)]
pub(super) async fn create(
    mut scope: Scope,
    request: Idempotent<ProjectCreate>,
) -> ApiResult<(StatusCode, Json<ProjectView>)> {
    let input = Input {
        name: request.body.name,
        description: request.body.description,
    };
    let found = projects::create(&mut scope, &input, request.key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(ProjectView::one(&scope, found))))
}
