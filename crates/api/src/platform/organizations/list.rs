//! `GET /platform/organizations`.

use bailiwick_kernel::Problem;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_kernel::text::Fields;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, organizations};
use bailiwick_store::platform::organizations::Filter;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::view::PlatformOrganizationView;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// Characters of what is looked for: no name at the provider is longer.
const SEARCH_CHARS_MAX: usize = 256;

/// Whether it is there.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OrganizationState {
    /// It is.
    Active,
    /// It was deleted at the provider.
    Deleted,
}

/// In which tier.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum InTier {
    /// Rows in the shared schema.
    Starter,
    /// A schema of one's own.
    Pro,
}

/// How far its tenant is made.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum InProvisioning {
    /// Not begun.
    Pending,
    /// Under way.
    InProgress,
    /// Ready.
    Completed,
    /// Given up.
    Failed,
    /// Moving to a schema of its own.
    Upgrading,
    /// Moving to the shared schema.
    Downgrading,
}

/// Which organizations. Each narrows; none is all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct OrganizationFilter {
    /// In the name or the slug; or the id, ours or the provider's.
    #[param(max_length = 256)]
    search: Option<String>,
    /// Whether it is there.
    #[param(inline)]
    state: Option<OrganizationState>,
    /// In this tier.
    #[param(inline)]
    tier: Option<InTier>,
    /// With this plan, by the provider's slug of it.
    #[param(max_length = 256)]
    plan: Option<String>,
    /// How far its tenant is made.
    #[param(inline)]
    provisioning_status: Option<InProvisioning>,
}

impl OrganizationFilter {
    fn checked(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let mut line = |field, value: &Option<String>| {
            let value = value.as_deref().map(str::trim).filter(|v| !v.is_empty())?;
            Some(fields.line(field, value, 1..=SEARCH_CHARS_MAX))
        };
        let filter = Filter {
            search: line("search", &self.search),
            plan: line("plan", &self.plan),
            tier: self.tier.map(|tier| match tier {
                InTier::Starter => "starter",
                InTier::Pro => "pro",
            }),
            provisioning_status: self.provisioning_status.map(|status| match status {
                InProvisioning::Pending => "PENDING",
                InProvisioning::InProgress => "IN_PROGRESS",
                InProvisioning::Completed => "COMPLETED",
                InProvisioning::Failed => "FAILED",
                InProvisioning::Upgrading => "UPGRADING",
                InProvisioning::Downgrading => "DOWNGRADING",
            }),
            is_deleted: self
                .state
                .map(|state| matches!(state, OrganizationState::Deleted)),
        };
        fields.finish()?;
        Ok(filter)
    }
}

/// All organizations of the installation, by name. Permission `platform:read_organizations`.
#[utoipa::path(
    get, path = "/platform/organizations", operation_id = "listPlatformOrganizations", tag = "platform",
    params(OrganizationFilter, PageQuery),
    responses((status = 200, description = "A page of organizations", body = Page<PlatformOrganizationView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(filter): Query<OrganizationFilter>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<PlatformOrganizationView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadOrganizations).await?;
    let page = organizations::list(&operator, &filter.checked()?, &query).await?;
    Ok(Json(page.map(PlatformOrganizationView::from)))
}
