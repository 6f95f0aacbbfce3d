//! `GET /me/permissions`.

use bailiwick_kernel::PlatformRole;
use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::policy::Window;
use bailiwick_services::Scope;
use bailiwick_services::authz::{self, Held};
use serde::Serialize;
use utoipa::ToSchema;

use crate::authz::{HolderName, ReachName};
use crate::extract::Json;
use crate::problem::ApiResult;

/// What the caller may do in the active organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MyPermissions)]
pub struct MyPermissionsView {
    /// The organization.
    organization_id: OrgId,
    /// The org role; null for an operator who is no member.
    #[schema(required = true)]
    role: Option<String>,
    /// The role on the installation.
    platform_role: PlatformRole,
    /// By key. What is absent is not held.
    permissions: Vec<HeldView>,
}

/// A permission that the caller holds.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HeldPermission)]
pub struct HeldView {
    /// Its key.
    permission: String,
    /// How far at best.
    reach: ReachName,
    /// By what.
    by: HolderName,
    /// The data window of each reach that has one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    windows: Vec<ReachWindow>,
}

/// A data window on one reach.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReachWindow {
    /// The reach.
    reach: ReachName,
    /// How far from now.
    window: Window,
}

impl From<Held> for HeldView {
    fn from(held: Held) -> Self {
        let reaches = [
            (ReachName::All, held.extent.all),
            (ReachName::Project, held.extent.project),
            (ReachName::Own, held.extent.own),
        ];
        let windows = reaches.into_iter().filter_map(|(reach, window)| {
            let window = window.filter(|window| !window.is_open())?;
            Some(ReachWindow { reach, window })
        });
        Self {
            permission: held.permission,
            reach: held.reach.into(),
            by: held.by.into(),
            windows: windows.collect(),
        }
    }
}

/// What the caller may do in the active organization. Needs a membership and no permission.
#[utoipa::path(
    get, path = "/me/permissions", operation_id = "getMyPermissions", tag = "me",
    responses((status = 200, description = "The permissions", body = MyPermissionsView))
)]
pub(super) async fn permissions(scope: Scope) -> ApiResult<Json<MyPermissionsView>> {
    Ok(Json(MyPermissionsView {
        organization_id: scope.org(),
        role: scope.role().map(str::to_owned),
        platform_role: scope.platform_role(),
        permissions: authz::held(&scope)
            .into_iter()
            .map(HeldView::from)
            .collect(),
    }))
}
