//! `PUT /organizations/{id}/members/{userId}/grants`.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::{AccessWindow, Grants, PageGrant};
use bailiwick_services::Scope;
use bailiwick_services::member_grants::{self, Change};
use serde::Deserialize;
use utoipa::ToSchema;

use super::MemberGrantsView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// All that a member is granted beside the role.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberGrantsReplace {
    /// The version that the change was made from.
    pub version: i64,
    /// By page. What is absent is not granted.
    pub pages: BTreeMap<String, PageGrant>,
    /// Permissions, everywhere in the organization.
    #[serde(default)]
    #[schema(max_items = 256)]
    pub permissions: BTreeSet<String>,
    /// When the member may act; absent: always, as far as the role may.
    #[serde(default)]
    pub access: Option<AccessWindow>,
}

/// Replaces what a member was granted. Permission `users:grant`, over a role that the caller
/// decides over, and for what the caller holds; nobody adds to their own. 404 for who is no member;
/// 409 where the membership has changed since `version`.
#[utoipa::path(
    put, path = "/organizations/{id}/members/{userId}/grants", operation_id = "replaceMemberGrants",
    tag = "members",
    params(("id" = OrgId, Path, description = "The organization"), ("userId" = UserId, Path, description = "The member")),
    request_body = MemberGrantsReplace,
    responses((status = 200, description = "The grants", body = MemberGrantsView))
)]
pub(super) async fn replace(
    mut scope: Scope,
    Path((org, user)): Path<(OrgId, UserId)>,
    Json(body): Json<MemberGrantsReplace>,
) -> ApiResult<Json<MemberGrantsView>> {
    let change = Change::Replace(Grants {
        pages: body.pages,
        permissions: body.permissions,
        access: body.access,
    });
    let changed = member_grants::change(&mut scope, org, user, body.version, &change).await?;
    Ok(Json(changed.into()))
}
