//! Accounts of users at other providers.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use serde::Deserialize;

use crate::error::Result;

/// A row of `idp.external_accounts`.
#[derive(Clone, Debug, Deserialize)]
pub struct ExternalAccount {
    /// `eac_…`.
    pub id: String,
    /// `idn_…`.
    pub identification_id: String,
    /// Whose it is here.
    pub user_id: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// Who says so; empty until it is verified.
    pub issuer: String,
    /// The person's name there, which never changes; empty until it is verified.
    pub subject: String,
    /// What was granted, separated by spaces.
    pub approved_scopes: String,
    /// The person's address there.
    pub email_address: Option<String>,
    /// Whether the provider vouches for it.
    pub is_email_verified: bool,
    /// Given name.
    pub first_name: Option<String>,
    /// Family name.
    pub last_name: Option<String>,
    /// Name to log in with.
    pub username: Option<String>,
    /// The person's picture.
    pub image_url: Option<String>,
    /// What the provider lets us do, sealed.
    pub tokens: Option<String>,
    /// `unverified`, `verified` or `failed`.
    pub status: String,
    /// What went wrong: the protocol's word.
    pub error_code: Option<String>,
    /// The same, for people.
    pub error_text: Option<String>,
    /// Until when the provider's answer was, or is, waited for.
    pub expire_at: Timestamp,
    /// When it was connected.
    pub created_at: Timestamp,
    /// Last change.
    pub updated_at: Timestamp,
}

impl ExternalAccount {
    /// `oauth_google` and the like.
    #[must_use]
    pub fn strategy(&self) -> String {
        format!("oauth_{}", self.provider)
    }

    /// Whether the provider has said whose it is.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.status == "verified"
    }
}

/// SQL for the accounts of the user `u`, oldest first, as a JSON list.
macro_rules! external_accounts_json {
    () => {
        "(select coalesce(json_agg(x), '[]') from (
            select a.id, a.identification_id, a.user_id, a.provider, a.issuer, a.subject,
                a.approved_scopes, a.email_address, a.is_email_verified, a.first_name,
                a.last_name, a.username, a.image_url, a.tokens, a.status, a.error_code,
                a.error_text, a.expire_at, a.created_at, a.updated_at
            from idp.external_accounts a where a.user_id = u.id
            order by a.created_at, a.id limit 200) x)"
    };
}
pub(super) use external_accounts_json;

sql! {
    /// Whose account it is.
    FIND_OWNER(TEXT, TEXT, TEXT) = "
        select user_id from idp.external_accounts
        where provider = $1 and issuer = $2 and subject = $3 and status = 'verified'";
    /// A new account.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BOOL, TEXT, TEXT, TEXT, TEXT, TEXT,
        TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.external_accounts (id, identification_id, user_id, provider, issuer,
            subject, approved_scopes, email_address, is_email_verified, first_name, last_name,
            username, image_url, tokens, status, expire_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)";
    /// All of an account but ids, owner and the time of creation.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, BOOL, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT,
        TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.external_accounts set issuer = $2, subject = $3, approved_scopes = $4,
            email_address = $5, is_email_verified = $6, first_name = $7, last_name = $8,
            username = $9, image_url = $10, tokens = $11, status = $12, error_code = $13,
            error_text = $14, expire_at = $15, updated_at = $16
        where id = $1";
    /// New tokens of a provider; not a change that anybody is told of.
    SET_TOKENS(TEXT, TEXT) = "update idp.external_accounts set tokens = $2 where id = $1";
    /// Removes an account of a user.
    DELETE(TEXT, TEXT) = "delete from idp.external_accounts where user_id = $1 and id = $2";
    /// Removes what a user began to connect to a provider and did not end.
    DELETE_PENDING(TEXT, TEXT) = "
        delete from idp.external_accounts
        where user_id = $1 and provider = $2 and status <> 'verified'";
}

/// The user to whom somebody at a provider belongs.
pub async fn find_owner(
    tx: &mut Tx,
    provider: &str,
    issuer: &str,
    subject: &str,
) -> Result<Option<String>> {
    let row = tx
        .query_opt(&FIND_OWNER, &[&provider, &issuer, &subject])
        .await?;
    Ok(row.map(|row| row.get(0)))
}

/// Stores a new account. A verified one that belongs to somebody violates
/// `external_accounts_person`.
pub async fn insert(tx: &mut Tx, account: &ExternalAccount) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &account.id,
            &account.identification_id,
            &account.user_id,
            &account.provider,
            &account.issuer,
            &account.subject,
            &account.approved_scopes,
            &account.email_address,
            &account.is_email_verified,
            &account.first_name,
            &account.last_name,
            &account.username,
            &account.image_url,
            &account.tokens,
            &account.status,
            &account.expire_at,
            &account.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves an account of a locked user.
pub async fn save(tx: &mut Tx, account: &mut ExternalAccount, now: Timestamp) -> Result<()> {
    account.updated_at = now;
    tx.execute(
        &UPDATE,
        &[
            &account.id,
            &account.issuer,
            &account.subject,
            &account.approved_scopes,
            &account.email_address,
            &account.is_email_verified,
            &account.first_name,
            &account.last_name,
            &account.username,
            &account.image_url,
            &account.tokens,
            &account.status,
            &account.error_code,
            &account.error_text,
            &account.expire_at,
            &account.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves sealed tokens that were renewed.
pub async fn set_tokens(tx: &mut Tx, id: &str, tokens: &str) -> Result<()> {
    tx.execute(&SET_TOKENS, &[&id, &tokens]).await?;
    Ok(())
}

/// Removes an account of a user; whether there was one.
pub async fn delete(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&user_id, &id]).await? > 0)
}

/// Removes what a user began to connect to a provider and did not end.
pub async fn delete_pending(tx: &mut Tx, user_id: &str, provider: &str) -> Result<()> {
    tx.execute(&DELETE_PENDING, &[&user_id, &provider]).await?;
    Ok(())
}
