//! Roles: defined, changed, removed by a server.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::role_settings::is_key;
use super::roles::{minimum, minimum_needed, resources, suffice};
use super::users::identifier_exists;
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::permissions::{self, Permission};
use crate::store::roles::{self as rows, Role, RoleKey};
use crate::store::search::Order;
use crate::store::{self, Page, role_sets};
use crate::{ids, model, webhooks};

/// What a new role is.
#[derive(Clone, Debug)]
pub struct NewRole {
    /// `org:<name>`.
    pub key: String,
    /// For people; not empty.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Ids of its permissions.
    pub permission_ids: Vec<String>,
    /// Whether organizations without a set of their own may give it.
    pub in_initial_set: bool,
}

/// What is changed of a role; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct RoleChange {
    /// `org:<name>`.
    pub key: Option<String>,
    /// For people; not empty.
    pub name: Option<String>,
    /// For people.
    pub description: Option<Option<String>>,
    /// Keys of all its permissions.
    pub permissions: Option<Vec<String>>,
}

/// The role of that id; 404 where there is none.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Role> {
    Ok(rows::find_by_id(tx, id).await?.ok_or_else(not_found)?)
}

fn not_found() -> Refusal {
    Refusal::not_found("Organization role")
}

/// Keys of permissions, given their ids; 404 for an unknown one.
pub async fn permission_keys(tx: &mut Tx, ids: &[String]) -> Result<Vec<String>> {
    let found = permissions::load_by_id(tx, ids).await?;
    let key = |id: &String| {
        let row: Option<&Permission> = found.iter().find(|row| row.id == *id);
        row.map(|row| row.key.clone())
            .ok_or_else(|| Refusal::not_found("Organization permission").param("permissions"))
    };
    Ok(ids.iter().map(key).collect::<Result<Vec<_>, Refusal>>()?)
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if is_key(key, "org:") {
        return Ok(());
    }
    let text = "The key must be org: and lowercase letters, digits and underscores.";
    Err(Refusal::format("key", text))
}

/// Defines a role, and says so. 403 beyond the instance's bound, 422 for a key that is taken.
pub async fn create(idp: &Idp, tx: &mut Tx, new: NewRole) -> Result<Role> {
    check_key(&new.key)?;
    rows::lock(tx).await?;
    let bound = idp.settings().organizations.max_allowed_roles;
    let one = Page {
        limit: 1,
        offset: 0,
    };
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    if rows::list(tx, &[], "", order, one).await?.1 >= bound {
        return Err(quota("roles", bound).into());
    }
    let now = store::now(idp.env());
    let permissions = permission_keys(tx, &new.permission_ids).await?;
    let role = Role {
        id: ids::new(idp.env(), ids::Kind::Role),
        key: new.key,
        name: new.name,
        description: new.description,
        is_creator_eligible: suffice(&permissions),
        permissions,
        origin: None,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &role).await.map_err(taken)?;
    if new.in_initial_set {
        let mut set = role_sets::find_initial(tx).await?;
        set.roles.push(role.key.clone());
        role_sets::save(tx, &mut set, now).await?;
    }
    emit(idp, tx, "role.created", &role).await?;
    Ok(role)
}

/// Changes a role, and says so; the settings that name its key are to be changed after the commit,
/// as the second value says. Refused where somebody would lose what an organization needs.
pub async fn update(
    idp: &Idp,
    tx: &mut Tx,
    id: &str,
    change: RoleChange,
) -> Result<(Role, Option<Value>)> {
    rows::lock(tx).await?;
    let mut role = get(tx, id).await?;
    let old_key = role.key.clone();
    if let Some(name) = change.name {
        role.name = name;
    }
    if let Some(description) = change.description {
        role.description = description;
    }
    if let Some(permissions) = change.permissions {
        if suffice(&role.permissions) && !suffice(&permissions) {
            check_dispensable(idp, tx, &role).await?;
        }
        role.is_creator_eligible = suffice(&permissions);
        role.permissions = permissions;
    }
    let mut patch = None;
    if let Some(key) = change.key.filter(|key| *key != old_key) {
        check_key(&key)?;
        // The file knows the role by its old key: it is no longer the file's.
        role.origin = None;
        role.key = key;
        patch = renamed(idp, &old_key, &role.key);
    }
    rows::save(tx, &mut role, store::now(idp.env()))
        .await
        .map_err(taken)?;
    if role.key != old_key {
        role_sets::rename_role(tx, &old_key, &role.key).await?;
    }
    emit(idp, tx, "role.updated", &role).await?;
    Ok((role, patch))
}

