//! Sessions: a user on a client.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::after;
use super::billing::granted::{Granted, granted_columns, granted_join};
use crate::error::Result;

/// A row of `idp.sessions`.
#[derive(Clone, Debug)]
pub struct Session {
    /// `sess_…`.
    pub id: String,
    /// The browser.
    pub client_id: String,
    /// The person.
    pub user_id: String,
    /// As stored; what holds at an instant says [`Session::status_at`].
    pub status: String,
    /// The organization that tokens are made for.
    pub last_active_organization_id: Option<String>,
    /// Who acts, where that is not the user.
    pub actor: Option<Value>,
    /// When the first factor was given.
    pub first_factor_at: Option<Timestamp>,
    /// When a second factor was given.
    pub second_factor_at: Option<Timestamp>,
    /// Address of the browser at sign-in.
    pub client_ip: Option<String>,
    /// What the browser called itself at sign-in.
    pub user_agent: Option<String>,
    /// Last sign of life.
    pub last_active_at: Timestamp,
    /// The end, whatever happens.
    pub expire_at: Timestamp,
    /// When the browser is taken to have forgotten it.
    pub abandon_at: Timestamp,
    /// Sign-in.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
    /// The plan that the user is on, where users are billed; read only.
    pub plan: Option<Granted>,
}

impl Session {
    /// Of a row that may be none's.
    pub(super) fn read_if_any(row: &Row) -> Option<Self> {
        let id: Option<String> = row.get("id");
        id.map(|_| Self::read(row))
    }

    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            user_id: row.get("user_id"),
            status: row.get("status"),
            last_active_organization_id: row.get("last_active_organization_id"),
            actor: row.get("actor"),
            first_factor_at: row.get("first_factor_at"),
            second_factor_at: row.get("second_factor_at"),
            client_ip: row.get("client_ip"),
            user_agent: row.get("user_agent"),
            last_active_at: row.get("last_active_at"),
            expire_at: row.get("expire_at"),
            abandon_at: row.get("abandon_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
            plan: Granted::read(row),
        }
    }

    /// The status at `now`: a live session whose time is over has expired, written down or not.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> &str {
        let live = matches!(self.status.as_str(), "active" | "pending");
        if live && self.expire_at <= now {
            "expired"
        } else if live && self.abandon_at <= now {
            "abandoned"
        } else {
            &self.status
        }
    }

    /// Whether it is neither over nor ended at `now`; it may have tasks left.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        matches!(self.status_at(now), "active" | "pending")
    }

    /// Whether it counts at `now`.
    #[must_use]
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.status_at(now) == "active"
    }
}

/// The columns of a session `s` and of what the plan `plan` grants its user.
macro_rules! session_columns {
    () => {
        concat!(
            "s.id, s.client_id, s.user_id, s.status, s.last_active_organization_id, s.actor,
             s.first_factor_at, s.second_factor_at, s.client_ip, s.user_agent, s.last_active_at,
             s.expire_at, s.abandon_at, s.created_at, s.updated_at, ",
            granted_columns!(),
        )
    };
}
pub(super) use session_columns;

macro_rules! session_select {
    () => {
        concat!(
            "select ",
            session_columns!(),
            " from idp.sessions s ",
            granted_join!("b.user_id = s.user_id"),
        )
    };
}

