//! Roles, permissions and role sets of the settings file, brought into the tables.
//!
//! Each row remembers the definition that was applied last. A definition that has not changed
//! since leaves the row alone, so that what the Backend API changed stays; one that has changed
//! wins. What the file no longer names goes, unless somebody still has it.

use std::collections::HashSet;

use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, Tx};
use serde::Serialize;

use super::roles::{resources, suffice};
use crate::error::{Error, Result};
use crate::settings::organizations::{self as settings, Organizations};
use crate::store::permissions::{self, Permission};
use crate::store::role_sets::{self, RoleSet};
use crate::store::roles::{self, Role, RoleKey};
use crate::store::search::Order;
use crate::store::{self, Page};
use crate::{ids, model, webhooks};

/// Brings the file's definitions into the tables, in one transaction, and says what changed.
///
/// # Errors
/// The database's, and what is wrong with the definitions: then nothing has changed.
pub async fn apply(pool: &Pool, env: &Env, wanted: &Organizations) -> Result<()> {
    check(wanted)?;
    let mut tx = pool.begin().await?;
    roles::lock(&mut tx).await?;
    for permission in &wanted.permissions {
        apply_permission(&mut tx, env, permission).await?;
    }
    for role in &wanted.roles {
        apply_role(&mut tx, env, role).await?;
    }
    apply_sets(&mut tx, env, wanted).await?;
    drop_roles(&mut tx, env, wanted).await?;
    drop_permissions(&mut tx, env, wanted).await?;
    let creator = roles::find(&mut tx, &wanted.creator_role).await?;
    if !creator.is_some_and(|role| suffice(&role.permissions)) {
        return Err(wrong(format!(
            "creator_role {} is not defined or may not run an organization",
            wanted.creator_role
        )));
    }
    if roles::find(&mut tx, &wanted.domains.default_role)
        .await?
        .is_none()
    {
        return Err(wrong(format!(
            "domains.default_role {} is not defined",
            wanted.domains.default_role
        )));
    }
    tx.commit().await?;
    Ok(())
}

fn wrong(text: String) -> Error {
    Error::Internal(format!("settings, organizations: {text}"))
}

/// Whether a text is `<prefix><name>` with a name of lower-case letters, digits and underscores.
#[must_use]
pub fn is_key(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|name| {
        (1..=64).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    })
}

/// Whether a text is `org:<feature>:<verb>` and not one of the system's own.
#[must_use]
pub fn is_permission_key(text: &str) -> bool {
    let Some((feature, verb)) = text
        .strip_prefix("org:")
        .and_then(|rest| rest.split_once(':'))
    else {
        return false;
    };
    is_key(feature, "") && is_key(verb, "") && !feature.starts_with("sys_")
}

fn check(wanted: &Organizations) -> Result<()> {
    let mut seen = HashSet::new();
    let mut once = |key: &str| match seen.insert(key.to_owned()) {
        true => Ok(()),
        false => Err(wrong(format!("{key} is defined twice"))),
    };
    for permission in &wanted.permissions {
        once(&permission.key)?;
        if !is_permission_key(&permission.key) {
            return Err(wrong(format!("{} is no permission key", permission.key)));
        }
    }
    for role in &wanted.roles {
        once(&role.key)?;
        if !is_key(&role.key, "org:") {
            return Err(wrong(format!("{} is no role key", role.key)));
        }
    }
    for set in &wanted.role_sets {
        once(&set.key)?;
        if !is_key(&set.key, "role_set:") {
            return Err(wrong(format!("{} is no role set key", set.key)));
        }
        if ![&set.default_role, &set.creator_role]
            .iter()
            .all(|role| set.roles.contains(role))
        {
            return Err(wrong(format!("{} lacks one of its own roles", set.key)));
        }
    }
    if !(1..=365).contains(&wanted.invitations_expire_in_days) {
        return Err(wrong(
            "invitations_expire_in_days is from 1 to 365".to_owned(),
        ));
    }
    if wanted.max_allowed_memberships < 0 {
        return Err(wrong("max_allowed_memberships is negative".to_owned()));
    }
    Ok(())
}

