//! The waitlist: joined, invited from, rejected, left for an account.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Map, Value};

use super::invitations::{self, NewInvitation};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::mail::{self, Mail};
use crate::model::user::Person;
use crate::store::waitlist::{self as rows, Entry};
use crate::{ids, model, store, webhooks};

/// The most addresses that are put on the list at once.
pub const MAX_BULK: usize = 50;

/// The entry, as the Backend API and webhooks show it.
pub async fn resource(idp: &Idp, tx: &mut Tx, entry: &Entry) -> Result<Value> {
    let invitation = match &entry.invitation_id {
        Some(id) => store::invitations::find(tx, id).await?,
        None => None,
    };
    let invitation = invitation
        .map(|invitation| invitations::resource(idp, &invitation))
        .transpose()?;
    Ok(model::waitlist::entry(entry, invitation))
}

/// Puts an address on the list, and says so; one that is there stays as it is. The mail, for a new
/// entry where one is wanted, is to be sent after the commit.
pub async fn join(
    idp: &Idp,
    tx: &mut Tx,
    address: &str,
    notify: bool,
) -> Result<(Entry, Option<Mail>)> {
    let now = store::now(idp.env());
    let id = ids::new(idp.env(), ids::Kind::WaitlistEntry);
    let (entry, is_new) = rows::ensure(tx, &id, address, now).await?;
    if !is_new {
        return Ok((entry, None));
    }
    emit(idp, tx, "waitlistEntry.created", &entry).await?;
    if !notify {
        return Ok((entry, None));
    }
    idp.limits().mail(address)?;
    let config = idp.config();
    let mail = mail::waitlist(&config.application_name, &config.home_url, address);
    Ok((entry, Some(mail)))
}

/// Invites who is on the list, and says so. The mail is to be sent after the commit. 404 where
/// there is no such entry, 409 for one whose address is a user's by now; beyond that as
/// [`invitations::create`].
pub async fn invite(
    idp: &Idp,
    tx: &mut Tx,
    id: &str,
    ignore_existing: bool,
) -> Result<(Entry, Option<Mail>)> {
    let mut entry = get_locked(tx, id).await?;
    if entry.status == "completed" {
        return Err(over().into());
    }
    let new = NewInvitation {
        email_address: entry.email_address.clone(),
        public_metadata: Value::Object(Map::new()),
        redirect_url: None,
        notify: true,
        ignore_existing,
        expires_in_days: None,
    };
    let (invitation, mail) = invitations::create(idp, tx, new).await?;
    entry.invitation_id = Some(invitation.id);
    set(idp, tx, &mut entry, "invited").await?;
    Ok((entry, mail))
}

/// Rejects who is on the list, and says so. An invitation that is open is revoked. 404 where there
/// is no such entry, 409 for one that is rejected, or whose address is a user's by now.
pub async fn reject(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Entry> {
    let mut entry = get_locked(tx, id).await?;
    if matches!(entry.status.as_str(), "completed" | "rejected") {
        return Err(over().into());
    }
    if let Some(invitation_id) = &entry.invitation_id {
        let now = store::now(idp.env());
        let invitation = store::invitations::find(tx, invitation_id).await?;
        if invitation.is_some_and(|invitation| invitation.status_at(now) == "pending") {
            invitations::revoke(idp, tx, invitation_id).await?;
        }
    }
    set(idp, tx, &mut entry, "rejected").await?;
    Ok(entry)
}

/// Takes who waits off the list. 404 where there is no such entry, 409 for one that was answered.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    let entry = get_locked(tx, id).await?;
    if entry.status != "pending" {
        return Err(over().into());
    }
    rows::delete(tx, id).await
}

/// Completes the entries of a new user's addresses, and says so.
pub async fn complete(idp: &Idp, tx: &mut Tx, person: &Person) -> Result<()> {
    let addresses: Vec<String> = person
        .emails
        .iter()
        .filter(|email| email.verified_at.is_some())
        .map(|email| email.address.to_lowercase())
        .collect();
    for mut entry in rows::open(tx, &addresses).await? {
        set(idp, tx, &mut entry, "completed").await?;
    }
    Ok(())
}

async fn get_locked(tx: &mut Tx, id: &str) -> Result<Entry> {
    let found = rows::find_locked(tx, id).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("Waitlist entry"))?)
}

async fn set(idp: &Idp, tx: &mut Tx, entry: &mut Entry, status: &str) -> Result<()> {
    status.clone_into(&mut entry.status);
    rows::save(tx, entry, store::now(idp.env())).await?;
    emit(idp, tx, "waitlistEntry.updated", entry).await
}

async fn emit(idp: &Idp, tx: &mut Tx, event: &str, entry: &Entry) -> Result<()> {
    let data = resource(idp, tx, entry).await?;
    Ok(webhooks::emit(tx, idp.env(), event, &data).await?)
}

fn over() -> Refusal {
    let text = "The waitlist entry was answered already.";
    Refusal::new(StatusCode::CONFLICT, "waitlist_entry_not_pending", text)
}
