//! Roles as organizations use them: which one may be given, and what must never be lost.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::Value;

use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::store::organizations::Organization;
use crate::store::permissions;
use crate::store::role_sets::{self, RoleSet};
use crate::store::roles::{self as rows, Role};

/// What somebody in every organization must be allowed, so that it can be run at all.
pub const MINIMUM: [&str; 3] = [
    "org:sys_memberships:read",
    "org:sys_memberships:manage",
    "org:sys_profile:delete",
];

/// [`MINIMUM`], owned.
#[must_use]
pub fn minimum() -> Vec<String> {
    MINIMUM.map(str::to_owned).to_vec()
}

/// Whether permissions suffice to run an organization.
#[must_use]
pub fn suffice(permissions: &[String]) -> bool {
    MINIMUM
        .iter()
        .all(|needed| permissions.iter().any(|own| own == needed))
}

/// The refusal of a role that is not defined, or not for this organization.
#[must_use]
pub fn unknown() -> Refusal {
    let text = "Organization role not found.";
    Refusal::new(StatusCode::NOT_FOUND, "resource_not_found", text).param("role")
}

/// The refusal of a change after which nobody could run an organization.
#[must_use]
pub fn minimum_needed() -> Refusal {
    let text = "There has to be at least one member with the minimum set of permissions.";
    let code = "organization_minimum_permissions_needed";
    Refusal::new(StatusCode::BAD_REQUEST, code, text)
}

/// The roles that an organization chooses from.
pub async fn set_of(tx: &mut Tx, organization: &Organization) -> Result<RoleSet> {
    let named = match &organization.role_set {
        Some(key) => role_sets::find(tx, key).await?,
        None => None,
    };
    match named {
        Some(set) => Ok(set),
        None => role_sets::find_initial(tx).await,
    }
}

/// The role of that key, if the organization may give it; 404 otherwise.
pub async fn of_organization(tx: &mut Tx, organization: &Organization, key: &str) -> Result<Role> {
    let set = set_of(tx, organization).await?;
    if !set.roles.iter().any(|role| role == key) {
        return Err(unknown().into());
    }
    Ok(rows::find(tx, key).await?.ok_or_else(unknown)?)
}

/// The key of the role that an organization's creator gets.
pub async fn creator(idp: &Idp, tx: &mut Tx, organization: &Organization) -> Result<String> {
    let set = set_of(tx, organization).await?;
    let settings = idp.settings();
    let wanted = match &set.creator_role {
        Some(role) if !set.is_initial => role,
        _ => &settings.organizations.creator_role,
    };
    pick(tx, &set, wanted, |role| suffice(&role.permissions)).await
}

/// The key of the role of whoever joins an organization without having been given one.
pub async fn default_role(idp: &Idp, tx: &mut Tx, organization: &Organization) -> Result<String> {
    let set = set_of(tx, organization).await?;
    let settings = idp.settings();
    let wanted = match &set.default_role {
        Some(role) if !set.is_initial => role,
        _ => &settings.organizations.domains.default_role,
    };
    pick(tx, &set, wanted, |role| !suffice(&role.permissions)).await
}

/// The wanted role if the set has it, else the first one of the set that fits.
async fn pick(
    tx: &mut Tx,
    set: &RoleSet,
    wanted: &str,
    fits: impl Fn(&Role) -> bool,
) -> Result<String> {
    if set.roles.iter().any(|role| role == wanted) {
        return Ok(wanted.to_owned());
    }
    for key in &set.roles {
        if rows::find(tx, key).await?.is_some_and(|role| fits(&role)) {
            return Ok(key.clone());
        }
    }
    Err(unknown().into())
}

/// Refuses to let somebody give a role that may do more with the organization itself than the
/// giver may: what one does not hold, one does not hand out.
pub fn check_giver(giver: &[String], role: &Role) -> Result<(), Refusal> {
    let beyond: Vec<&str> = role
        .permissions
        .iter()
        .filter(|key| key.starts_with("org:sys_") && !giver.contains(key))
        .map(String::as_str)
        .collect();
    if beyond.is_empty() {
        return Ok(());
    }
    let text = "You cannot give a role that has permissions which you do not have.";
    let code = "missing_organization_permission";
    Err(Refusal::new(StatusCode::FORBIDDEN, code, text)
        .param("role")
        .meta("permissions", serde_json::json!(beyond)))
}

/// Refuses an inviter who may not invite, or not with that role.
pub fn check_inviter(permissions: &[String], role: &Role) -> Result<(), Refusal> {
    let manage = "org:sys_memberships:manage";
    if !permissions.iter().any(|own| own == manage) {
        let text = "The inviter may not manage members of the organization.";
        return Err(Refusal::forbidden(text).param("inviter_user_id"));
    }
    check_giver(permissions, role)
}

/// Roles as both APIs show them.
pub async fn resources(tx: &mut Tx, roles: &[Role]) -> Result<Vec<Value>> {
    let mut keys: Vec<String> = roles
        .iter()
        .flat_map(|role| role.permissions.clone())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let permissions = permissions::load(tx, &keys).await?;
    Ok(roles
        .iter()
        .map(|role| model::role::role(role, &permissions))
        .collect())
}
