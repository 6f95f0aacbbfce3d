//! Who asked to be let in.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::organization_invitations::InvitationKey;
use super::search::Order;
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.waitlist_entries`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `wle_…`.
    pub id: String,
    /// Whose.
    pub email_address: String,
    /// `pending`, `invited`, `rejected`, or `completed` once the address is a user's.
    pub status: String,
    /// The invitation that it led to.
    pub invitation_id: Option<String>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Entry {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            email_address: row.get("email_address"),
            status: row.get("status"),
            invitation_id: row.get("invitation_id"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

macro_rules! columns {
    () => {
        "select id, email_address, status, invitation_id, created_at, updated_at
         from idp.waitlist_entries "
    };
}

macro_rules! matching {
    () => {
        "where ($1 = '' or status = $1)
           and ($2 = '' or id = $2 or strpos(lower(email_address), lower($2)) > 0) "
    };
}

sql! {
    /// A new entry, unless the address has one.
    INSERT(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.waitlist_entries (id, email_address, status, created_at, updated_at)
        values ($1, $2, 'pending', $3, $3) on conflict ((lower(email_address))) do nothing";
    /// The entry of an address.
    FIND_BY_ADDRESS(TEXT) = concat!(columns!(), "where lower(email_address) = lower($1)");
    /// An entry, locked until the transaction's end.
    FIND_LOCKED(TEXT) = concat!(columns!(), "where id = $1 for update");
    /// Entries that match. `$3` names the key, `$4` whether it runs down.
    LIST(TEXT, TEXT, TEXT, BOOL, INT8, INT8) = concat!(columns!(), matching!(), "
        order by case when $3 = 'created_at' and $4 then created_at end desc,
                 case when $3 = 'created_at' and not $4 then created_at end,
                 case when $3 = 'email_address' and $4 then lower(email_address) end desc,
                 case when $3 = 'email_address' and not $4 then lower(email_address) end,
                 id
        limit $5 offset $6");
    /// How many match.
    COUNT(TEXT, TEXT) = concat!("select count(*) from idp.waitlist_entries ", matching!());
    /// What becomes of an entry.
    UPDATE(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.waitlist_entries set status = $2, invitation_id = $3, updated_at = $4
        where id = $1";
    /// Gone.
    DELETE(TEXT) = "delete from idp.waitlist_entries where id = $1";
    /// The entries of addresses, locked, that are not completed yet.
    OPEN(TEXT_ARRAY, INT8) = concat!(columns!(), "
        where lower(email_address) = any($1) and status <> 'completed'
        order by id limit $2 for update");
}

/// The entry of an address, and whether it is new.
pub async fn ensure(tx: &mut Tx, id: &str, address: &str, now: Timestamp) -> Result<(Entry, bool)> {
    let made = tx.execute(&INSERT, &[&id, &address, &now]).await?;
    let row = tx.query_one(&FIND_BY_ADDRESS, &[&address]).await?;
    Ok((Entry::read(&row), made > 0))
}

/// The entry of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Entry>> {
    let row = tx.query_opt(&FIND_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(Entry::read))
}

/// A page of the entries of a status (any, where it is empty) whose address contains `query`, and
/// how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    status: &str,
    query: &str,
    order: Order<InvitationKey>,
    page: Page,
) -> Result<(Vec<Entry>, i64)> {
    let rows = tx
        .query(
            &LIST,
            &[
                &status,
                &query,
                &order.key.name(),
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx.query_one(&COUNT, &[&status, &query]).await?.get(0);
    Ok((rows.iter().map(Entry::read).collect(), count))
}

/// Saves what became of a locked entry and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, entry: &mut Entry, now: Timestamp) -> Result<()> {
    entry.updated_at = after(entry.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &entry.id,
            &entry.status,
            &entry.invitation_id,
            &entry.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the row.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// The entries of addresses in lower case that are not completed yet, locked.
pub async fn open(tx: &mut Tx, addresses: &[String]) -> Result<Vec<Entry>> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&OPEN, &[&addresses, &Page::MAX]).await?;
    Ok(rows.iter().map(Entry::read).collect())
}
