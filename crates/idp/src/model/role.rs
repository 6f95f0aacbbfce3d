//! Roles and permissions.

use serde_json::{Value, json};

use super::ms;
use crate::store::roles::Role;

/// A role with its permissions.
#[must_use]
pub fn role(role: &Role) -> Value {
    let permissions: Vec<Value> = role
        .permissions
        .iter()
        .map(|key| permission(key, ms(role.created_at)))
        .collect();
    json!({
        "object": "role",
        "id": role.id,
        "key": role.key,
        "name": role.name,
        "description": role.description.as_deref().unwrap_or_default(),
        "is_creator_eligible": role.is_creator_eligible,
        "permissions": permissions,
        "created_at": ms(role.created_at),
        "updated_at": ms(role.updated_at),
    })
}

/// A permission, given its key. Its id and names follow from the key.
fn permission(key: &str, created_at: i64) -> Value {
    let system = key.starts_with("org:sys_");
    let words = key
        .trim_start_matches("org:")
        .trim_start_matches("sys_")
        .replace([':', '_'], " ");
    let mut name = words.clone();
    if let Some(first) = name.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    json!({
        "object": "permission",
        "id": format!("perm_{}", key.replace(':', "_")),
        "key": key,
        "name": name,
        "description": format!("Permission: {words}"),
        "type": if system { "system" } else { "user" },
        "created_at": created_at,
        "updated_at": created_at,
    })
}
