//! `POST /v1/organizations/{id}/domains`, `PATCH` and `DELETE
//! /v1/organizations/{id}/domains/{domain_id}`, `POST …/{domain_id}/verify_ownership`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organization_domains as acts;
use crate::settings::EnrollmentMode;

/// Claims a domain for an organization, verified unless told otherwise. Emits
/// `organizationDomain.created`. 404 where there is no such organization, 400 for a domain that it
/// has or another has verified, 422 for a common provider's.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let name = form.required("name");
    let mode = mode(&backend, &mut form).unwrap_or(EnrollmentMode::ManualInvitation);
    let is_verified = form.boolean("verified").unwrap_or(true);
    form.finish()?;
    let name = acts::name(&name)?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let domain = acts::create(idp, &mut tx, &id, name, mode, is_verified).await?;
    tx.commit().await?;
    Ok(Json(acts::resource(idp, &domain)))
}

fn mode(backend: &Backend, form: &mut Form) -> Option<EnrollmentMode> {
    let text = form.name("enrollment_mode").flatten()?;
    match acts::mode(&backend.idp, &text) {
        Ok(mode) => Some(mode),
        Err(refusal) => {
            form.refuse(refusal);
            None
        }
    }
}

/// Changes what is given. Emits `organizationDomain.updated`. 404 for any id that is not a domain
/// of the organization, 422 for a mode that needs a verified one.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path((id, domain_id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let mode = mode(&backend, &mut form);
    let is_verified = form.boolean("verified");
    form.finish()?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let mut domain = acts::get_locked(&mut tx, &id, &domain_id).await?;
    if let Some(is_verified) = is_verified {
        acts::set_verified(idp, &mut tx, &mut domain, is_verified).await?;
    }
    if let Some(mode) = mode {
        acts::set_mode(idp, &mut tx, &mut domain, mode, false).await?;
    }
    tx.commit().await?;
    Ok(Json(acts::resource(idp, &domain)))
}

/// Gives a domain up. Emits `organizationDomain.deleted`. 404 for any id that is not a domain of
/// the organization.
pub(super) async fn delete(
    State(backend): State<Arc<Backend>>,
    Path((id, domain_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let gone = acts::delete(&backend.idp, &mut tx, &id, &domain_id).await?;
    tx.commit().await?;
    Ok(Json(gone))
}

/// Vouches for it that a domain is the organization's own. Emits `organizationDomain.updated`,
/// once. 404 for any id that is not a domain of the organization.
pub(super) async fn verify_ownership(
    State(backend): State<Arc<Backend>>,
    Path((id, domain_id)): Path<(String, String)>,
) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let mut domain = acts::get_locked(&mut tx, &id, &domain_id).await?;
    acts::own(idp, &mut tx, &mut domain).await?;
    tx.commit().await?;
    Ok(Json(acts::resource(idp, &domain)))
}
