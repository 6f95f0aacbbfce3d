//! `GET /policy`.

use std::collections::BTreeMap;

use bailiwick_kernel::policy::{Action, Actor, Pack, PageGrant, RoleId};
use bailiwick_services::Caller;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;

/// The roles, pages, permissions and templates of this installation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Policy)]
pub struct PolicyView {
    /// The pack's name.
    name: String,
    /// Organization roles, the highest first.
    roles: Vec<RoleView>,
    /// Keys of all permissions.
    permissions: Vec<String>,
    /// Pages, in the order of navigation.
    pages: Vec<PageView>,
    /// Grants under names.
    templates: Vec<TemplateView>,
}

/// An organization role.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PolicyRole)]
pub struct RoleView {
    /// Its key.
    key: String,
    /// Its name for people.
    title: String,
    /// The roles that one of this role gives, takes, and decides over.
    assigns: Vec<String>,
    /// When one of this role may act, in words; null: always.
    #[schema(required = true)]
    access: Option<String>,
}

/// A page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PolicyPage)]
pub struct PageView {
    /// Its key.
    key: String,
    /// Its name for people.
    title: String,
    /// The part of the interface that it belongs to; empty where there is one.
    group: String,
    /// Whether everybody opens it without a grant.
    is_always_accessible: bool,
    /// What can be done there.
    actions: Vec<Action>,
}

/// Grants under a name.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PolicyTemplate)]
pub struct TemplateView {
    /// Its key.
    key: String,
    /// Its name for people.
    title: String,
    /// What it grants.
    pages: BTreeMap<String, PageGrant>,
}

/// The roles, pages, permissions and templates of this installation. Needs a session and no
/// permission.
#[utoipa::path(
    get, path = "/policy", operation_id = "getPolicy", tag = "authz",
    responses((status = 200, description = "The policy", body = PolicyView))
)]
pub(super) async fn get(caller: Caller) -> Json<PolicyView> {
    let pack = caller.app().pack();
    let live = pack.permissions().filter(|p| pack.is_live(*p));
    Json(PolicyView {
        name: pack.name().to_owned(),
        roles: pack.roles().rev().map(|role| of_role(pack, role)).collect(),
        permissions: live.map(|p| pack.permission_key(p).to_owned()).collect(),
        pages: pack
            .pages()
            .map(|page| PageView {
                key: pack.page_key(page).to_owned(),
                title: pack.page_title(page).to_owned(),
                group: pack.page_group(page).to_owned(),
                is_always_accessible: pack.is_always_accessible(page),
                actions: Action::ALL
                    .into_iter()
                    .filter(|action| pack.offers(page, *action))
                    .collect(),
            })
            .collect(),
        templates: pack
            .templates()
            .iter()
            .map(|template| TemplateView {
                key: template.key.clone(),
                title: template.title.clone(),
                pages: template.pages.clone(),
            })
            .collect(),
    })
}

fn of_role(pack: &Pack, role: RoleId) -> RoleView {
    let actor = Actor::member(role);
    let assigns = pack.roles().rev().filter(|r| pack.may_assign(&actor, *r));
    RoleView {
        key: pack.role_key(role).to_owned(),
        title: pack.role_title(role).to_owned(),
        assigns: assigns.map(|r| pack.role_key(r).to_owned()).collect(),
        access: pack.role_hours(role).map(|hours| hours.words().to_owned()),
    }
}
