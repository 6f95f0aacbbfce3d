//! Clients: one a browser.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::billing::granted::{granted_columns, granted_join};
use super::sessions::{MAX_LIVE, Session, session_columns};
use crate::error::Result;

/// A row of `idp.clients`.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_…`.
    pub id: String,
    /// SHA-256 of the browser's cookie; none where no browser holds one.
    pub cookie_digest: Option<String>,
    /// The attempt to sign in that is under way.
    pub sign_in_id: Option<String>,
    /// The attempt to sign up that is under way.
    pub sign_up_id: Option<String>,
    /// The session that the browser used last.
    pub last_active_session_id: Option<String>,
    /// For the components' "last used" badge.
    pub last_authentication_strategy: Option<String>,
    /// When the browser forgets the cookie.
    pub cookie_expires_at: Option<Timestamp>,
    /// When the browser first wrote.
    pub created_at: Timestamp,
    /// Last change of the client or its sessions.
    pub updated_at: Timestamp,
}

impl Client {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("c_id"),
            cookie_digest: row.get("c_cookie_digest"),
            sign_in_id: row.get("c_sign_in_id"),
            sign_up_id: row.get("c_sign_up_id"),
            last_active_session_id: row.get("c_last_active_session_id"),
            last_authentication_strategy: row.get("c_last_authentication_strategy"),
            cookie_expires_at: row.get("c_cookie_expires_at"),
            created_at: row.get("c_created_at"),
            updated_at: row.get("c_updated_at"),
        }
    }
}

macro_rules! client_columns {
    () => {
        "c.id as c_id, c.cookie_digest as c_cookie_digest, c.sign_in_id as c_sign_in_id,
         c.sign_up_id as c_sign_up_id, c.last_active_session_id as c_last_active_session_id,
         c.last_authentication_strategy as c_last_authentication_strategy,
         c.cookie_expires_at as c_cookie_expires_at, c.created_at as c_created_at,
         c.updated_at as c_updated_at"
    };
}

sql! {
    /// Clients by id, the newest first.
    LOAD_CLIENTS(TEXT_ARRAY) = concat!("select ", client_columns!(), " from idp.clients c where c.id = any($1)
        order by c.created_at desc, c.id");
    /// The client that a cookie leads to.
    FIND_BY_COOKIE(TEXT, TIMESTAMPTZ) = concat!("select ", client_columns!(), " from idp.clients c
        where c.cookie_digest = $1 and c.cookie_expires_at > $2");
    /// The client that a cookie leads to, once with each of its live sessions, oldest first.
    GLANCE(TEXT, TIMESTAMPTZ, INT8) = concat!("
        select ", client_columns!(), ", ", session_columns!(), "
        from idp.clients c
        left join idp.sessions s on s.client_id = c.id and s.status in ('active', 'pending')
            and s.expire_at > $2 and s.abandon_at > $2 ", granted_join!("b.user_id = s.user_id"), "
        where c.cookie_digest = $1 and c.cookie_expires_at > $2
        order by s.created_at, s.id limit $3");
    /// The client that a cookie leads to, locked until the transaction's end.
    FIND_BY_COOKIE_LOCKED(TEXT, TIMESTAMPTZ) = concat!("select ", client_columns!(), " from idp.clients c
        where c.cookie_digest = $1 and c.cookie_expires_at > $2 for update");
    /// A new client.
    INSERT(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.clients (id, cookie_digest, cookie_expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $4)";
    /// All of a client but the id and the time of creation.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.clients set cookie_digest = $2, sign_in_id = $3, sign_up_id = $4,
            last_active_session_id = $5, last_authentication_strategy = $6,
            cookie_expires_at = $7, updated_at = $8
        where id = $1";
}

/// Clients by id, the newest first; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Client>> {
    let rows = tx.query(&LOAD_CLIENTS, &[&ids]).await?;
    Ok(rows.iter().map(Client::read).collect())
}

/// The client that a cookie leads to, given the cookie's digest.
pub async fn find_by_cookie(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<Option<Client>> {
    let row = tx.query_opt(&FIND_BY_COOKIE, &[&digest, &now]).await?;
    Ok(row.as_ref().map(Client::read))
}

/// The client that a cookie leads to, and its live sessions, oldest first. Where the transaction
/// has not begun it has not by this.
pub async fn glance_by_cookie(
    tx: &mut Tx,
    digest: &str,
    now: Timestamp,
) -> Result<Option<(Client, Vec<Session>)>> {
    let [rows] = tx.glance([(&GLANCE, &[&digest, &now, &MAX_LIVE])]).await?;
    let client = rows.first().map(Client::read);
    let sessions = rows.iter().filter_map(Session::read_if_any);
    Ok(client.map(|client| (client, sessions.collect())))
}

/// The client that a cookie leads to, locked until the transaction's end: writes of one browser happen one by one.
pub async fn find_by_cookie_locked(
    tx: &mut Tx,
    digest: &str,
    now: Timestamp,
) -> Result<Option<Client>> {
    let row = tx
        .query_opt(&FIND_BY_COOKIE_LOCKED, &[&digest, &now])
        .await?;
    Ok(row.as_ref().map(Client::read))
}

/// Stores a new client.
pub async fn insert(tx: &mut Tx, client: &Client) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &client.id,
            &client.cookie_digest,
            &client.cookie_expires_at,
            &client.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked client.
pub async fn save(tx: &mut Tx, client: &Client) -> Result<()> {
    tx.execute(
        &UPDATE,
        &[
            &client.id,
            &client.cookie_digest,
            &client.sign_in_id,
            &client.sign_up_id,
            &client.last_active_session_id,
            &client.last_authentication_strategy,
            &client.cookie_expires_at,
            &client.updated_at,
        ],
    )
    .await?;
    Ok(())
}
