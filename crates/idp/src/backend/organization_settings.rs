//! `GET` and `PATCH /v1/instance/organization_settings`

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use bailiwick_pg::Tx;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::form::Form;
use super::state::Backend;
use crate::domain::role_definitions;
use crate::domain::roles::{minimum_needed, suffice};
use crate::error::{Refusal, Result};
use crate::settings::EnrollmentMode;
use crate::store::role_sets;
use crate::store::roles::Role;

/// The routes of the settings of organizations.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new().route("/instance/organization_settings", get(read).patch(update))
}

/// What organizations of this instance can do.
async fn read(State(backend): State<Arc<Backend>>) -> Answer {
    let mut tx = backend.begin().await?;
    let initial = role_sets::find_initial(&mut tx).await?;
    tx.commit().await?;
    let settings = backend.idp.settings();
    let organizations = &settings.organizations;
    let domains = &organizations.domains;
    Ok(Json(json!({
        "object": "organization_settings",
        "enabled": organizations.enabled,
        "max_allowed_memberships": organizations.max_allowed_memberships,
        "max_allowed_roles": organizations.max_allowed_roles,
        "max_role_sets_allowed": organizations.max_allowed_role_sets,
        "max_allowed_domains": domains.max_allowed_domains,
        "max_allowed_permissions": organizations.max_allowed_permissions,
        "creator_role": organizations.creator_role,
        "admin_delete_enabled": organizations.admin_delete_enabled,
        "domains_enabled": domains.enabled,
        "slug_disabled": organizations.slug_disabled,
        "domains_enrollment_modes": domains.enrollment_modes,
        "domains_default_role": domains.default_role,
        "initial_role_set_key": initial.key,
    })))
}

/// Changes what is given, for good. 404 for an unknown role, 422 for a mode that does not exist,
/// 400 for a creator's role that could not run an organization.
async fn update(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let mut patch = Map::new();
    let mut domains = Map::new();
    for (name, into) in [
        ("enabled", "enabled"),
        ("admin_delete_enabled", "admin_delete_enabled"),
        ("slug_disabled", "slug_disabled"),
    ] {
        if let Some(value) = form.boolean(name) {
            patch.insert(into.to_owned(), value.into());
        }
    }
    if let Some(bound) = form.count("max_allowed_memberships").flatten() {
        patch.insert("max_allowed_memberships".to_owned(), bound.into());
    }
    if let Some(value) = form.boolean("domains_enabled") {
        domains.insert("enabled".to_owned(), value.into());
    }
    if let Some(modes) = form.list("domains_enrollment_modes") {
        if modes
            .iter()
            .any(|mode| EnrollmentMode::parse(mode).is_none())
        {
            let text = "Enrollment modes are manual_invitation, automatic_invitation and \
                        automatic_suggestion.";
            form.refuse(Refusal::format("domains_enrollment_modes", text));
        }
        // Inviting by hand is always possible.
        let mut all = vec!["manual_invitation".to_owned()];
        all.extend(modes.into_iter().filter(|mode| mode != "manual_invitation"));
        domains.insert("enrollment_modes".to_owned(), json!(all));
    }
    let creator = form.name("creator_role_id").flatten();
    let default = form.name("domains_default_role_id").flatten();
    form.finish()?;

    let mut tx = backend.begin().await?;
    if let Some(id) = creator {
        let role = role(&mut tx, &id, "creator_role_id").await?;
        if !suffice(&role.permissions) {
            return Err(minimum_needed().param("creator_role_id").into());
        }
        patch.insert("creator_role".to_owned(), role.key.into());
    }
    if let Some(id) = default {
        let role = role(&mut tx, &id, "domains_default_role_id").await?;
        domains.insert("default_role".to_owned(), role.key.into());
    }
    tx.commit().await?;
    if !domains.is_empty() {
        patch.insert("domains".to_owned(), domains.into());
    }
    if !patch.is_empty() {
        let idp = &backend.idp;
        idp.change_settings("organizations", &Value::Object(patch))
            .await?;
    }
    read(State(backend)).await
}

/// A role of the initial set; 404 for any other id.
async fn role(tx: &mut Tx, id: &str, param: &str) -> Result<Role> {
    let role = role_definitions::get(tx, id).await?;
    let initial = role_sets::find_initial(tx).await?;
    if initial.roles.contains(&role.key) {
        Ok(role)
    } else {
        Err(Refusal::not_found("Organization role").param(param).into())
    }
}
