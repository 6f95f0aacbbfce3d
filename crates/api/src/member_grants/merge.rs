//! `PATCH /organizations/{id}/members/{userId}/grants`.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::{AccessWindow, GrantsChange, PageGrant};
use bailiwick_services::Scope;
use bailiwick_services::member_grants::{self, Change};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::MemberGrantsView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// A change of what a member is granted, page by page. What is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MemberGrantsMerge {
    /// The version that the change was made from.
    pub version: i64,
    /// A template of the policy; its pages are granted as it says.
    #[serde(default)]
    pub template: Option<String>,
    /// Pages whose grant is replaced, after the template's.
    pub pages: BTreeMap<String, PageGrant>,
    /// All permissions, where they change.
    #[serde(default)]
    #[schema(max_items = 256)]
    pub permissions: Option<BTreeSet<String>>,
    /// The access window, where it changes; null takes it away.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<AccessWindow>)]
    pub access: Option<Option<AccessWindow>>,
}

/// A member that is there, be it null.
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<AccessWindow>>, D::Error> {
    Option::deserialize(d).map(Some)
}

/// Changes what a member was granted page by page, or by a template. Permission `users:grant`, over
/// a role that the caller decides over, and for what the caller holds; nobody adds to their own.
/// 404 for who is no member; 409 where the membership has changed since `version`.
#[utoipa::path(
    patch, path = "/organizations/{id}/members/{userId}/grants", operation_id = "mergeMemberGrants",
    tag = "members",
    params(("id" = OrgId, Path, description = "The organization"), ("userId" = UserId, Path, description = "The member")),
    request_body = MemberGrantsMerge,
    responses((status = 200, description = "The grants", body = MemberGrantsView))
)]
pub(super) async fn merge(
    mut scope: Scope,
    Path((org, user)): Path<(OrgId, UserId)>,
    Json(body): Json<MemberGrantsMerge>,
) -> ApiResult<Json<MemberGrantsView>> {
    let mut pages = match &body.template {
        None => BTreeMap::new(),
        Some(key) => {
            let templates = scope.app().pack().templates();
            let found = templates.iter().find(|template| template.key == *key);
            let unknown = || Problem::invalid("template", "is no template here");
            found.ok_or_else(unknown)?.pages.clone()
        }
    };
    pages.extend(body.pages);
    let change = Change::Merge(GrantsChange {
        pages,
        permissions: body.permissions,
        access: body.access,
    });
    let changed = member_grants::change(&mut scope, org, user, body.version, &change).await?;
    Ok(Json(changed.into()))
}
