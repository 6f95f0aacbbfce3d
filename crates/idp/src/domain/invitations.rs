//! Invitations to the application: made, revoked, accepted.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::SignedDuration;
use serde_json::Value;

use super::tickets::{self, Source, Terms, Ticket};
use super::{messages, users};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::mail::{self, Mail};
use crate::model::user::Person;
use crate::store::invitations::{self as rows, Invitation};
use crate::{ids, model, store};

/// Most invitations that are made at once.
pub const MAX_BULK: usize = 50;
/// Days after which an invitation ends that says nothing else.
const DAYS: u16 = 30;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Whom; an address that mail can be sent to.
    pub email_address: String,
    /// Goes to the user who comes of it.
    pub public_metadata: Value,
    /// Where the link leads in the end; one of the application's own addresses.
    pub redirect_url: Option<String>,
    /// Whether a mail is sent.
    pub notify: bool,
    /// Whether another invitation, or a user with this address, does not matter.
    pub ignore_existing: bool,
    /// Days until its end.
    pub expires_in_days: Option<u16>,
}

/// The invitation, as the Backend API shows it. An open one has the link that presents its ticket.
pub fn resource(idp: &Idp, invitation: &Invitation) -> Result<Value> {
    let now = idp.env().now();
    let url = match invitation.status_at(now) {
        "pending" => Some(link(idp, invitation)?),
        _ => None,
    };
    Ok(model::invitation::invitation(
        invitation,
        url.as_deref(),
        now,
    ))
}

fn link(idp: &Idp, invitation: &Invitation) -> Result<String> {
    let ticket = Ticket {
        source: Source::Invitation,
        source_id: invitation.id.clone(),
    };
    let terms = Terms {
        organization_id: None,
        expires_at: invitation.expires_at,
    };
    Ok(tickets::link(idp, &tickets::issue(idp, &ticket, terms)?))
}

/// Invites somebody to the application. The mail is to be sent after the commit. Refused, unless
/// that is to be ignored: an address that is invited or belongs to a user.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    new: NewInvitation,
) -> Result<(Invitation, Option<Mail>)> {
    let now = store::now(idp.env());
    let address = new.email_address;
    if !new.ignore_existing && store::users::find_by_email(tx, &address).await?.is_some() {
        return Err(users::identifier_exists("email_address").into());
    }
    let is_open = rows::is_open(tx, &address, now).await?;
    if is_open && !new.ignore_existing {
        return Err(duplicate(&address).into());
    }
    let days = i64::from(new.expires_in_days.unwrap_or(DAYS));
    let end = now.saturating_add(SignedDuration::from_hours(24 * days));
    let invitation = Invitation {
        id: ids::new(idp.env(), ids::Kind::Invitation),
        email_address: address,
        public_metadata: new.public_metadata,
        redirect_url: new.redirect_url,
        is_additional: is_open,
        status: "pending".to_owned(),
        expires_at: end.unwrap_or(now),
        created_at: now,
        updated_at: now,
    };
    rows::insert(tx, &invitation)
        .await
        .map_err(|error| match &error {
            Error::Database(database) if database.constraint() == Some("invitations_pending") => {
                duplicate(&invitation.email_address).into()
            }
            _ => error,
        })?;
    let mut mail = None;
    if new.notify {
        idp.limits().mail(&invitation.email_address)?;
        let (config, url) = (idp.config(), link(idp, &invitation)?);
        let own = mail::invitation(
            &config.application_name,
            &config.home_url,
            &invitation.email_address,
            &url,
        );
        mail = Some(messages::written(idp, tx, own).await?);
    }
    Ok((invitation, mail))
}

fn duplicate(address: &str) -> Refusal {
    let text = format!("There is a pending invitation for {address} already.");
    Refusal::new(StatusCode::BAD_REQUEST, "duplicate_record", text).param("email_address")
}

/// Revokes an open invitation; 404 where there is none of that id, 400 for one that is over.
pub async fn revoke(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Invitation> {
    let now = store::now(idp.env());
    let mut invitation = rows::find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("Invitation"))?;
    let (code, text) = match invitation.status_at(now) {
        "pending" => {
            rows::close(tx, &mut invitation, "revoked", None, now).await?;
            return Ok(invitation);
        }
        "revoked" => ("duplicate_record", "The invitation is revoked already."),
        _ => (
            "invitation_already_accepted",
            "The invitation is over and cannot be revoked.",
        ),
    };
    Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into())
}

/// An open invitation, locked; 400 where it is over, whoever asks.
pub async fn open_locked(idp: &Idp, tx: &mut Tx, id: &str) -> Result<Invitation> {
    let invitation = rows::find_locked(tx, id)
        .await?
        .ok_or_else(tickets::invalid)?;
    match invitation.status_at(store::now(idp.env())) {
        "pending" => Ok(invitation),
        status => Err(tickets::closed(status).into()),
    }
}

/// Accepts an open invitation for a person who has its address.
pub async fn accept(idp: &Idp, tx: &mut Tx, id: &str, person: &Person) -> Result<()> {
    let mut invitation = open_locked(idp, tx, id).await?;
    let is_theirs = person.emails.iter().any(|email| {
        email.verified_at.is_some()
            && email.address.to_lowercase() == invitation.email_address.to_lowercase()
    });
    if !is_theirs {
        return Err(tickets::invalid().into());
    }
    let now = store::now(idp.env());
    rows::close(tx, &mut invitation, "accepted", Some(&person.user.id), now).await
}
