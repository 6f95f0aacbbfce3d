//! `POST /internal/orgs/provision`, on the operators' listener.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use bailiwick_services::provisioning::{self, Requested, Status};
use http::StatusCode;
use serde::{Deserialize, Serialize};

use crate::extract::Json;
use crate::problem::ApiResult;
use crate::state::AppState;

/// Which organization.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProvisionInput {
    clerk_org_id: String,
    /// Accepted for callers that send it; the provider's name is the one that is kept.
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "part of the contract, and the provider knows better"
    )]
    org_name: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProvisionView {
    clerk_org_id: String,
    schema_name: Option<String>,
    status: String,
}

/// Makes the tenant of an organization: 201 where it was made now, 409 with the same body where it
/// was there, 202 while it is being made, 404 where the provider does not know it.
pub async fn provision(
    State(state): State<AppState>,
    Json(input): Json<ProvisionInput>,
) -> ApiResult<Response> {
    let requested = provisioning::request(&state.app, &input.clerk_org_id).await?;
    let (code, Status { status, schema, .. }) = match requested {
        Requested::Made(status) => (StatusCode::CREATED, status),
        Requested::There(status) => (StatusCode::CONFLICT, status),
        Requested::UnderWay(status) => (StatusCode::ACCEPTED, status),
    };
    let clerk_org_id = input.clerk_org_id;
    let view = ProvisionView {
        clerk_org_id,
        schema_name: schema,
        status,
    };
    Ok((code, Json(view)).into_response())
}
