//! Sessions: started, ended.

use bailiwick_pg::Tx;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{people, tasks, users};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model;
use crate::model::user::Person;
use crate::store::sessions::Session;
use crate::store::{self, sessions};
use crate::{ids, webhooks};

/// A session counts as abandoned this long after sign-in.
const ABANDON: SignedDuration = SignedDuration::from_hours(30 * 24);

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

/// What a new session is like.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// The browser.
    pub client_id: &'a str,
    /// Address and name of the browser.
    pub origin: &'a Origin,
    /// The organization that is active in it.
    pub organization_id: Option<&'a str>,
    /// Who acts, where that is not the user.
    pub actor: Option<Value>,
    /// How long it lives at most; the instance's setting where nothing is said.
    pub lifetime_seconds: Option<i64>,
    /// A server vouches for the user, who has no tasks to do first.
    pub is_vouched: bool,
    /// When the first factor was given; now where nothing is said.
    pub first_factor_at: Option<Timestamp>,
    /// When a second factor was given.
    pub second_factor_at: Option<Timestamp>,
}

impl<'a> Start<'a> {
    /// A session like any other, for a first factor that was given just now.
    #[must_use]
    pub fn new(client_id: &'a str, origin: &'a Origin) -> Self {
        Self {
            client_id,
            origin,
            organization_id: None,
            actor: None,
            lifetime_seconds: None,
            is_vouched: false,
            first_factor_at: None,
            second_factor_at: None,
        }
    }
}

/// Starts a session of a locked user, and says so. Counts as the user's sign-in.
pub async fn start(
    idp: &Idp,
    tx: &mut Tx,
    start: Start<'_>,
    person: &mut Person,
) -> Result<Session> {
    let now = store::now(idp.env());
    let settings = idp.settings();
    let lifetime = start
        .lifetime_seconds
        .unwrap_or(settings.sessions.lifetime_seconds);
    let after = |duration| now.saturating_add(duration).unwrap_or(now);
    let ends_at = after(SignedDuration::from_secs(lifetime));
    let tasks = if start.is_vouched || start.actor.is_some() {
        Vec::new()
    } else {
        tasks::of(&settings, person, start.organization_id)
    };
    let mut session = Session {
        id: ids::new(idp.env(), ids::Kind::Session),
        client_id: start.client_id.to_owned(),
        user_id: person.user.id.clone(),
        status: tasks::status(&tasks).to_owned(),
        last_active_organization_id: start.organization_id.map(str::to_owned),
        actor: start.actor,
        first_factor_at: Some(start.first_factor_at.unwrap_or(now)),
        second_factor_at: start.second_factor_at,
        client_ip: start.origin.client_ip.clone(),
        user_agent: start.origin.user_agent.clone(),
        last_active_at: now,
        expire_at: ends_at,
        abandon_at: after(ABANDON),
        created_at: now,
        updated_at: now,
        plan: None,
    };
    sessions::insert(tx, &session).await?;
    prolong(idp, tx, &mut session).await?;
    store::users::set_signed_in(tx, &person.user.id, now).await?;
    person.user.last_sign_in_at = Some(now);
    person.user.last_active_at = Some(now);
    person.user.failed_attempts = 0;
    person.user.locked_until = None;
    let event = if tasks.is_empty() {
        "session.created"
    } else {
        "session.pending"
    };
    emit(idp, tx, event, &session, person).await?;
    Ok(session)
}

/// Puts off the end of a session at a sign of life, where sessions end without. Costs nothing
/// where they do not.
pub async fn prolong(idp: &Idp, tx: &mut Tx, session: &mut Session) -> Result<()> {
    let seconds = idp.settings().sessions.inactivity_timeout_seconds;
    if seconds <= 0 {
        return Ok(());
    }
    let until = store::now(idp.env())
        .saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(Timestamp::MAX);
    if let Some(expire_at) = sessions::prolong(tx, &session.id, until).await? {
        session.expire_at = expire_at;
    }
    Ok(())
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

/// Revokes all live sessions of a user, and says so for each.
pub async fn revoke_all(idp: &Idp, tx: &mut Tx, user_id: &str) -> Result<()> {
    loop {
        let now = store::now(idp.env());
        let live = sessions::list_live_by_user(tx, user_id, now).await?;
        if live.is_empty() {
            return Ok(());
        }
        for row in live {
            end(idp, tx, &row.id, End::Revoked).await?;
        }
    }
}

pub(super) async fn emit(
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
