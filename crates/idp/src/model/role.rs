//! Roles and permissions.

use serde_json::{Value, json};

use super::ms;
use crate::store::permissions::Permission;
use crate::store::roles::Role;

/// A role with those of `permissions` that it carries.
#[must_use]
pub fn role(role: &Role, permissions: &[Permission]) -> Value {
    let own: Vec<Value> = permissions
        .iter()
        .filter(|row| role.permissions.contains(&row.key))
        .map(permission)
        .collect();
    json!({
        "object": "role",
        "id": role.id,
        "key": role.key,
        "name": role.name,
        "description": role.description.as_deref().unwrap_or_default(),
        "is_creator_eligible": role.is_creator_eligible,
        "permissions": own,
        "created_at": ms(role.created_at),
        "updated_at": ms(role.updated_at),
    })
}

/// A permission.
#[must_use]
pub fn permission(permission: &Permission) -> Value {
    json!({
        "object": "permission",
        "id": permission.id,
        "key": permission.key,
        "name": permission.name,
        "description": permission.description,
        "type": if permission.is_system() { "system" } else { "user" },
        "created_at": ms(permission.created_at),
        "updated_at": ms(permission.updated_at),
    })
}
