//! `POST /internal/orgs/plan-sync`, on the operators' listener.

use axum::extract::State;
use bailiwick_kernel::Tier;
use bailiwick_services::plans::{self, Synced};
use serde::{Deserialize, Serialize};

use crate::extract::Json;
use crate::problem::ApiResult;
use crate::state::AppState;

/// Which organization is on which plan.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlanSyncInput {
    clerk_org_id: String,
    plan_slug: String,
}

/// How the organization stands now.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlanSyncView {
    clerk_org_id: String,
    plan_slug: String,
    tier: Tier,
    provisioning_status: String,
}

/// Puts an organization on a plan: 200 whether it was on it or not, 404 where the provider does not
/// know the organization, 422 for a plan that is not known. Its tenant moves after the answer.
pub async fn plan_sync(
    State(state): State<AppState>,
    Json(input): Json<PlanSyncInput>,
) -> ApiResult<Json<PlanSyncView>> {
    let PlanSyncInput {
        clerk_org_id,
        plan_slug,
    } = input;
    let synced = plans::request(&state.app, &clerk_org_id, &plan_slug).await?;
    let Synced {
        plan,
        tier,
        provisioning_status,
    } = synced;
    Ok(Json(PlanSyncView {
        clerk_org_id,
        plan_slug: plan,
        tier,
        provisioning_status,
    }))
}
