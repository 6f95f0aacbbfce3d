//! `GET /organizations/creations/{creationId}`.

use bailiwick_kernel::id::{IntentId, OrgId};
use bailiwick_services::Caller;
use bailiwick_services::organizations::{self, Begun};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// An organization that is being made.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrganizationCreation)]
pub struct CreationView {
    /// By which it is asked for.
    pub(super) id: IntentId,
    /// What it is to be called.
    name: String,
    /// How far it is.
    #[schema(value_type = CreationState)]
    state: &'static str,
    /// What the identity provider said last, where it refused or could not be reached: a code.
    #[schema(required = true)]
    error: Option<String>,
    /// The organization; null until it is there.
    #[schema(required = true)]
    organization_id: Option<OrgId>,
}

/// How far the making of an organization is.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum CreationState {
    /// Tried again by itself.
    Pending,
    /// The organization is there.
    Done,
    /// Refused, or tried in vain for hours: there is none, and nothing more is tried.
    Failed,
}

impl From<Begun> for CreationView {
    fn from(begun: Begun) -> Self {
        Self {
            id: begun.id,
            name: begun.name,
            state: begun.progress.as_str(),
            error: begun.error,
            organization_id: begun.org,
        }
    }
}

/// How the making of an organization stands that the caller has asked for and that was answered
/// with 202. Needs a session and no permission. 404 for what others have asked for, and thirty days
/// after its end.
#[utoipa::path(
    get, path = "/organizations/creations/{creationId}", operation_id = "getOrganizationCreation",
    tag = "organizations",
    params(("creationId" = IntentId, Path, description = "As the 202 named it")),
    responses((status = 200, description = "How far it is", body = CreationView))
)]
pub(super) async fn creation(
    caller: Caller,
    Path(id): Path<IntentId>,
) -> ApiResult<Json<CreationView>> {
    let begun = organizations::find_creation(&caller, id).await?;
    Ok(Json(begun.into()))
}
