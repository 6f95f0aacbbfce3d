//! Invitations to the application.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::organization_invitations::InvitationKey;
use super::search::Order;
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.invitations`.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// `inv_…`.
    pub id: String,
    /// Whom.
    pub email_address: String,
    /// Goes to the user who comes of it.
    pub public_metadata: Value,
    /// Where the link of the mail leads in the end.
    pub redirect_url: Option<String>,
    /// Made although there was another.
    pub is_additional: bool,
    /// `pending`, `accepted`, `revoked` or `expired`; see [`Self::status_at`].
    pub status: String,
    /// Its end.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Invitation {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            email_address: row.get("email_address"),
            public_metadata: row.get("public_metadata"),
            redirect_url: row.get("redirect_url"),
            is_additional: row.get("is_additional"),
            status: row.get("status"),
            expires_at: row.get("expires_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// The status at `now`: one that nobody answered in time has expired.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> &str {
        if self.status == "pending" && self.expires_at <= now {
            "expired"
        } else {
            &self.status
        }
    }
}

/// The condition of the searches; its parameters are `$1` to `$3`, `$1` the present.
macro_rules! matching {
    () => {
        "(cardinality($2::text[]) = 0 or (case when i.status = 'pending' and i.expires_at <= $1
              then 'expired' else i.status end) = any($2))
         and ($3 = '' or i.id = $3 or strpos(lower(i.email_address), lower($3)) > 0)"
    };
}

sql! {
    /// Invitations that match. `$4` names the key, `$5` whether it runs down.
    LIST(TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT, BOOL, INT8, INT8) = concat!("
        select i.id, i.email_address, i.public_metadata, i.redirect_url, i.is_additional,
               i.status, i.expires_at, i.created_at, i.updated_at
        from idp.invitations i where ", matching!(), "
        order by case when $4 = 'created_at' and $5 then i.created_at end desc,
                 case when $4 = 'created_at' and not $5 then i.created_at end,
                 case when $4 = 'email_address' and $5 then lower(i.email_address) end desc,
                 case when $4 = 'email_address' and not $5 then lower(i.email_address) end,
                 i.id
        limit $6 offset $7");
    /// How many match.
    COUNT(TIMESTAMPTZ, TEXT_ARRAY, TEXT) = concat!(
        "select count(*) from idp.invitations i where ", matching!());
    /// One invitation.
    FIND(TEXT) = "
        select id, email_address, public_metadata, redirect_url, is_additional, status,
               expires_at, created_at, updated_at
        from idp.invitations where id = $1";
    /// One invitation, locked until the transaction's end.
    FIND_LOCKED(TEXT) = "
        select id, email_address, public_metadata, redirect_url, is_additional, status,
               expires_at, created_at, updated_at
        from idp.invitations where id = $1 for update";
    /// Closes what is past its time, so that the address can be invited anew.
    EXPIRE(TEXT, TIMESTAMPTZ) = "
        update idp.invitations set status = 'expired'
        where lower(email_address) = lower($1) and status = 'pending' and expires_at <= $2";
    /// Whether an address has an open invitation.
    IS_OPEN(TEXT) = "
        select exists (select 1 from idp.invitations
            where lower(email_address) = lower($1) and status = 'pending')";
    /// A new invitation.
    INSERT(TEXT, TEXT, JSONB, TEXT, BOOL, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.invitations (id, email_address, public_metadata, redirect_url,
            is_additional, status, expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, 'pending', $6, $7, $7)";
    /// The end of an invitation, and who accepted it.
    CLOSE(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.invitations set status = $2, user_id = $3, updated_at = $4 where id = $1";
}

/// A page of the invitations with one of the statuses (any, where none is given) whose address
/// contains `query`, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    statuses: &[String],
    query: &str,
    order: Order<InvitationKey>,
    page: Page,
    now: Timestamp,
) -> Result<(Vec<Invitation>, i64)> {
    let rows = tx
        .query(
            &LIST,
            &[
                &now,
                &statuses,
                &query,
                &order.key.name(),
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx.query_one(&COUNT, &[&now, &statuses, &query]).await?;
    Ok((rows.iter().map(Invitation::read).collect(), count.get(0)))
}

/// The invitation of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Invitation>> {
    let row = tx.query_opt(&FIND, &[&id]).await?;
    Ok(row.as_ref().map(Invitation::read))
}

/// The invitation of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Invitation>> {
    let row = tx.query_opt(&FIND_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(Invitation::read))
}

/// Closes invitations of an address whose time is over; whether an open one is left.
pub async fn is_open(tx: &mut Tx, address: &str, now: Timestamp) -> Result<bool> {
    tx.execute(&EXPIRE, &[&address, &now]).await?;
    Ok(tx.query_one(&IS_OPEN, &[&address]).await?.get(0))
}

/// Stores a new invitation. A second open one of the same address that is not additional violates
/// `invitations_pending`.
pub async fn insert(tx: &mut Tx, invitation: &Invitation) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &invitation.id,
            &invitation.email_address,
            &invitation.public_metadata,
            &invitation.redirect_url,
            &invitation.is_additional,
            &invitation.expires_at,
            &invitation.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Closes a locked invitation with a status, by whoever accepted it.
pub async fn close(
    tx: &mut Tx,
    invitation: &mut Invitation,
    status: &str,
    user_id: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    status.clone_into(&mut invitation.status);
    invitation.updated_at = after(invitation.updated_at, now);
    tx.execute(
        &CLOSE,
        &[
            &invitation.id,
            &invitation.status,
            &user_id,
            &invitation.updated_at,
        ],
    )
    .await?;
    Ok(())
}
