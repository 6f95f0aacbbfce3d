//! Tickets: what the links of mails carry, and what an attempt to sign up or in is begun with.
//! Tokens that servers make for one user are [`super::login_tokens`].
//!
//! A ticket is a signed name of a row and nothing more. Whether it still opens anything is the
//! row's state in the database: it is spent there, in the transaction of what it brought about.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{invitations, organization_invitations};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::{keys, store};

/// Header category of tickets: Clerk's SDKs take no token of it for that of a session.
const CATEGORY: &str = "cl_I7d4PD111III";
/// The longest text that is looked at.
const MAX_LENGTH: usize = 4096;

/// The kind of row that a ticket names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An invitation to an organization.
    OrganizationInvitation,
    /// An invitation to the application.
    Invitation,
}

impl Source {
    /// The claim `st`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OrganizationInvitation => "organization_invitation",
            Self::Invitation => "invitation",
        }
    }

    /// Reads the claim `st`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OrganizationInvitation, Self::Invitation]
            .into_iter()
            .find(|source| source.as_str() == text)
    }
}

/// A ticket: the row that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The kind of row.
    pub source: Source,
    /// The row's id.
    pub source_id: String,
}

/// What a ticket says beside the row that it names.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The organization that it is about.
    pub organization_id: Option<&'a str>,
    /// Its end.
    pub expires_at: Timestamp,
}

/// A ticket that still opens something.
#[derive(Clone, Debug)]
pub struct Admission {
    /// Whom it is for: whoever has this address. Who presents the ticket has read its mail.
    pub email_address: String,
    /// Where its link leads in the end; none for the application's own pages.
    pub redirect_url: Option<String>,
    /// Goes to the user, where one comes of it.
    pub public_metadata: Option<Value>,
}

/// What a spent ticket brought about.
#[derive(Clone, Debug, Default)]
pub struct Redeemed {
    /// The organization that becomes the session's active one.
    pub organization_id: Option<String>,
}

/// The text of a ticket. The same row and terms make the same text as long as the key signs.
pub fn issue(idp: &Idp, ticket: &Ticket, terms: Terms<'_>) -> Result<String> {
    let suffix = ticket.source_id.rsplit('_').next().unwrap_or_default();
    let claims = json!({
        "eid": format!("idn_{suffix}"),
        "exp": terms.expires_at.as_second(),
        "iid": idp.keys().instance_id(),
        "oid": terms.organization_id.unwrap_or_default(),
        "sid": ticket.source_id,
        "st": ticket.source.as_str(),
    });
    idp.keys().sign(CATEGORY, &claims)
}

/// The link that presents a ticket.
#[must_use]
pub fn link(idp: &Idp, text: &str) -> String {
    format!(
        "{}/v1/tickets/accept?ticket={text}",
        idp.config().frontend_url()
    )
}

/// Reads a ticket's text: 400 for one that this instance did not sign or whose time is over. Says
/// nothing about the row.
pub fn read(idp: &Idp, text: &str) -> Result<Ticket, Refusal> {
    let claims = Some(text)
        .filter(|text| text.len() <= MAX_LENGTH)
        .and_then(|text| keys::verify(&idp.keys().set(), CATEGORY, text))
        .filter(|claims| claims["iid"] == idp.keys().instance_id())
        .ok_or_else(invalid)?;
    let source = claims["st"].as_str().and_then(Source::parse);
    let source_id = claims["sid"].as_str().map(str::to_owned);
    let (Some(source), Some(source_id), Some(end)) = (source, source_id, claims["exp"].as_i64())
    else {
        return Err(invalid());
    };
    if end <= idp.env().now().as_second() {
        return Err(expired());
    }
    Ok(Ticket { source, source_id })
}

/// The address that a ticket is for, whether or not it still opens anything; 400 where its row is
/// gone. Locks nothing, so that the user can be locked before the row.
pub async fn email_address(tx: &mut Tx, ticket: &Ticket) -> Result<String> {
    let id = &ticket.source_id;
    let address = match ticket.source {
        Source::OrganizationInvitation => store::organization_invitations::find(tx, id)
            .await?
            .map(|invitation| invitation.email_address),
        Source::Invitation => store::invitations::find(tx, id)
            .await?
            .map(|invitation| invitation.email_address),
    };
    Ok(address.ok_or_else(invalid)?)
}

/// Locks what a ticket names and says what it opens. 400 for one that is spent, revoked or over.
pub async fn admit(idp: &Idp, tx: &mut Tx, ticket: &Ticket) -> Result<Admission> {
    match ticket.source {
        Source::OrganizationInvitation => {
            let invitation =
                organization_invitations::open_locked(idp, tx, &ticket.source_id).await?;
            Ok(Admission {
                email_address: invitation.email_address,
                redirect_url: invitation.redirect_url,
                public_metadata: None,
            })
        }
        Source::Invitation => {
            let invitation = invitations::open_locked(idp, tx, &ticket.source_id).await?;
            Ok(Admission {
                email_address: invitation.email_address,
                redirect_url: invitation.redirect_url,
                public_metadata: Some(invitation.public_metadata),
            })
        }
    }
}

/// Spends a ticket for a person whom it is for: the caller has made sure of that.
pub async fn redeem(idp: &Idp, tx: &mut Tx, ticket: &Ticket, person: &Person) -> Result<Redeemed> {
    match ticket.source {
        Source::OrganizationInvitation => {
            let invitation =
                organization_invitations::accept(idp, tx, &ticket.source_id, person).await?;
            Ok(Redeemed {
                organization_id: Some(invitation.organization.id),
            })
        }
        Source::Invitation => {
            invitations::accept(idp, tx, &ticket.source_id, person).await?;
            Ok(Redeemed::default())
        }
    }
}

/// The refusal of a text that is no ticket of ours. It names no field, as all refusals of tickets:
/// the components have none for it and would show nothing.
#[must_use]
pub fn invalid() -> Refusal {
    let text = "The ticket is invalid.";
    Refusal::new(StatusCode::BAD_REQUEST, "ticket_invalid_code", text)
}

/// The refusal of a ticket whose time is over.
#[must_use]
pub fn expired() -> Refusal {
    let text = "The ticket has expired.";
    Refusal::new(StatusCode::BAD_REQUEST, "ticket_expired_code", text)
}

/// The refusal of a ticket whose row is in a state that opens nothing.
#[must_use]
pub fn closed(status: &str) -> Refusal {
    match status {
        "expired" => expired(),
        "revoked" => {
            let text = "The invitation was revoked and can no longer be used.";
            Refusal::new(StatusCode::BAD_REQUEST, "revoked_invitation", text)
        }
        _ => {
            let text = "The invitation has already been accepted. Try signing in instead.";
            let code = "invitation_already_accepted";
            Refusal::new(StatusCode::BAD_REQUEST, code, text)
        }
    }
}
