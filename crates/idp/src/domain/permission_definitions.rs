//! Permissions: defined, changed, removed by a server.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::Value;

use super::role_definitions::{quota, taken};
use super::role_settings::is_permission_key;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store::permissions::{self as rows, Permission};
use crate::store::roles::{self, RoleKey};
use crate::store::search::Order;
use crate::store::{self, Page};
use crate::{ids, model, webhooks};

/// What is changed of a permission; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct PermissionChange {
    /// `org:<feature>:<verb>`.
    pub key: Option<String>,
    /// For people; not empty.
    pub name: Option<String>,
    /// For people.
    pub description: Option<String>,
}

/// The permission of that id; 404 where there is none.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Permission> {
    let found = rows::load_by_id(tx, &[id.to_owned()]).await?.pop();
    Ok(found.ok_or_else(|| Refusal::not_found("Organization permission"))?)
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if is_permission_key(key) {
        return Ok(());
    }
    let text = "The key must look like org:feature:permission, in lowercase letters, digits and \
                underscores, and must not be a system permission's.";
    Err(Refusal::format("key", text))
}

/// Defines a permission, and says so. 403 beyond the instance's bound, 422 for a key that is
/// taken or not fit.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    key: String,
    name: String,
    description: String,
) -> Result<Permission> {
    check_key(&key)?;
    roles::lock(tx).await?;
    let bound = idp.settings().organizations.max_allowed_permissions;
    let one = Page {
        limit: 1,
        offset: 0,
    };
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    if rows::list(tx, "", order, one).await?.1 >= bound {
        return Err(quota("permissions", bound).into());
    }
    let now = store::now(idp.env());
    let permission = Permission {
        id: ids::new(idp.env(), ids::Kind::Permission),
        key,
        name,
        description,
        origin: None,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &permission).await.map_err(taken)?;
    emit(idp, tx, "permission.created", &permission).await?;
    Ok(permission)
}

/// Changes a permission, in the roles that have it too, and says so. 403 for one of the system's.
pub async fn update(
    idp: &Idp,
    tx: &mut Tx,
    id: &str,
    change: PermissionChange,
) -> Result<Permission> {
    roles::lock(tx).await?;
    let mut permission = get(tx, id).await?;
    refuse_system(&permission)?;
    let old_key = permission.key.clone();
    if let Some(key) = change.key.filter(|key| *key != old_key) {
        check_key(&key)?;
        // The file knows the permission by its old key: it is no longer the file's.
        permission.origin = None;
        permission.key = key;
    }
    if let Some(name) = change.name {
        permission.name = name;
    }
    if let Some(description) = change.description {
        permission.description = description;
    }
    rows::save(tx, &mut permission, &old_key, store::now(idp.env()))
        .await
        .map_err(taken)?;
    emit(idp, tx, "permission.updated", &permission).await?;
    Ok(permission)
}

/// Removes a permission, from the roles that have it too, and says so. 403 for one of the
/// system's.
pub async fn delete(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Value> {
    roles::lock(tx).await?;
    let permission = get(tx, id).await?;
    refuse_system(&permission)?;
    rows::delete(tx, &permission).await?;
    let gone = model::deleted("permission", &permission.id);
    webhooks::emit(tx, idp.env(), "permission.deleted", &gone).await?;
    Ok(gone)
}

fn refuse_system(permission: &Permission) -> Result<(), Refusal> {
    if !permission.is_system() {
        return Ok(());
    }
    let text = "System permissions cannot be changed or removed.";
    let code = "organization_system_permission_not_modifiable";
    Err(Refusal::new(StatusCode::FORBIDDEN, code, text))
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, permission: &Permission) -> Result<()> {
    let value = model::role::permission(permission);
    webhooks::emit(tx, idp.env(), event, &value).await?;
    Ok(())
}
