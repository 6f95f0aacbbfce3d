//! `PATCH /v1/organizations/{id}`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::create::slug;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::{Backend, organization_id};
use crate::backend::version::Version;
use crate::domain::{names, organizations};
use crate::error::Refusal;
use crate::store::organizations::Organization;

/// Changes what is given and leaves the rest; the time of creation stays whatever is given. Emits
/// `organization.updated`. 404 where there is no such organization, 422 where the slug is taken.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Extension(version): Extension<Version>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let mut row = organizations::get_locked(&mut tx, &id).await?;
    backend.take(Bound::Changes(id))?;
    fields(&mut form, &mut row);
    if version.has_metadata_in_updates() {
        apply(
            &mut form,
            "public_metadata",
            Change::Replace,
            &mut row.public_metadata,
        );
        apply(
            &mut form,
            "private_metadata",
            Change::Replace,
            &mut row.private_metadata,
        );
    }
    form.ignore(&["created_at"]);
    let role_set = form.name("role_set_key").flatten();
    form.finish()?;
    if let Some(key) = role_set {
        organizations::choose_role_set(&mut tx, &mut row, &key).await?;
    }
    organizations::update(&backend.idp, &mut tx, &mut row).await?;
    tx.commit().await?;
    Ok(Json(organizations::resource(&backend.idp, &row)))
}

fn fields(form: &mut Form, row: &mut Organization) {
    if let Some(Some(name)) = form.text("name") {
        match names::name(&name, "name") {
            Ok(Some(name)) => row.name = name,
            Ok(None) => form.refuse(Refusal::missing("name")),
            Err(refusal) => form.refuse(refusal),
        }
    }
    if let Some(slug) = slug(form) {
        row.slug = slug;
    }
    if let Some(Some(bound)) = form.count("max_allowed_memberships") {
        row.max_allowed_memberships = bound;
    }
    if let Some(enabled) = form.boolean("admin_delete_enabled") {
        row.admin_delete_enabled = enabled;
    }
}
