//! Role sets: defined, changed, replaced by a server.

use std::collections::HashMap;

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Value, json};

use super::role_definitions::{quota, taken};
use super::role_settings::is_key;
use super::roles::{minimum_needed, suffice};
use super::{names, people};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::role_sets::{self as rows, RoleSet};
use crate::store::roles::{self, Role, RoleKey};
use crate::store::search::Order;
use crate::store::{self, Page, memberships};
use crate::{ids, model, webhooks};

/// Most roles of one set.
pub const MAX_ROLES: usize = 10;

/// What a new role set is.
#[derive(Clone, Debug)]
pub struct NewRoleSet {
    /// `role_set:<name>`; none for one that the name suggests.
    pub key: Option<String>,
    /// For people; not empty.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Key of the role of whoever joins.
    pub default_role: String,
    /// Key of the role of who creates an organization.
    pub creator_role: String,
    /// Whether new organizations get it.
    pub is_initial: bool,
    /// Keys of its roles.
    pub roles: Vec<String>,
}

/// What is changed of a role set; what is none stays.
#[derive(Clone, Debug, Default)]
pub struct RoleSetChange {
    /// `role_set:<name>`.
    pub key: Option<String>,
    /// For people; not empty.
    pub name: Option<String>,
    /// For people.
    pub description: Option<Option<String>>,
    /// Key of the role of whoever joins.
    pub default_role: Option<String>,
    /// Key of the role of who creates an organization.
    pub creator_role: Option<String>,
    /// Whether it becomes the one that new organizations get.
    pub becomes_initial: bool,
    /// Keys of roles that are added.
    pub more_roles: Vec<String>,
}

/// The role set of that key or id; 404 where there is none.
pub async fn get(tx: &mut Tx, key_or_id: &str) -> Result<RoleSet> {
    let found = rows::find(tx, key_or_id).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("Role set"))?)
}

/// Key of the role of whoever joins, and of that of who creates an organization.
fn special_roles(idp: &Idp, set: &RoleSet) -> (Option<String>, Option<String>) {
    if !set.is_initial {
        return (set.default_role.clone(), set.creator_role.clone());
    }
    let settings = idp.settings();
    let organizations = &settings.organizations;
    (
        Some(organizations.domains.default_role.clone()),
        Some(organizations.creator_role.clone()),
    )
}

/// The role set, as the Backend API shows it.
pub async fn resource(idp: &Idp, tx: &mut Tx, set: &RoleSet) -> Result<Value> {
    let all = Page {
        limit: Page::MAX,
        offset: 0,
    };
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    let (roles, _) = roles::list(tx, &set.roles, "", order, all).await?;
    let members: HashMap<String, i64> = rows::count_members(tx, set).await?.into_iter().collect();
    let (default_role, creator_role) = special_roles(idp, set);
    Ok(model::role_set::role_set(
        set,
        &roles,
        &members,
        default_role.as_deref(),
        creator_role.as_deref(),
    ))
}

async fn role(tx: &mut Tx, key: &str, param: &str) -> Result<Role> {
    let found = roles::find(tx, key).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("Organization role").param(param))?)
}

/// Refuses special roles that the set does not have, and a creator who could not run what was
/// created.
async fn check(tx: &mut Tx, roles: &[String], default: &str, creator: &str) -> Result<()> {
    if roles.is_empty() || roles.len() > MAX_ROLES {
        let text = format!("A role set has 1 to {MAX_ROLES} roles.");
        return Err(Refusal::format("roles", &text).into());
    }
    for key in roles {
        role(tx, key, "roles").await?;
    }
    for (key, param) in [(default, "default_role_key"), (creator, "creator_role_key")] {
        if !roles.iter().any(|role| role == key) {
            let text = format!("{key} is not one of the set's roles.");
            return Err(Refusal::format(param, &text).into());
        }
    }
    if !suffice(&role(tx, creator, "creator_role_key").await?.permissions) {
        return Err(minimum_needed().param("creator_role_key").into());
    }
    Ok(())
}

fn check_key(key: &str) -> Result<(), Refusal> {
    if is_key(key, "role_set:") {
        return Ok(());
    }
    let text = "The key must be role_set: and lowercase letters, digits and underscores.";
    Err(Refusal::format("key", text))
}

