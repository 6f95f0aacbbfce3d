//! `POST /v1/invitations`, `POST /v1/invitations/bulk`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value};

use super::{check_target, terms};
use crate::backend::answer::Answer;
use crate::backend::form::{Form, Forms};
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::Backend;
use crate::domain::invitations::{self as acts, MAX_BULK, NewInvitation};
use crate::domain::messages;
use crate::error::Result;

/// Invites one address to the application, with a mail unless told otherwise. 422 where a user
/// has it, 400 where it is invited already, 429 for a mailbox that got too much and beyond so many
/// invitations an hour.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let new = read(&mut form);
    form.finish()?;
    backend.take(Bound::Invitations)?;
    let mut made = invite(&backend, vec![new]).await?;
    Ok(Json(made.pop().unwrap_or_default()))
}

/// Invites several addresses, all or none. As [`create`].
pub(super) async fn bulk(State(backend): State<Arc<Backend>>, forms: Forms<MAX_BULK>) -> Answer {
    let wanted = forms.read(read)?;
    backend.take(Bound::InvitationsInBulk)?;
    Ok(Json(Value::Array(invite(&backend, wanted).await?)))
}

fn read(form: &mut Form) -> NewInvitation {
    let terms = terms(form);
    let ignore_existing = form.boolean("ignore_existing").unwrap_or(false);
    let mut public_metadata = Value::Object(Map::new());
    apply(
        form,
        "public_metadata",
        Change::Replace,
        &mut public_metadata,
    );
    // Both templates that the protocol knows say the same here.
    form.ignore(&["template_slug"]);
    NewInvitation {
        email_address: terms.email_address,
        public_metadata,
        redirect_url: terms.redirect_url,
        notify: terms.notify,
        ignore_existing,
        expires_in_days: terms.expires_in_days,
    }
}

async fn invite(backend: &Backend, wanted: Vec<NewInvitation>) -> Result<Vec<Value>> {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let (mut shown, mut mails) = (Vec::new(), Vec::new());
    for new in wanted {
        check_target(&mut tx, idp.config(), new.redirect_url.as_deref()).await?;
        let (row, mail) = acts::create(idp, &mut tx, new).await?;
        shown.push(acts::resource(idp, &row)?);
        mails.extend(mail);
    }
    messages::announce(idp, &mut tx, &mails).await?;
    tx.commit().await?;
    for mail in mails {
        idp.mailer().deliver(mail).await?;
    }
    Ok(shown)
}