/// The settings that name a role's key, with its new one.
fn renamed(idp: &Idp, old: &str, new: &str) -> Option<Value> {
    let settings = idp.settings();
    let mut patch = Map::new();
    if settings.organizations.creator_role == old {
        patch.insert("creator_role".to_owned(), new.into());
    }
    if settings.organizations.domains.default_role == old {
        patch.insert("domains".to_owned(), json!({ "default_role": new }));
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Refuses to take from a role what creators of organizations, or the only ones who can run one,
/// have by it.
async fn check_dispensable(idp: &Idp, tx: &mut Tx, role: &Role) -> Result<()> {
    let sets = role_sets::list_with_role(tx, &role.key).await?;
    let is_creators = idp.settings().organizations.creator_role == role.key
        || sets
            .iter()
            .any(|set| set.creator_role.as_ref() == Some(&role.key));
    if is_creators || rows::is_indispensable(tx, &role.key, &minimum()).await? {
        return Err(minimum_needed().into());
    }
    Ok(())
}

/// Gives a role another permission, and says so; 404 for unknown ids, 409 where it has it.
pub async fn assign(idp: &Idp, tx: &mut Tx, id: &str, permission_id: &str) -> Result<Role> {
    rows::lock(tx).await?;
    let mut permissions = get(tx, id).await?.permissions;
    let keys = permission_keys(tx, &[permission_id.to_owned()]).await?;
    if keys.iter().any(|key| permissions.contains(key)) {
        let text = "The role has this permission already.";
        return Err(Refusal::new(StatusCode::CONFLICT, "duplicate_record", text).into());
    }
    permissions.extend(keys);
    replace(idp, tx, id, permissions).await
}

/// Takes a permission from a role, and says so; 404 where it has none of that id.
pub async fn unassign(idp: &Idp, tx: &mut Tx, id: &str, permission_id: &str) -> Result<Role> {
    rows::lock(tx).await?;
    let mut permissions = get(tx, id).await?.permissions;
    let keys = permission_keys(tx, &[permission_id.to_owned()]).await?;
    let had = permissions.len();
    permissions.retain(|key| !keys.contains(key));
    if permissions.len() == had {
        return Err(Refusal::not_found("Organization permission").into());
    }
    replace(idp, tx, id, permissions).await
}

async fn replace(idp: &Idp, tx: &mut Tx, id: &str, permissions: Vec<String>) -> Result<Role> {
    let change = RoleChange {
        permissions: Some(permissions),
        ..RoleChange::default()
    };
    Ok(update(idp, tx, id, change).await?.0)
}

/// Removes a role that nobody has and no setting names, and says so; 400 otherwise, 404 where
/// there is none.
pub async fn delete(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Value> {
    rows::lock(tx).await?;
    let role = get(tx, id).await?;
    let settings = idp.settings();
    let organizations = &settings.organizations;
    let refuse = |text: &str| {
        let code = "organization_role_in_use";
        Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into())
    };
    if organizations.creator_role == role.key || organizations.domains.default_role == role.key {
        return refuse("The role is the creator's or default role of the instance.");
    }
    if rows::is_used(tx, &role.key).await? {
        return refuse("The role is held by members or named by invitations.");
    }
    for mut set in role_sets::list_with_role(tx, &role.key).await? {
        let own = Some(&role.key);
        if set.creator_role.as_ref() == own
            || set.default_role.as_ref() == own
            || set.roles.len() == 1
        {
            return refuse("The role is the creator's, default or only role of a role set.");
        }
        set.roles.retain(|key| *key != role.key);
        role_sets::save(tx, &mut set, store::now(idp.env())).await?;
    }
    rows::delete(tx, &role.id).await?;
    let gone = model::deleted("role", &role.id);
    webhooks::emit(tx, idp.env(), "role.deleted", &gone).await?;
    Ok(gone)
}

/// The refusal of more definitions than the instance may have.
pub(super) fn quota(what: &str, bound: i64) -> Refusal {
    let text = format!("The instance may have at most {bound} organization {what}.");
    let code = format!("organization_{what}_quota_exceeded");
    Refusal::new(StatusCode::FORBIDDEN, &code, text)
}

/// A taken key is the caller's business.
pub(super) fn taken(error: Error) -> Error {
    match &error {
        Error::Database(database)
            if matches!(
                database.constraint(),
                Some("roles_key_key" | "permissions_key_key" | "role_sets_key_key")
            ) =>
        {
            identifier_exists("key").into()
        }
        _ => error,
    }
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, role: &Role) -> Result<()> {
    for value in resources(tx, std::slice::from_ref(role)).await? {
        webhooks::emit(tx, idp.env(), event, &value).await?;
    }
    Ok(())
}
