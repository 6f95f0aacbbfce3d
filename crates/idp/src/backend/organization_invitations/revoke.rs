//! `POST /v1/organizations/{id}/invitations/{invitation_id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organization_invitations as acts;
use crate::error::Refusal;
use crate::store;

/// Revokes an open invitation; nobody can accept it any more. Emits
/// `organizationInvitation.revoked`. 404 where there is none of that id in the organization, 400
/// for one that is over, 403 for a requesting user who may not revoke it.
pub(super) async fn revoke(
    State(backend): State<Arc<Backend>>,
    Path((id, invitation_id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let requesting = form.name("requesting_user_id").flatten();
    form.finish()?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    if let Some(user_id) = requesting {
        let membership = store::memberships::find(&mut tx, &id, &user_id)
            .await?
            .ok_or_else(|| Refusal::not_found("User").param("requesting_user_id"))?;
        if !membership.may("org:sys_memberships:manage") {
            let text = "The requesting user may not manage members of the organization.";
            return Err(Refusal::forbidden(text).into());
        }
    }
    let row = acts::revoke(&backend.idp, &mut tx, &id, &invitation_id).await?;
    let inviters = acts::inviters(&mut tx, std::slice::from_ref(&row)).await?;
    tx.commit().await?;
    Ok(Json(acts::resource(&backend.idp, &row, &inviters)?))
}
