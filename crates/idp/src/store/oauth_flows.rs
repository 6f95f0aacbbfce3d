//! Ways to a provider and back.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use crate::error::Result;

/// A row of `idp.oauth_flows`.
#[derive(Clone, Debug)]
pub struct Flow {
    /// `ver_…`.
    pub id: String,
    /// The browser that was sent.
    pub client_id: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// `sign_in`, `sign_up` or `link`.
    pub purpose: String,
    /// The attempt, or the account that is being connected.
    pub target_id: String,
    /// Whose account is being connected; none for attempts.
    pub user_id: Option<String>,
    /// Where the browser was sent, without the state.
    pub location: String,
    /// Where it goes when something is left to do, or went wrong.
    pub redirect_url: String,
    /// Where it goes when all is done.
    pub complete_url: String,
    /// Scopes beside the usual ones.
    pub more_scopes: Vec<String>,
    /// `unverified`, `verified`, `failed` or `transferable`.
    pub status: String,
    /// What went wrong: the protocol's word, and a text for people.
    pub error: Option<(String, String)>,
    /// Who the provider says it was.
    pub identity: Option<Value>,
    /// What it lets us do, sealed.
    pub tokens: Option<String>,
    /// When it was answered.
    pub used_at: Option<Timestamp>,
    /// Until when it may be.
    pub expire_at: Timestamp,
    /// When the browser was sent.
    pub created_at: Timestamp,
}

impl Flow {
    fn read(row: &Row) -> Self {
        let code: Option<String> = row.get("error_code");
        Self {
            id: row.get("id"),
            client_id: row.get("client_id"),
            provider: row.get("provider"),
            purpose: row.get("purpose"),
            target_id: row.get("target_id"),
            user_id: row.get("user_id"),
            location: row.get("location"),
            redirect_url: row.get("redirect_url"),
            complete_url: row.get("complete_url"),
            more_scopes: row.get("more_scopes"),
            status: row.get("status"),
            error: code.map(|code| (code, row.get("error_text"))),
            identity: row.get("identity"),
            tokens: row.get("tokens"),
            used_at: row.get("used_at"),
            expire_at: row.get("expire_at"),
            created_at: row.get("created_at"),
        }
    }

    /// `oauth_google` and the like.
    #[must_use]
    pub fn strategy(&self) -> String {
        format!("oauth_{}", self.provider)
    }
}

macro_rules! flow_select {
    () => {
        "select id, client_id, provider, purpose, target_id, user_id, location, redirect_url,
            complete_url, more_scopes, status, error_code, error_text, identity, tokens, used_at,
            expire_at, created_at
         from idp.oauth_flows "
    };
}

sql! {
    /// The way whose state this is.
    FIND_BY_STATE(TEXT) = concat!(flow_select!(), "where state_digest = $1");
    /// A way, locked until the transaction's end.
    FIND_LOCKED(TEXT) = concat!(flow_select!(), "where id = $1 for update");
    /// The newest way of an attempt or account.
    FIND_BY_TARGET(TEXT) = concat!(flow_select!(),
        "where target_id = $1 order by created_at desc, id desc limit 1");
    /// A new way.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, TIMESTAMPTZ,
        TIMESTAMPTZ) = "
        insert into idp.oauth_flows (id, state_digest, client_id, provider, purpose, target_id,
            user_id, location, redirect_url, complete_url, more_scopes, status, expire_at,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'unverified', $12, $13, $13)";
    /// Spends a state, once.
    USE(TEXT, TIMESTAMPTZ) = "
        update idp.oauth_flows set used_at = $2, updated_at = $2
        where id = $1 and used_at is null";
    /// What came of a way.
    SAVE(TEXT, TEXT, TEXT, TEXT, JSONB, TEXT, TIMESTAMPTZ, TEXT, TEXT) = "
        update idp.oauth_flows set status = $2, error_code = $3, error_text = $4, identity = $5,
            tokens = $6, updated_at = $7, purpose = $8, target_id = $9
        where id = $1";
}

/// The way whose state has this digest.
pub async fn find_by_state(tx: &mut Tx, digest: &str) -> Result<Option<Flow>> {
    let row = tx.query_opt(&FIND_BY_STATE, &[&digest]).await?;
    Ok(row.as_ref().map(Flow::read))
}

/// A way, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Flow>> {
    let row = tx.query_opt(&FIND_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(Flow::read))
}

/// The newest way of an attempt or account.
pub async fn find_by_target(tx: &mut Tx, target_id: &str) -> Result<Option<Flow>> {
    let row = tx.query_opt(&FIND_BY_TARGET, &[&target_id]).await?;
    Ok(row.as_ref().map(Flow::read))
}

/// Stores a new way under the digest of its state.
pub async fn insert(tx: &mut Tx, flow: &Flow, state_digest: &str) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &flow.id,
            &state_digest,
            &flow.client_id,
            &flow.provider,
            &flow.purpose,
            &flow.target_id,
            &flow.user_id,
            &flow.location,
            &flow.redirect_url,
            &flow.complete_url,
            &flow.more_scopes,
            &flow.expire_at,
            &flow.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Spends the state of a way; whether it was unspent.
pub async fn spend(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&USE, &[&id, &now]).await? > 0)
}

/// Saves what came of a way, and for which attempt.
pub async fn save(tx: &mut Tx, flow: &Flow, now: Timestamp) -> Result<()> {
    let (code, text) = flow.error.clone().unzip();
    tx.execute(
        &SAVE,
        &[
            &flow.id,
            &flow.status,
            &code,
            &text,
            &flow.identity,
            &flow.tokens,
            &now,
            &flow.purpose,
            &flow.target_id,
        ],
    )
    .await?;
    Ok(())
}