/// A definition as it is remembered.
fn origin(definition: &impl Serialize) -> Result<Option<String>> {
    serde_json::to_string(definition)
        .map(Some)
        .map_err(|error| wrong(error.to_string()))
}

async fn apply_permission(tx: &mut Tx, env: &Env, wanted: &settings::Permission) -> Result<()> {
    let (now, origin) = (store::now(env), origin(wanted)?);
    let known = permissions::load(tx, std::slice::from_ref(&wanted.key)).await?;
    let (event, row) = match known.into_iter().next() {
        Some(row) if row.origin == origin => return Ok(()),
        Some(mut row) => {
            row.name.clone_from(&wanted.name);
            row.description.clone_from(&wanted.description);
            row.origin = origin;
            permissions::save(tx, &mut row, &wanted.key, now).await?;
            ("permission.updated", row)
        }
        None => {
            let row = Permission {
                id: ids::new(env, ids::Kind::Permission),
                key: wanted.key.clone(),
                name: wanted.name.clone(),
                description: wanted.description.clone(),
                origin,
                created_at: now,
                updated_at: now,
            };
            permissions::insert(tx, &row).await?;
            ("permission.created", row)
        }
    };
    webhooks::emit(tx, env, event, &model::role::permission(&row)).await?;
    Ok(())
}

async fn apply_role(tx: &mut Tx, env: &Env, wanted: &settings::Role) -> Result<()> {
    let (now, origin) = (store::now(env), origin(wanted)?);
    let known = permissions::load(tx, &wanted.permissions).await?;
    for key in &wanted.permissions {
        if !known.iter().any(|row| row.key == *key) {
            return Err(wrong(format!(
                "{} has {key}, which is not defined",
                wanted.key
            )));
        }
    }
    let description = Some(wanted.description.clone());
    let (event, row) = match roles::find(tx, &wanted.key).await? {
        Some(row) if row.origin == origin => return Ok(()),
        Some(mut row) => {
            let is_less = suffice(&row.permissions) && !suffice(&wanted.permissions);
            let minimum = super::roles::minimum();
            if is_less && roles::is_indispensable(tx, &row.key, &minimum).await? {
                let text = "some organization would be left to nobody";
                return Err(wrong(format!("{}: {text}", wanted.key)));
            }
            row.name.clone_from(&wanted.name);
            row.description = description;
            row.permissions.clone_from(&wanted.permissions);
            row.is_creator_eligible = suffice(&wanted.permissions);
            row.origin = origin;
            roles::save(tx, &mut row, now).await?;
            ("role.updated", row)
        }
        None => {
            let row = Role {
                id: ids::new(env, ids::Kind::Role),
                key: wanted.key.clone(),
                name: wanted.name.clone(),
                description,
                permissions: wanted.permissions.clone(),
                is_creator_eligible: suffice(&wanted.permissions),
                origin,
                created_at: now,
                updated_at: now,
            };
            roles::insert(tx, &row).await?;
            let mut initial = role_sets::find_initial(tx).await?;
            if !initial.roles.contains(&row.key) {
                initial.roles.push(row.key.clone());
                role_sets::save(tx, &mut initial, now).await?;
            }
            ("role.created", row)
        }
    };
    for value in resources(tx, &[row]).await? {
        webhooks::emit(tx, env, event, &value).await?;
    }
    Ok(())
}

