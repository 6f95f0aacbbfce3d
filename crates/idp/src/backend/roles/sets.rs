//! `GET` and `POST /v1/role_sets`, and what is under `/v1/role_sets/{key or id}`

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use bailiwick_pg::Tx;
use serde_json::Value;

use super::change::name;
use crate::backend::answer::{Answer, page};
use crate::backend::form::Form;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::role_set_definitions::{self as acts, NewRoleSet, RoleSetChange};
use crate::error::Refusal;
use crate::store::role_sets::{RoleSet, list as search};
use crate::store::roles::RoleKey;

/// A page of the role sets that match.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(RoleKey::CreatedAt, RoleKey::parse)?;
    let query = params.text("query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &query, order, params.page()?).await?;
    let mut shown = Vec::with_capacity(rows.len());
    for row in &rows {
        shown.push(acts::resource(&backend.idp, &mut tx, row).await?);
    }
    tx.commit().await?;
    Ok(page(shown, count))
}

/// A role set by key or id. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(key): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let set = acts::get(&mut tx, &key).await?;
    let shown = acts::resource(&backend.idp, &mut tx, &set).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Defines a role set. 404 for an unknown role, 422 for a key that is taken and for special roles
/// that are not in it, 403 beyond the instance's bound.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let new = NewRoleSet {
        key: form.name("key").flatten(),
        name: form.required("name"),
        description: form.name("description").flatten(),
        default_role: form.required("default_role_key"),
        creator_role: form.required("creator_role_key"),
        is_initial: is_initial(&mut form),
        roles: form.texts("roles"),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let made = acts::create(&backend.idp, &mut tx, new).await?;
    conclude(&backend, tx, made).await
}

fn is_initial(form: &mut Form) -> bool {
    match form.name("type").flatten().as_deref() {
        None | Some("custom") => false,
        Some("initial") => true,
        Some(_) => {
            let text = "type must be initial or custom.";
            form.refuse(Refusal::format("type", text));
            false
        }
    }
}

/// Changes what is given. As [`create`].
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(key): Path<String>,
    mut form: Form,
) -> Answer {
    let change = RoleSetChange {
        key: form.name("key").flatten(),
        name: name(&mut form),
        description: form.name("description"),
        default_role: form.name("default_role_key").flatten(),
        creator_role: form.name("creator_role_key").flatten(),
        becomes_initial: is_initial(&mut form),
        more_roles: Vec::new(),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let changed = acts::update(&backend.idp, &mut tx, &key, change).await?;
    conclude(&backend, tx, changed).await
}

/// Adds roles to a set. 404 for an unknown one.
pub(super) async fn add_roles(
    State(backend): State<Arc<Backend>>,
    Path(key): Path<String>,
    mut form: Form,
) -> Answer {
    let change = RoleSetChange {
        more_roles: form.texts("role_keys"),
        default_role: form.name("default_role_key").flatten(),
        creator_role: form.name("creator_role_key").flatten(),
        ..RoleSetChange::default()
    };
    if change.more_roles.is_empty() {
        form.refuse(Refusal::missing("role_keys"));
    }
    form.finish()?;
    let mut tx = backend.begin().await?;
    let changed = acts::update(&backend.idp, &mut tx, &key, change).await?;
    conclude(&backend, tx, changed).await
}

/// Takes a role out of a set; its members get another one. Emits `organizationMembership.updated`
/// for each. 404 for roles that the set does not have.
pub(super) async fn replace_role(
    State(backend): State<Arc<Backend>>,
    Path(key): Path<String>,
    mut form: Form,
) -> Answer {
    let (from, to) = (form.required("role_key"), form.required("to_role_key"));
    form.finish()?;
    let mut tx = backend.begin().await?;
    let changed = acts::replace_role(&backend.idp, &mut tx, &key, &from, &to).await?;
    conclude(&backend, tx, changed).await
}

/// Puts another set in a set's place. Emits `organizationMembership.updated` for each member whose
/// role is exchanged. 422 where a role that members hold has no counterpart.
pub(super) async fn replace(
    State(backend): State<Arc<Backend>>,
    Path(key): Path<String>,
    mut form: Form,
) -> Answer {
    let destination = form.required("dest_role_set_key");
    let mappings = form.object("reassignment_mappings").unwrap_or_default();
    form.finish()?;
    let mappings: HashMap<String, String> = mappings
        .into_iter()
        .filter_map(|(from, to)| Some((from, to.as_str()?.to_owned())))
        .collect();
    let mut tx = backend.begin().await?;
    let (gone, patch) = acts::replace(&backend.idp, &mut tx, &key, &destination, &mappings).await?;
    tx.commit().await?;
    change_settings(&backend, patch).await?;
    Ok(Json(gone))
}

async fn conclude(backend: &Backend, tx: Tx, (set, patch): (RoleSet, Option<Value>)) -> Answer {
    tx.commit().await?;
    change_settings(backend, patch).await?;
    // Its special roles may be those of the settings, which have just changed.
    let mut tx = backend.begin().await?;
    let shown = acts::resource(&backend.idp, &mut tx, &set).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

async fn change_settings(backend: &Backend, patch: Option<Value>) -> crate::error::Result<()> {
    match patch {
        Some(patch) => backend.idp.change_settings("organizations", &patch).await,
        None => Ok(()),
    }
}
