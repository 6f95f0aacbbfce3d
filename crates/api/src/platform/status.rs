//! `GET /platform/status`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, status};
use bailiwick_store::inbox::Waiting;
use bailiwick_store::jobs::Census;
use bailiwick_store::sweeps::Sweep;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::inbox::MessageState;
use crate::extract::Json;
use crate::organizations::ProvisioningStatus;
use crate::problem::ApiResult;

/// How the installation is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformStatus)]
pub struct StatusView {
    /// Webhooks in each state that is not their last; a state that is missing has none.
    inbox: Vec<WaitingView>,
    /// The queue, by kind of job; a kind that is missing has none.
    jobs: Vec<JobsView>,
    /// Organizations in each state of provisioning.
    provisioning: Vec<ProvisioningView>,
    /// Schemas of tenants' own, and how many of them are not at the server's version.
    schemas: SchemasView,
    /// The newest comparison of the mirror with the provider; null before the first.
    #[schema(required = true)]
    sweep: Option<SweepView>,
}

/// Webhooks that are in one state.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WaitingMessages)]
pub struct WaitingView {
    /// The state.
    #[schema(value_type = MessageState)]
    state: String,
    /// How many.
    count: i64,
    /// When the oldest of them came.
    #[schema(value_type = String, format = DateTime)]
    since: Timestamp,
}

/// What the queue holds of one kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WaitingJobs)]
pub struct JobsView {
    /// The kind.
    kind: String,
    /// Waiting or at work.
    open: i64,
    /// Given up.
    dead: i64,
    /// Since when the oldest is due and nobody has taken it; null where none is late.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    due_since: Option<Timestamp>,
}

/// Schemas of tenants' own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TenantSchemas)]
pub struct SchemasView {
    /// How many there are.
    count: i64,
    /// Of these not at the server's version: `bailiwick migrate` brings them there.
    behind: i64,
    /// Of these, where a migration failed.
    failed: i64,
}

/// Organizations in one state of provisioning.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ProvisioningCount)]
pub struct ProvisioningView {
    /// The state.
    #[schema(value_type = ProvisioningStatus)]
    status: String,
    /// How many.
    count: i64,
}

/// A comparison of the mirror with the provider.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Sweep)]
pub struct SweepView {
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    started_at: Timestamp,
    /// What came of it: `done`, `refused`, `failed` or `abandoned`; null while it is at work.
    #[schema(required = true)]
    outcome: Option<String>,
    /// Why it was refused, or failed.
    #[schema(required = true)]
    error: Option<String>,
    /// Whether it only looked.
    is_dry_run: bool,
}

impl From<Waiting> for WaitingView {
    fn from(waiting: Waiting) -> Self {
        Self {
            state: waiting.state,
            count: waiting.count,
            since: waiting.since,
        }
    }
}

impl From<Census> for JobsView {
    fn from(census: Census) -> Self {
        Self {
            kind: census.kind,
            open: census.open,
            dead: census.dead,
            due_since: census.due_since,
        }
    }
}

impl From<Sweep> for SweepView {
    fn from(sweep: Sweep) -> Self {
        Self {
            started_at: sweep.started_at,
            outcome: sweep.outcome,
            error: sweep.error,
            is_dry_run: sweep.is_dry_run,
        }
    }
}

/// How the installation is: what waits, what was given up. Permission `platform:read_status`.
#[utoipa::path(
    get, path = "/platform/status", operation_id = "getPlatformStatus", tag = "platform",
    responses((status = 200, description = "What waits, and what was given up", body = StatusView))
)]
pub(super) async fn status(caller: Caller) -> ApiResult<Json<StatusView>> {
    let operator = Operator::open(caller, PlatformPermission::ReadStatus).await?;
    let found = status::get(&operator).await?;
    let provisioning = found.provisioning.into_iter();
    Ok(Json(StatusView {
        inbox: found.inbox.into_iter().map(WaitingView::from).collect(),
        jobs: found.jobs.into_iter().map(JobsView::from).collect(),
        provisioning: provisioning
            .map(|(status, count)| ProvisioningView { status, count })
            .collect(),
        schemas: SchemasView {
            count: found.schemas.schemas,
            behind: found.schemas.behind,
            failed: found.schemas.failed,
        },
        sweep: found.sweep.map(SweepView::from),
    }))
}
