//! `POST /v1/organizations`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::state::Backend;
use crate::domain::names;
use crate::domain::organizations::{self, NewOrganization};

/// Creates an organization; the user of `created_by` becomes its first admin. Emits
/// `organization.created` and `organizationMembership.created`. 404 where that user is unknown,
/// 422 where the slug is taken.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let name = form.required("name");
    let mut new = NewOrganization::named(String::new());
    match names::name(&name, "name") {
        Ok(name) => new.name = name.unwrap_or_default(),
        Err(refusal) => form.refuse(refusal),
    }
    new.slug = slug(&mut form);
    new.created_by = form.name("created_by").flatten();
    new.max_allowed_memberships = form.count("max_allowed_memberships").flatten();
    apply(
        &mut form,
        "public_metadata",
        Change::Replace,
        &mut new.public_metadata,
    );
    apply(
        &mut form,
        "private_metadata",
        Change::Replace,
        &mut new.private_metadata,
    );
    new.role_set = form.name("role_set_key").flatten();
    new.created_at = form.time("created_at").flatten();
    form.finish()?;

    let mut tx = backend.begin().await?;
    let row = organizations::create(&backend.idp, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Json(organizations::resource(&backend.idp, &row)))
}

/// Takes a slug out of the form, where one is given.
pub(super) fn slug(form: &mut Form) -> Option<String> {
    let slug = form
        .text("slug")
        .flatten()
        .filter(|slug| !slug.is_empty())?;
    match names::slug(&slug, "slug") {
        Ok(slug) => Some(slug),
        Err(refusal) => {
            form.refuse(refusal);
            None
        }
    }
}
