//! `POST /v1/organizations/{id}/memberships`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::{Map, Value};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::state::{Backend, organization_id};
use crate::domain::memberships;

/// Makes a user a member. Emits `organizationMembership.created`, and `…updated` where metadata is
/// given. 404 where organization, user or role are unknown, 400 for a second membership, 403
/// beyond the organization's bound.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let user_id = form.required("user_id");
    let role = form.required("role");
    let mut public = Value::Object(Map::new());
    let mut private = public.clone();
    apply(&mut form, "public_metadata", Change::Replace, &mut public);
    apply(&mut form, "private_metadata", Change::Replace, &mut private);
    form.finish()?;

    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let (mut row, person) = memberships::add(idp, &mut tx, &id, &user_id, &role).await?;
    if public != row.public_metadata || private != row.private_metadata {
        row.public_metadata = public;
        row.private_metadata = private;
        memberships::update(idp, &mut tx, &mut row, &role).await?;
    }
    tx.commit().await?;
    Ok(Json(memberships::resource(idp, &row, &person)))
}
