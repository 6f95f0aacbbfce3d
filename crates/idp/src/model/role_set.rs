//! Role sets.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::ms;
use crate::store::role_sets::RoleSet;
use crate::store::roles::Role;

/// A role set with those of `roles` that it has. `members` says how many hold each.
#[must_use]
pub fn role_set(
    set: &RoleSet,
    roles: &[Role],
    members: &HashMap<String, i64>,
    default_role: Option<&str>,
    creator_role: Option<&str>,
) -> Value {
    let item = |role: &Role| {
        let count = members.get(&role.key).copied().unwrap_or(0);
        json!({
            "object": "role_set_item",
            "id": role.id,
            "name": role.name,
            "key": role.key,
            "description": role.description,
            "members_count": count,
            "has_members": count > 0,
            "created_at": ms(role.created_at),
            "updated_at": ms(role.updated_at),
        })
    };
    let named = |key: Option<&str>| {
        let role = roles.iter().find(|role| Some(role.key.as_str()) == key);
        role.map(item)
    };
    json!({
        "object": "role_set",
        "id": set.id,
        "name": set.name,
        "key": set.key,
        "description": set.description,
        "roles": roles.iter().map(item).collect::<Vec<_>>(),
        "default_role": named(default_role),
        "creator_role": named(creator_role),
        "type": if set.is_initial { "initial" } else { "custom" },
        // Members are moved at once: there is no migration to wait for.
        "role_set_migration": null,
        "created_at": ms(set.created_at),
        "updated_at": ms(set.updated_at),
    })
}
