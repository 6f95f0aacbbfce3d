//! Sessions: started, ended.

use bailiwick_pg::Tx;
use jiff::SignedDuration;

use super::{people, users};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store::sessions::Session;
use crate::store::{self, sessions};
use crate::{ids, webhooks};

/// A session ends this long after sign-in, whatever happens.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A session counts as abandoned this long after sign-in.
pub const ABANDON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Where a session comes from.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Network address of the browser.
    pub client_ip: Option<String>,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

/// How a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The user ended it.
    Ended,
    /// The user signed out: it is gone from the browser too.
    Removed,
    /// The user, elsewhere, or an operator took it away.
    Revoked,
    /// Another sign-in of the same browser took its place.
    Replaced,
}

impl End {
    const fn status(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Removed => "removed",
            Self::Revoked => "revoked",
            Self::Replaced => "replaced",
        }
    }

    const fn event(self) -> &'static str {
        match self {
            // There is no event for a replaced session; it has ended.
            Self::Ended | Self::Replaced => "session.ended",
            Self::Removed => "session.removed",
            Self::Revoked => "session.revoked",
        }
    }
}

/// Starts a session of a locked user on a client, and says so. Counts as the user's sign-in.
pub async fn start(
    idp: &Idp,
    tx: &mut Tx,
    client_id: &str,
    person: &mut Person,
    organization_id: Option<&str>,
    origin: &Origin,
) -> Result<Session> {
    let now = store::now(idp.env());
    let session = Session {
        id: ids::new(idp.env(), ids::Kind::Session),
        client_id: client_id.to_owned(),
        user_id: person.user.id.clone(),
        status: "active".to_owned(),
        last_active_organization_id: organization_id.map(str::to_owned),
        actor: None,
        first_factor_at: Some(now),
        second_factor_at: None,
        client_ip: origin.client_ip.clone(),
        user_agent: origin.user_agent.clone(),
        last_active_at: now,
        expire_at: now.saturating_add(LIFETIME).unwrap_or(now),
        abandon_at: now.saturating_add(ABANDON).unwrap_or(now),
        created_at: now,
        updated_at: now,
    };
    sessions::insert(tx, &session).await?;
    store::users::set_signed_in(tx, &person.user.id, now).await?;
    person.user.last_sign_in_at = Some(now);
    person.user.last_active_at = Some(now);
    person.user.failed_attempts = 0;
    person.user.locked_until = None;
    emit(idp, tx, "session.created", &session, person).await?;
    Ok(session)
}

/// Ends a session, and says so. One that is over already stays as it is.
pub async fn end(idp: &Idp, tx: &mut Tx, id: &str, end: End) -> Result<Session> {
    let mut session = sessions::find_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("Session"))?;
    let now = store::now(idp.env());
    if !matches!(session.status_at(now), "active" | "pending") {
        return Ok(session);
    }
    end.status().clone_into(&mut session.status);
    sessions::save(tx, &mut session, now).await?;
    if let Some(person) = people::find(tx, &session.user_id).await? {
        emit(idp, tx, end.event(), &session, &person).await?;
    }
    Ok(session)
}

async fn emit(
    idp: &Idp,
    tx: &mut Tx,
    event: &str,
    session: &Session,
    person: &Person,
) -> Result<()> {
    let user = users::resource(idp, person);
    let data = model::session::session_with_user(session, user, idp.env().now());
    webhooks::emit(tx, idp.env(), event, &data).await?;
    Ok(())
}
