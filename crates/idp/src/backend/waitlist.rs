//! `/v1/waitlist_entries`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use bailiwick_pg::Tx;
use serde_json::Value;

use super::answer::{Answer, page};
use super::form::{Form, Forms};
use super::params::Params;
use super::state::Backend;
use crate::domain::waitlist::{self as acts, MAX_BULK};
use crate::domain::{messages, names};
use crate::error::{Refusal, Result};
use crate::mail::Mail;
use crate::model;
use crate::store::organization_invitations::InvitationKey;
use crate::store::waitlist::{self as rows, Entry};

/// The routes of the waitlist.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/waitlist_entries", get(list).post(create))
        .route("/waitlist_entries/bulk", post(bulk))
        .route("/waitlist_entries/{id}", delete(remove))
        .route("/waitlist_entries/{id}/invite", post(invite))
        .route("/waitlist_entries/{id}/reject", post(reject))
}

/// A page of the entries that match, the newest first.
async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(InvitationKey::CreatedAt, InvitationKey::parse)?;
    let status = params.text("status").unwrap_or_default();
    let known = ["", "pending", "invited", "rejected", "completed"];
    if !known.contains(&status.as_str()) {
        return Err(Refusal::format("status", "There is no such status.").into());
    }
    let query = params.text("query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (found, count) = rows::list(&mut tx, &status, &query, order, params.page()?).await?;
    let shown = show(&backend, &mut tx, &found).await?;
    tx.commit().await?;
    Ok(page(shown, count))
}

/// Puts an address on the list, with a mail unless told otherwise; one that is there stays as it
/// is. Emits `waitlistEntry.created`. 429 for a mailbox that got too much.
async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let wanted = read(&mut form);
    form.finish()?;
    let mut made = join(&backend, vec![wanted]).await?;
    Ok(Json(made.pop().unwrap_or_default()))
}

/// Puts several addresses on the list, all or none. As [`create`]; 422 where one is there twice.
async fn bulk(State(backend): State<Arc<Backend>>, forms: Forms<MAX_BULK>) -> Answer {
    let wanted = forms.read(read)?;
    for (index, (address, _)) in wanted.iter().enumerate() {
        let same = |other: &(String, bool)| other.0.eq_ignore_ascii_case(address);
        if wanted.iter().skip(index + 1).any(same) {
            let text = "The same email address is there twice.";
            return Err(Refusal::format("email_address", text).into());
        }
    }
    Ok(Json(Value::Array(join(&backend, wanted).await?)))
}

fn read(form: &mut Form) -> (String, bool) {
    let address = form.required("email_address");
    let notify = form.boolean("notify").unwrap_or(true);
    match names::email(&address, "email_address") {
        Ok(address) => return (address, notify),
        Err(refusal) if !address.is_empty() => form.refuse(refusal),
        Err(_) => {}
    }
    (String::new(), notify)
}

async fn join(backend: &Backend, wanted: Vec<(String, bool)>) -> Result<Vec<Value>> {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let (mut entries, mut mails) = (Vec::new(), Vec::new());
    for (address, notify) in wanted {
        let (entry, mail) = acts::join(idp, &mut tx, &address, notify).await?;
        entries.push(entry);
        mails.extend(mail);
    }
    let shown = show(backend, &mut tx, &entries).await?;
    messages::announce(idp, &mut tx, &mails).await?;
    tx.commit().await?;
    deliver(backend, mails).await?;
    Ok(shown)
}

/// Takes who waits off the list. 404 where there is no such entry, 409 for one that was answered.
async fn remove(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    acts::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(model::deleted("waitlist_entry", &id)))
}

/// Invites who is on the list, by mail. Emits `waitlistEntry.updated`. 404 where there is no such
/// entry, 409 for one whose address is a user's by now, 400 and 422 where it is invited already or
/// taken, unless that is to be ignored.
async fn invite(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let ignore = form.boolean("ignore_existing").unwrap_or(false);
    form.finish()?;
    let mut tx = backend.begin().await?;
    let (entry, mail) = acts::invite(&backend.idp, &mut tx, &id, ignore).await?;
    let shown = acts::resource(&backend.idp, &mut tx, &entry).await?;
    messages::announce(&backend.idp, &mut tx, mail.as_slice()).await?;
    tx.commit().await?;
    deliver(&backend, mail.into_iter().collect()).await?;
    Ok(Json(shown))
}

/// Rejects who is on the list; an open invitation is revoked. Emits `waitlistEntry.updated`. 404
/// where there is no such entry, 409 for one that is rejected or completed.
async fn reject(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let entry = acts::reject(&backend.idp, &mut tx, &id).await?;
    let shown = acts::resource(&backend.idp, &mut tx, &entry).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

async fn show(backend: &Backend, tx: &mut Tx, entries: &[Entry]) -> Result<Vec<Value>> {
    let mut shown = Vec::with_capacity(entries.len());
    for entry in entries {
        shown.push(acts::resource(&backend.idp, tx, entry).await?);
    }
    Ok(shown)
}

async fn deliver(backend: &Backend, mails: Vec<Mail>) -> Result<()> {
    for mail in mails {
        backend.idp.mailer().deliver(mail).await?;
    }
    Ok(())
}