sql! {
    /// The live sessions of a client, oldest first.
    LIST_LIVE_BY_CLIENT(TEXT, TIMESTAMPTZ, INT8) = concat!(session_select!(), "
        where s.client_id = $1 and s.status in ('active', 'pending')
        and s.expire_at > $2 and s.abandon_at > $2
        order by s.created_at, s.id limit $3");
    /// The live sessions of a user on all clients, the one used last first.
    LIST_LIVE_BY_USER(TEXT, TIMESTAMPTZ, INT8) = concat!(session_select!(), "
        where s.user_id = $1 and s.status in ('active', 'pending')
        and s.expire_at > $2 and s.abandon_at > $2
        order by s.last_active_at desc, s.id limit $3");
    /// Sessions by id.
    LOAD(TEXT_ARRAY) = concat!(session_select!(), "where s.id = any($1)");
    /// A session.
    FIND(TEXT) = concat!(session_select!(), "where s.id = $1");
    /// A session, locked until the transaction's end.
    FIND_LOCKED(TEXT) = concat!(session_select!(), "where s.id = $1 for update of s");
    /// A new session.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, TEXT, TIMESTAMPTZ,
        TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.sessions (id, client_id, user_id, status, last_active_organization_id,
            actor, first_factor_at, second_factor_at, client_ip, user_agent, last_active_at,
            expire_at, abandon_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    /// What changes in a session's life.
    UPDATE(TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.sessions set status = $2, last_active_organization_id = $3,
            first_factor_at = $4, second_factor_at = $5, last_active_at = $6, updated_at = $7
        where id = $1";
    /// A sign of life; not a change that anybody is told of.
    SET_ACTIVE(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.sessions set last_active_at = $2 where id = $1 and last_active_at < $3";
    /// Puts off the expiry, at most to the end that the session had at its start.
    PROLONG(TEXT, TIMESTAMPTZ) = "
        update idp.sessions set ends_at = coalesce(ends_at, expire_at),
            expire_at = least(coalesce(ends_at, expire_at), $2)
        where id = $1 and status in ('active', 'pending')
        returning expire_at";
    /// Takes an organization out of the sessions of a user who is no member any more.
    FORGET_ORGANIZATION(TEXT, TEXT) = "
        update idp.sessions set last_active_organization_id = null
        where user_id = $1 and last_active_organization_id = $2";
}

/// The most live sessions of a client or a user that are shown.
pub const MAX_LIVE: i64 = 100;

/// The live sessions of a client, oldest first.
pub async fn list_live_by_client(tx: &mut Tx, id: &str, now: Timestamp) -> Result<Vec<Session>> {
    let rows = tx
        .query(&LIST_LIVE_BY_CLIENT, &[&id, &now, &MAX_LIVE])
        .await?;
    Ok(rows.iter().map(Session::read).collect())
}

/// The live sessions of a user on all clients, the one used last first.
pub async fn list_live_by_user(tx: &mut Tx, id: &str, now: Timestamp) -> Result<Vec<Session>> {
    let rows = tx
        .query(&LIST_LIVE_BY_USER, &[&id, &now, &MAX_LIVE])
        .await?;
    Ok(rows.iter().map(Session::read).collect())
}

/// Sessions by id, in no order; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Session>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD, &[&ids]).await?;
    Ok(rows.iter().map(Session::read).collect())
}

/// The session of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Session>> {
    Ok(tx
        .query_opt(&FIND, &[&id])
        .await?
        .as_ref()
        .map(Session::read))
}

/// The session of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Session>> {
    Ok(tx
        .query_opt(&FIND_LOCKED, &[&id])
        .await?
        .as_ref()
        .map(Session::read))
}

/// Stores a new session.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &session.id,
            &session.client_id,
            &session.user_id,
            &session.status,
            &session.last_active_organization_id,
            &session.actor,
            &session.first_factor_at,
            &session.second_factor_at,
            &session.client_ip,
            &session.user_agent,
            &session.last_active_at,
            &session.expire_at,
            &session.abandon_at,
            &session.created_at,
            &session.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked session and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, session: &mut Session, now: Timestamp) -> Result<()> {
    session.updated_at = after(session.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &session.id,
            &session.status,
            &session.last_active_organization_id,
            &session.first_factor_at,
            &session.second_factor_at,
            &session.last_active_at,
            &session.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Notes a sign of life, unless there was one after `due`; `updated_at` stays.
pub async fn set_active(tx: &mut Tx, id: &str, now: Timestamp, due: Timestamp) -> Result<()> {
    tx.execute(&SET_ACTIVE, &[&id, &now, &due]).await?;
    Ok(())
}

/// Puts off the expiry of a live session until `until`, at most to the end that it had at its
/// start. The expiry that it has then; none for a session that is over.
pub async fn prolong(tx: &mut Tx, id: &str, until: Timestamp) -> Result<Option<Timestamp>> {
    let row = tx.query_opt(&PROLONG, &[&id, &until]).await?;
    Ok(row.map(|row| row.get(0)))
}

/// Takes an organization out of the sessions of a user who is no member any more.
pub async fn forget_organization(tx: &mut Tx, user_id: &str, organization_id: &str) -> Result<()> {
    tx.execute(&FORGET_ORGANIZATION, &[&user_id, &organization_id])
        .await?;
    Ok(())
}