/// Defines a role set. The settings are to be changed after the commit, as the second value says.
pub async fn create(idp: &Idp, tx: &mut Tx, new: NewRoleSet) -> Result<(RoleSet, Option<Value>)> {
    roles::lock(tx).await?;
    let key = match new.key {
        Some(key) => key,
        None => format!(
            "role_set:{}",
            names::suggest_slug(&new.name).replace('-', "_")
        ),
    };
    check_key(&key)?;
    check(tx, &new.roles, &new.default_role, &new.creator_role).await?;
    let bound = idp.settings().organizations.max_allowed_role_sets;
    let one = Page {
        limit: 1,
        offset: 0,
    };
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    if rows::list(tx, "", order, one).await?.1 >= bound {
        return Err(quota("role_sets", bound).into());
    }
    let now = store::now(idp.env());
    let mut set = RoleSet {
        id: ids::new(idp.env(), ids::Kind::RoleSet),
        key,
        name: new.name,
        description: new.description,
        is_initial: false,
        roles: new.roles,
        default_role: Some(new.default_role),
        creator_role: Some(new.creator_role),
        origin: None,
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &set).await.map_err(taken)?;
    let patch = if new.is_initial {
        Some(make_initial(idp, tx, &mut set).await?)
    } else {
        None
    };
    Ok((set, patch))
}

/// Makes a set the one that new organizations get. Those that had the one before keep it.
async fn make_initial(idp: &Idp, tx: &mut Tx, set: &mut RoleSet) -> Result<Value> {
    let now = store::now(idp.env());
    let (default_role, creator_role) = (set.default_role.clone(), set.creator_role.clone());
    let mut before = rows::find_initial(tx).await?;
    let key = before.key.clone();
    rows::move_organizations(tx, &before, &key).await?;
    (before.default_role, before.creator_role) = special_roles(idp, &before);
    before.is_initial = false;
    rows::save(tx, &mut before, now).await?;
    set.is_initial = true;
    rows::save(tx, set, now).await?;
    Ok(json!({
        "creator_role": creator_role,
        "domains": { "default_role": default_role },
    }))
}

/// Changes a role set. The settings are to be changed after the commit, as the second value says.
pub async fn update(
    idp: &Idp,
    tx: &mut Tx,
    key_or_id: &str,
    change: RoleSetChange,
) -> Result<(RoleSet, Option<Value>)> {
    roles::lock(tx).await?;
    let mut set = get(tx, key_or_id).await?;
    let (default_role, creator_role) = special_roles(idp, &set);
    for key in change.more_roles {
        if !set.roles.contains(&key) {
            set.roles.push(key);
        }
    }
    let default_role = change.default_role.or(default_role).unwrap_or_default();
    let creator_role = change.creator_role.or(creator_role).unwrap_or_default();
    check(tx, &set.roles, &default_role, &creator_role).await?;
    if let Some(key) = change.key.filter(|key| *key != set.key) {
        check_key(&key)?;
        // The file knows the set by its old key: it is no longer the file's.
        set.origin = None;
        set.key = key;
    }
    if let Some(name) = change.name {
        set.name = name;
    }
    if let Some(description) = change.description {
        set.description = description;
    }
    set.default_role = Some(default_role.clone());
    set.creator_role = Some(creator_role.clone());
    let now = store::now(idp.env());
    rows::save(tx, &mut set, now).await.map_err(taken)?;
    let patch = if set.is_initial {
        Some(json!({
            "creator_role": creator_role,
            "domains": { "default_role": default_role },
        }))
    } else if change.becomes_initial {
        Some(make_initial(idp, tx, &mut set).await?)
    } else {
        None
    };
    Ok((set, patch))
}