async fn apply_sets(tx: &mut Tx, env: &Env, wanted: &Organizations) -> Result<()> {
    let now = store::now(env);
    for set in &wanted.role_sets {
        for role in &set.roles {
            if roles::find(tx, role).await?.is_none() {
                return Err(wrong(format!(
                    "{} has {role}, which is not defined",
                    set.key
                )));
            }
        }
        let origin = origin(set)?;
        let known = role_sets::find(tx, &set.key).await?;
        if known.as_ref().is_some_and(|row| row.origin == origin) {
            continue;
        }
        let is_new = known.is_none();
        let mut row = known.unwrap_or_else(|| RoleSet {
            id: ids::new(env, ids::Kind::RoleSet),
            key: set.key.clone(),
            name: String::new(),
            description: None,
            is_initial: false,
            roles: Vec::new(),
            default_role: None,
            creator_role: None,
            origin: None,
            created_at: now,
            updated_at: now,
        });
        // A role that members hold stays in the set.
        let held = role_sets::count_members(tx, &row).await?;
        row.name.clone_from(&set.name);
        row.description = Some(set.description.clone());
        row.roles.clone_from(&set.roles);
        for (role, _) in held {
            if !row.roles.contains(&role) {
                row.roles.push(role);
            }
        }
        row.default_role = Some(set.default_role.clone());
        row.creator_role = Some(set.creator_role.clone());
        row.origin = origin;
        if is_new {
            role_sets::insert(tx, &row).await?;
        } else {
            role_sets::save(tx, &mut row, now).await?;
        }
    }
    for row in role_sets::list_of_file(tx).await? {
        let is_wanted = wanted.role_sets.iter().any(|set| set.key == row.key);
        if !is_wanted && !row.is_initial && !role_sets::is_used(tx, &row.key).await? {
            role_sets::delete(tx, &row.id).await?;
        }
    }
    Ok(())
}

/// Removes roles that the file once named and that nobody has.
async fn drop_roles(tx: &mut Tx, env: &Env, wanted: &Organizations) -> Result<()> {
    const BUILT_IN: [&str; 2] = ["org:admin", "org:member"];
    let all = Page {
        limit: Page::MAX,
        offset: 0,
    };
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    let (rows, _) = roles::list(tx, &[], "", order, all).await?;
    for row in rows.into_iter().filter(|row| row.origin.is_some()) {
        let is_named = wanted.roles.iter().any(|role| role.key == row.key)
            || [&wanted.creator_role, &wanted.domains.default_role].contains(&&row.key);
        if is_named || BUILT_IN.contains(&row.key.as_str()) {
            continue;
        }
        let sets = role_sets::list_with_role(tx, &row.key).await?;
        if roles::is_used(tx, &row.key).await? || sets.iter().any(|set| !set.is_initial) {
            tracing::warn!(
                role = row.key,
                "a role that the settings no longer name is in use"
            );
            continue;
        }
        for mut set in sets {
            set.roles.retain(|role| *role != row.key);
            role_sets::save(tx, &mut set, store::now(env)).await?;
        }
        roles::delete(tx, &row.id).await?;
        let gone = model::deleted("role", &row.id);
        webhooks::emit(tx, env, "role.deleted", &gone).await?;
    }
    Ok(())
}

/// Removes permissions that the file once named, from the roles too.
async fn drop_permissions(tx: &mut Tx, env: &Env, wanted: &Organizations) -> Result<()> {
    for row in permissions::list_of_file(tx).await? {
        if wanted.permissions.iter().any(|named| named.key == row.key) {
            continue;
        }
        permissions::delete(tx, &row).await?;
        let gone = model::deleted("permission", &row.id);
        webhooks::emit(tx, env, "permission.deleted", &gone).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_their_form() {
        assert!(is_key("org:team_lead2", "org:") && is_key("role_set:basic", "role_set:"));
        for bad in ["team", "org:", "org:Lead", "org:a:b", "org:a b", "org:ä"] {
            assert!(!is_key(bad, "org:"), "{bad}");
        }
        assert!(is_permission_key("org:projects:read"));
        for bad in [
            "org:projects",
            "org:a:b:c",
            "org:sys_profile:manage",
            "projects:read",
        ] {
            assert!(!is_permission_key(bad), "{bad}");
        }
    }

    #[test]
    fn definitions_that_contradict_themselves_are_refused() {
        let role = |key: &str| settings::Role {
            key: key.to_owned(),
            name: key.to_owned(),
            description: String::new(),
            permissions: Vec::new(),
        };
        let with = |change: fn(&mut Organizations, settings::Role), role| {
            let mut wanted = Organizations::default();
            change(&mut wanted, role);
            check(&wanted)
        };
        assert!(with(|w, role| w.roles.push(role), role("org:lead")).is_ok());
        assert!(with(|w, role| w.roles.push(role), role("lead")).is_err());
        assert!(
            with(
                |w, role| w.roles.extend([role.clone(), role]),
                role("org:lead")
            )
            .is_err()
        );
        assert!(with(|w, _| w.invitations_expire_in_days = 0, role("")).is_err());
    }
}
