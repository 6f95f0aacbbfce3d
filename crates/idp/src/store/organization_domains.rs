//! Domains that organizations claim.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::organizations::{Organization, organization_columns};
use super::search::{Among, Order};
use super::verifications::{Verification, verification_json};
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.organization_domains` with its organization and its verification.
#[derive(Clone, Debug)]
pub struct OrganizationDomain {
    /// `orgdmn_…`.
    pub id: String,
    /// Whose it is, or is said to be.
    pub organization: Organization,
    /// The domain, in lower case.
    pub name: String,
    /// The protocol's word for what it does with users whose address is in it.
    pub enrollment_mode: String,
    /// Where the last code was sent.
    pub affiliation_email_address: Option<String>,
    /// The verification by code that was asked for last.
    pub verification: Option<Verification>,
    /// Since when the organization has it for sure; no other can have it then.
    pub verified_at: Option<Timestamp>,
    /// How that was found out.
    pub verified_by: Option<String>,
    /// Since when an operator vouches for it.
    pub ownership_verified_at: Option<Timestamp>,
    /// Invitations that it brought and that wait; read only.
    pub pending_invitations: i64,
    /// Suggestions that it brought and that wait; read only.
    pub pending_suggestions: i64,
    /// When it was claimed.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl OrganizationDomain {
    fn read(row: &Row) -> Result<Self> {
        Ok(Self {
            id: row.get("id"),
            organization: Organization::read(row),
            name: row.get("name"),
            enrollment_mode: row.get("enrollment_mode"),
            affiliation_email_address: row.get("affiliation_email_address"),
            verification: Verification::read_json(row, "verification")?,
            verified_at: row.get("verified_at"),
            verified_by: row.get("verified_by"),
            ownership_verified_at: row.get("ownership_verified_at"),
            pending_invitations: row.get("pending_invitations"),
            pending_suggestions: row.get("pending_suggestions"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        })
    }
}

macro_rules! domain_select {
    () => {
        concat!(
            "select d.id, d.name, d.enrollment_mode, d.affiliation_email_address, d.verified_at,
                    d.verified_by, d.ownership_verified_at, d.created_at, d.updated_at, ",
            verification_json!("d.verification_id"),
            " as verification,
             (select count(*) from idp.organization_invitations i
                 where i.domain_id = d.id and i.status = 'pending') as pending_invitations,
             (select count(*) from idp.organization_suggestions s
                 where s.domain_id = d.id and s.status = 'pending') as pending_suggestions, ",
            organization_columns!(),
            " from idp.organization_domains d
              join idp.organizations o on o.id = d.organization_id "
        )
    };
}

/// The condition of the searches; its parameters are `$1` to `$6`.
macro_rules! matching {
    () => {
        "($1::text is null or d.organization_id = $1)
         and ($2::bool is null or (d.verified_at is not null) = $2)
         and (cardinality($3::text[]) = 0 or d.enrollment_mode = any($3))
         and d.enrollment_mode <> all($4)
         and ($5 = '' or d.id = $5 or strpos(d.name, lower($5)) > 0)
         and (cardinality($6::text[]) = 0 or d.name = any($6))"
    };
}

sql! {
    /// Domains that match. `$7` says whether by name, `$8` whether it runs down.
    LIST(TEXT, BOOL, TEXT_ARRAY, TEXT_ARRAY, TEXT, TEXT_ARRAY, BOOL, BOOL, INT8, INT8) =
        concat!(domain_select!(), "where ", matching!(), "
        order by case when $7 and $8 then d.name end desc,
                 case when $7 and not $8 then d.name end,
                 case when not $7 and $8 then d.created_at end desc,
                 case when not $7 and not $8 then d.created_at end,
                 d.id
        limit $9 offset $10");
    /// How many match.
    COUNT(TEXT, BOOL, TEXT_ARRAY, TEXT_ARRAY, TEXT, TEXT_ARRAY) = concat!(
        "select count(*) from idp.organization_domains d where ", matching!());
    /// A domain of an organization.
    FIND(TEXT, TEXT) = concat!(domain_select!(), "where d.organization_id = $1 and d.id = $2");
    /// Locks a domain until the transaction's end.
    LOCK(TEXT, TEXT) = "
        select id from idp.organization_domains where organization_id = $1 and id = $2 for update";
    /// How many an organization has.
    COUNT_OWN(TEXT) = "
        select count(*) from idp.organization_domains where organization_id = $1";
    /// A new domain.
    INSERT(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TEXT, TIMESTAMPTZ) = "
        insert into idp.organization_domains (id, organization_id, name, enrollment_mode,
            verified_at, verified_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)";
    /// What changes of a domain.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.organization_domains set enrollment_mode = $2, affiliation_email_address = $3,
            verification_id = $4, verified_at = $5, verified_by = $6, ownership_verified_at = $7,
            updated_at = $8
        where id = $1";
    /// Gone, with its suggestions.
    DELETE(TEXT) = "delete from idp.organization_domains where id = $1";
    /// Invitations that it brought and nobody answered.
    REVOKE_PENDING(TEXT, TIMESTAMPTZ) = "
        update idp.organization_invitations set status = 'revoked', updated_at = $2
        where domain_id = $1 and status = 'pending'";
    /// Suggestions that it brought and nobody took up.
    DELETE_PENDING(TEXT) = "
        delete from idp.organization_suggestions where domain_id = $1 and status = 'pending'";
    /// Users whom a domain is to enrol: with a verified address in it, not members, and not
    /// enrolled before. `$1` names the user, `$2` the domain; null means all.
    CANDIDATES(TEXT, TEXT, INT8) = "
        select d.id as domain_id, d.organization_id, d.enrollment_mode, e.user_id, e.address
        from idp.organization_domains d
        join idp.email_addresses e
            on lower(split_part(e.address, '@', 2)) = d.name and e.verified_at is not null
        where d.verified_at is not null and d.enrollment_mode <> 'manual_invitation'
          and ($1::text is null or e.user_id = $1) and ($2::text is null or d.id = $2)
          and not exists (select 1 from idp.memberships m
              where m.organization_id = d.organization_id and m.user_id = e.user_id)
          and case d.enrollment_mode
              when 'automatic_invitation' then not exists (
                  select 1 from idp.organization_invitations i
                  where i.organization_id = d.organization_id
                    and lower(i.email_address) = lower(e.address)
                    and (i.status = 'pending' or i.domain_id = d.id))
              else not exists (
                  select 1 from idp.organization_suggestions s
                  where s.organization_id = d.organization_id and s.user_id = e.user_id)
              end
        order by d.id, e.id limit $3";
}

/// What domains are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct DomainFilter {
    /// Of this organization.
    pub organization_id: Option<String>,
    /// Whether verified.
    pub is_verified: Option<bool>,
    /// With one of these enrolment modes, and none of those.
    pub modes: Among,
    /// Part of the name, or the id.
    pub query: String,
    /// One of these names, in lower case.
    pub names: Vec<String>,
}

/// What domains are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainKey {
    /// Time of the claim.
    CreatedAt,
    /// Name.
    Name,
}

impl DomainKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
            "name" => Self::Name,
            _ => return None,
        })
    }
}

/// A user whom a domain is to enrol.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The domain.
    pub domain_id: String,
    /// Its organization.
    pub organization_id: String,
    /// What the domain does.
    pub enrollment_mode: String,
    /// The user.
    pub user_id: String,
    /// The address in the domain.
    pub address: String,
}

/// A page of the domains that match, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &DomainFilter,
    order: Order<DomainKey>,
    page: Page,
) -> Result<(Vec<OrganizationDomain>, i64)> {
    let DomainFilter {
        organization_id,
        is_verified,
        modes,
        query,
        names,
    } = filter;
    let by_name = order.key == DomainKey::Name;
    let rows = tx
        .query(
            &LIST,
            &[
                organization_id,
                is_verified,
                &modes.of,
                &modes.not,
                query,
                names,
                &by_name,
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(
            &COUNT,
            &[
                organization_id,
                is_verified,
                &modes.of,
                &modes.not,
                query,
                names,
            ],
        )
        .await?;
    let domains = rows.iter().map(OrganizationDomain::read);
    Ok((domains.collect::<Result<Vec<_>>>()?, count.get(0)))
}

/// A domain of that organization.
pub async fn find(
    tx: &mut Tx,
    organization_id: &str,
    id: &str,
) -> Result<Option<OrganizationDomain>> {
    let row = tx.query_opt(&FIND, &[&organization_id, &id]).await?;
    row.as_ref().map(OrganizationDomain::read).transpose()
}

/// A domain of that organization, locked until the transaction's end.
pub async fn find_locked(
    tx: &mut Tx,
    organization_id: &str,
    id: &str,
) -> Result<Option<OrganizationDomain>> {
    tx.query_opt(&LOCK, &[&organization_id, &id]).await?;
    find(tx, organization_id, id).await
}

/// How many domains an organization has.
pub async fn count(tx: &mut Tx, organization_id: &str) -> Result<i64> {
    Ok(tx.query_one(&COUNT_OWN, &[&organization_id]).await?.get(0))
}

/// Stores a new domain. One that the organization has violates `organization_domains_own`, a
/// verified one that another has verified `organization_domains_verified`.
pub async fn insert(tx: &mut Tx, domain: &OrganizationDomain) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &domain.id,
            &domain.organization.id,
            &domain.name,
            &domain.enrollment_mode,
            &domain.verified_at,
            &domain.verified_by,
            &domain.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked domain and moves its `updated_at` on. One that another organization has verified
/// violates `organization_domains_verified`.
pub async fn save(tx: &mut Tx, domain: &mut OrganizationDomain, now: Timestamp) -> Result<()> {
    domain.updated_at = after(domain.updated_at, now);
    let verification_id = domain.verification.as_ref().map(|row| &row.id);
    tx.execute(
        &UPDATE,
        &[
            &domain.id,
            &domain.enrollment_mode,
            &domain.affiliation_email_address,
            &verification_id,
            &domain.verified_at,
            &domain.verified_by,
            &domain.ownership_verified_at,
            &domain.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Removes what a domain brought and nobody answered.
pub async fn forget_pending(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&REVOKE_PENDING, &[&id, &now]).await?;
    tx.execute(&DELETE_PENDING, &[&id]).await?;
    Ok(())
}

/// Deletes the row, and its suggestions with it.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// Users whom domains are to enrol: of one user, or of one domain; at most `limit`.
pub async fn candidates(
    tx: &mut Tx,
    user_id: Option<&str>,
    domain_id: Option<&str>,
    limit: i64,
) -> Result<Vec<Candidate>> {
    let rows = tx
        .query(&CANDIDATES, &[&user_id, &domain_id, &limit])
        .await?;
    let read = |row: &Row| Candidate {
        domain_id: row.get("domain_id"),
        organization_id: row.get("organization_id"),
        enrollment_mode: row.get("enrollment_mode"),
        user_id: row.get("user_id"),
        address: row.get("address"),
    };
    Ok(rows.iter().map(read).collect())
}