/// Takes a role out of a set; members and invited who had it get another one of the set, and each
/// membership that changed is said. 404 for roles that the set does not have.
pub async fn replace_role(
    idp: &Idp,
    tx: &mut Tx,
    key_or_id: &str,
    from: &str,
    to: &str,
) -> Result<(RoleSet, Option<Value>)> {
    roles::lock(tx).await?;
    let mut set = get(tx, key_or_id).await?;
    for (key, param) in [(from, "role_key"), (to, "to_role_key")] {
        if !set.roles.iter().any(|role| role == key) {
            return Err(Refusal::not_found("Organization role").param(param).into());
        }
    }
    if from == to {
        let text = "A role cannot be replaced by itself.";
        return Err(Refusal::format("to_role_key", text).into());
    }
    reassign(idp, tx, &set, from, to).await?;
    set.roles.retain(|role| role != from);
    let (default_role, creator_role) = special_roles(idp, &set);
    let swap = |role: Option<String>| match role {
        Some(role) if role == from => to.to_owned(),
        other => other.unwrap_or_default(),
    };
    let (default_role, creator_role) = (swap(default_role), swap(creator_role));
    check(tx, &set.roles, &default_role, &creator_role).await?;
    set.default_role = Some(default_role.clone());
    set.creator_role = Some(creator_role.clone());
    rows::save(tx, &mut set, store::now(idp.env())).await?;
    let patch = set.is_initial.then(
        || json!({ "creator_role": creator_role, "domains": { "default_role": default_role } }),
    );
    Ok((set, patch))
}

/// Gives members and invited of a set's organizations the role `to` instead of `from`, and says
/// so. Refused where nobody could run one of them afterwards.
async fn reassign(idp: &Idp, tx: &mut Tx, set: &RoleSet, from: &str, to: &str) -> Result<()> {
    let (old, new) = (
        role(tx, from, "role_key").await?,
        role(tx, to, "to_role_key").await?,
    );
    let minimum = super::roles::minimum();
    if suffice(&old.permissions)
        && !suffice(&new.permissions)
        && roles::is_indispensable(tx, from, &minimum).await?
    {
        return Err(minimum_needed().into());
    }
    let changed = rows::reassign(tx, set, from, to, store::now(idp.env())).await?;
    for chunk in changed.chunks(500) {
        let memberships = memberships::load(tx, chunk).await?;
        let users: Vec<String> = memberships.iter().map(|row| row.user_id.clone()).collect();
        let people = people::load(tx, &users).await?;
        for membership in &memberships {
            let person = people
                .get(&membership.user_id)
                .ok_or_else(|| Error::Internal("a membership without its user".to_owned()))?;
            let data = super::memberships::resource(idp, membership, person);
            webhooks::emit(tx, idp.env(), "organizationMembership.updated", &data).await?;
        }
    }
    Ok(())
}

/// Puts another set in a set's place: its organizations move there, roles that the other does not
/// have are exchanged as `mappings` say, and the set is gone. 422 where a role that members hold
/// has no counterpart.
pub async fn replace(
    idp: &Idp,
    tx: &mut Tx,
    key_or_id: &str,
    destination: &str,
    mappings: &HashMap<String, String>,
) -> Result<(Value, Option<Value>)> {
    roles::lock(tx).await?;
    let mut set = get(tx, key_or_id).await?;
    let found = rows::find(tx, destination).await?;
    let mut target =
        found.ok_or_else(|| Refusal::not_found("Role set").param("dest_role_set_key"))?;
    if target.id == set.id {
        let text = "A role set cannot be replaced by itself.";
        return Err(Refusal::format("dest_role_set_key", text).into());
    }
    for from in set.roles.clone() {
        let to = mappings.get(&from);
        if to.is_none() && target.roles.contains(&from) {
            continue;
        }
        let held = rows::holds(tx, &set, &from).await?;
        match to {
            Some(to) if target.roles.contains(to) => reassign(idp, tx, &set, &from, to).await?,
            None if !held => {}
            _ => {
                let text = format!("{from} is held by members and needs a role of the other set.");
                return Err(Refusal::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "form_param_value_invalid",
                    text,
                )
                .param("reassignment_mappings")
                .into());
            }
        }
    }
    let patch = if set.is_initial {
        let patch = make_initial(idp, tx, &mut target).await?;
        set.is_initial = false;
        Some(patch)
    } else {
        None
    };
    rows::move_organizations(tx, &set, &target.key).await?;
    rows::delete(tx, &set.id).await?;
    Ok((model::deleted("role_set", &set.id), patch))
}
