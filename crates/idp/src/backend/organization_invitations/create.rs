//! `POST /v1/organizations/{id}/invitations`, `POST /v1/organizations/{id}/invitations/bulk`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;

use crate::backend::answer::{Answer, page};
use crate::backend::form::{Form, Forms};
use crate::backend::invitations::{check_target, terms};
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organization_invitations::{self as acts, NewInvitation};
use crate::domain::{messages, roles};
use crate::error::{Refusal, Result};
use crate::model;
use crate::store;

/// The most invitations of one request, as at Clerk.
const MAX_BULK: usize = 10;

/// Invites one address. Emits `organizationInvitation.created`, and sends a mail unless told
/// otherwise. 404 where organization, inviter or role are unknown, 400 for an address that is
/// invited already or a member's, 403 beyond the organization's bound or for an inviter who may
/// not invite, 429 for a mailbox that got too much
/// and beyond so many invitations an hour.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let new = read(&mut form);
    form.finish()?;
    backend.take(Bound::OrganizationInvitations)?;
    let mut made = invite(&backend, &id, vec![new]).await?;
    Ok(Json(made.pop().unwrap_or_default()))
}

/// Invites several addresses, all or none. As [`create`].
pub(super) async fn bulk(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    forms: Forms<MAX_BULK>,
) -> Answer {
    let wanted = forms.read(read)?;
    backend.take(Bound::OrganizationInvitationsInBulk)?;
    let made = invite(&backend, &id, wanted).await?;
    let count = model::count(&made);
    Ok(page(made, count))
}

fn read(form: &mut Form) -> NewInvitation {
    let role = form.required("role");
    let inviter_id = form.name("inviter_user_id").flatten();
    let terms = terms(form);
    let mut new = NewInvitation::plain(terms.email_address, role, inviter_id);
    new.redirect_url = terms.redirect_url;
    new.expires_in_days = terms.expires_in_days;
    new.notify = terms.notify;
    for (name, into) in [
        ("public_metadata", &mut new.public_metadata),
        ("private_metadata", &mut new.private_metadata),
    ] {
        apply(form, name, Change::Replace, into);
    }
    new
}

async fn invite(backend: &Backend, id: &str, wanted: Vec<NewInvitation>) -> Result<Vec<Value>> {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, id).await?;
    for new in &wanted {
        check_target(&mut tx, idp.config(), new.redirect_url.as_deref()).await?;
        if let Some(inviter) = &new.inviter_id {
            let membership = store::memberships::find(&mut tx, &id, inviter)
                .await?
                .ok_or_else(|| Refusal::not_found("User").param("inviter_user_id"))?;
            let given = roles::of_organization(&mut tx, &membership.organization, &new.role);
            roles::check_inviter(&membership.permissions, &given.await?)?;
        }
    }
    let (made, mails) = acts::create(idp, &mut tx, &id, wanted).await?;
    let inviters = acts::inviters(&mut tx, &made).await?;
    let shown = made.iter().map(|row| acts::resource(idp, row, &inviters));
    let shown = shown.collect::<Result<Vec<_>>>()?;
    messages::announce(idp, &mut tx, &mails).await?;
    tx.commit().await?;
    for mail in mails {
        idp.mailer().deliver(mail).await?;
    }
    Ok(shown)
}
