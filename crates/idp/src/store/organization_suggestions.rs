//! Organizations that somebody could join, and who asked to.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::organizations::{Organization, organization_columns};
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.organization_suggestions` with its organization.
#[derive(Clone, Debug)]
pub struct Suggestion {
    /// `orgsug_…`.
    pub id: String,
    /// Where to.
    pub organization: Organization,
    /// Whom.
    pub user_id: String,
    /// `pending`, `requested`, `granted` or `refused`.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Suggestion {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            organization: Organization::read(row),
            user_id: row.get("user_id"),
            status: row.get("status"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

macro_rules! suggestion_select {
    () => {
        concat!(
            "select s.id, s.user_id, s.status, s.created_at, s.updated_at, ",
            organization_columns!(),
            " from idp.organization_suggestions s
              join idp.organizations o on o.id = s.organization_id "
        )
    };
}

/// The condition of the lists; its parameters are `$1` to `$3`. Who is a member needs none.
macro_rules! matching {
    () => {
        "($1::text is null or s.user_id = $1) and ($2::text is null or s.organization_id = $2)
         and s.status = any($3)
         and (s.status in ('granted', 'refused') or not exists (
             select 1 from idp.memberships m
             where m.organization_id = s.organization_id and m.user_id = s.user_id))"
    };
}

sql! {
    /// Suggestions of a user, or of an organization, with one of the statuses.
    LIST(TEXT, TEXT, TEXT_ARRAY, INT8, INT8) = concat!(suggestion_select!(), "where ",
        matching!(), " order by s.created_at desc, s.id limit $4 offset $5");
    /// How many there are.
    COUNT(TEXT, TEXT, TEXT_ARRAY) = concat!(
        "select count(*) from idp.organization_suggestions s where ", matching!());
    /// One suggestion.
    FIND(TEXT) = concat!(suggestion_select!(), "where s.id = $1");
    /// Locks a suggestion until the transaction's end.
    LOCK(TEXT) = "select id from idp.organization_suggestions where id = $1 for update";
    /// A new suggestion, unless the user has one of the organization.
    INSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.organization_suggestions
            (id, organization_id, domain_id, user_id, status, created_at, updated_at)
        values ($1, $2, $3, $4, 'pending', $5, $5)
        on conflict on constraint organization_suggestions_once do nothing";
    /// What became of it.
    UPDATE(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.organization_suggestions set status = $2, updated_at = $3 where id = $1";
}

/// A page of the suggestions with one of the statuses, of a user or an organization, newest first,
/// and how many there are on all pages. Open ones of members are left out.
pub async fn list(
    tx: &mut Tx,
    user_id: Option<&str>,
    organization_id: Option<&str>,
    statuses: &[String],
    page: Page,
) -> Result<(Vec<Suggestion>, i64)> {
    let rows = tx
        .query(
            &LIST,
            &[
                &user_id,
                &organization_id,
                &statuses,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(&COUNT, &[&user_id, &organization_id, &statuses])
        .await?;
    Ok((rows.iter().map(Suggestion::read).collect(), count.get(0)))
}

/// The suggestion of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Suggestion>> {
    let row = tx.query_opt(&FIND, &[&id]).await?;
    Ok(row.as_ref().map(Suggestion::read))
}

/// The suggestion of that id, locked until the transaction's end, after its organization.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Suggestion>> {
    tx.query_opt(&LOCK, &[&id]).await?;
    find(tx, id).await
}

/// Suggests an organization to a user, once.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    candidate: &super::organization_domains::Candidate,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &id,
            &candidate.organization_id,
            &candidate.domain_id,
            &candidate.user_id,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Saves what became of a locked suggestion.
pub async fn set_status(
    tx: &mut Tx,
    suggestion: &mut Suggestion,
    status: &str,
    now: Timestamp,
) -> Result<()> {
    status.clone_into(&mut suggestion.status);
    suggestion.updated_at = after(suggestion.updated_at, now);
    tx.execute(
        &UPDATE,
        &[&suggestion.id, &suggestion.status, &suggestion.updated_at],
    )
    .await?;
    Ok(())
}
