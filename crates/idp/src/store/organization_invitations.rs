//! Invitations to organizations.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::organizations::{Organization, organization_columns};
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.organization_invitations` with its organization and the name of its role.
#[derive(Clone, Debug)]
pub struct OrganizationInvitation {
    /// `orginv_…`.
    pub id: String,
    /// Where to.
    pub organization: Organization,
    /// Whom.
    pub email_address: String,
    /// A role's key.
    pub role: String,
    /// The role's name; read only.
    pub role_name: String,
    /// Who invited, as long as that user exists.
    pub inviter_id: Option<String>,
    /// The domain that brought the invitation about; nobody was sent it.
    pub domain_id: Option<String>,
    /// Who accepted.
    pub user_id: Option<String>,
    /// `pending`, `accepted`, `revoked` or `expired`; see [`Self::status_at`].
    pub status: String,
    /// Where the link of the mail leads in the end.
    pub redirect_url: Option<String>,
    /// Readable by the invited.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
    /// Its end; none means never.
    pub expires_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl OrganizationInvitation {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            organization: Organization::read(row),
            email_address: row.get("email_address"),
            role: row.get("role"),
            role_name: row.get("role_name"),
            inviter_id: row.get("inviter_id"),
            domain_id: row.get("domain_id"),
            user_id: row.get("user_id"),
            status: row.get("status"),
            redirect_url: row.get("redirect_url"),
            public_metadata: row.get("public_metadata"),
            private_metadata: row.get("private_metadata"),
            expires_at: row.get("expires_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// The status at `now`: one that nobody answered in time has expired.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> &str {
        if self.status == "pending" && self.expires_at.is_some_and(|end| end <= now) {
            "expired"
        } else {
            &self.status
        }
    }
}

macro_rules! invitation_select {
    () => {
        concat!(
            "select i.id, i.email_address, i.role, r.name as role_name, i.inviter_id, i.domain_id,
                    i.user_id, i.status, i.redirect_url, i.public_metadata, i.private_metadata,
                    i.expires_at, i.created_at, i.updated_at, ",
            organization_columns!(),
            " from idp.organization_invitations i
              join idp.organizations o on o.id = i.organization_id
              join idp.roles r on r.key = i.role "
        )
    };
}

/// The condition of the searches; its parameters are `$1` to `$5`, `$1` the present.
macro_rules! matching {
    () => {
        "(cardinality($2::text[]) = 0 or (case when i.status = 'pending' and i.expires_at <= $1
              then 'expired' else i.status end) = any($2))
         and ($3::text is null or i.organization_id = $3)
         and (cardinality($4::text[]) = 0 or lower(i.email_address) = any($4))
         and ($5 = '' or i.id = $5 or strpos(lower(i.email_address), lower($5)) > 0)"
    };
}

sql! {
    /// Invitations that match. `$6` names the key, `$7` whether it runs down.
    LIST(TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT_ARRAY, TEXT, TEXT, BOOL, INT8, INT8) =
        concat!(invitation_select!(), "where ", matching!(), "
        order by case when $6 = 'created_at' and $7 then i.created_at end desc,
                 case when $6 = 'created_at' and not $7 then i.created_at end,
                 case when $6 = 'email_address' and $7 then lower(i.email_address) end desc,
                 case when $6 = 'email_address' and not $7 then lower(i.email_address) end,
                 i.id
        limit $8 offset $9");
    /// How many match.
    COUNT(TIMESTAMPTZ, TEXT_ARRAY, TEXT, TEXT_ARRAY, TEXT) = concat!(
        "select count(*) from idp.organization_invitations i where ", matching!());
    /// One invitation, whatever its status.
    FIND(TEXT) = concat!(invitation_select!(), "where i.id = $1");
    /// Locks an invitation until the transaction's end.
    LOCK(TEXT) = "select organization_id from idp.organization_invitations where id = $1 for update";
    /// Closes what is past its time, so that the address can be invited anew.
    EXPIRE(TEXT, TEXT_ARRAY, TIMESTAMPTZ) = "
        update idp.organization_invitations set status = 'expired'
        where organization_id = $1 and lower(email_address) = any($2) and status = 'pending'
          and expires_at <= $3";
    /// How many are still open.
    COUNT_OPEN(TEXT, TIMESTAMPTZ) = "
        select count(*) from idp.organization_invitations
        where organization_id = $1 and status = 'pending' and domain_id is null
          and (expires_at is null or expires_at > $2)";
    /// A new invitation.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, JSONB, JSONB, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.organization_invitations (id, organization_id, email_address, role,
            inviter_id, domain_id, status, redirect_url, public_metadata, private_metadata,
            expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 'pending', $7, $8, $9, $10, $11, $11)";
    /// The same, unless the address has an open one.
    INSERT_ONCE(TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.organization_invitations (id, organization_id, email_address, role,
            domain_id, status, created_at, updated_at)
        values ($1, $2, $3, $4, $5, 'pending', $6, $6)
        on conflict do nothing";
    /// The end of an invitation, and who accepted it.
    CLOSE(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.organization_invitations set status = $2, user_id = $3, updated_at = $4
        where id = $1";
}

/// What invitations are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct InvitationFilter {
    /// With one of these statuses at present.
    pub statuses: Vec<String>,
    /// To this organization.
    pub organization_id: Option<String>,
    /// For one of these addresses, whatever the case of its letters.
    pub email_addresses: Vec<String>,
    /// Part of the address, or the id.
    pub query: String,
}

/// What a list of invitations is ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationKey {
    /// Time of creation.
    CreatedAt,
    /// The address.
    EmailAddress,
}

impl InvitationKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
            "email_address" => Self::EmailAddress,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::EmailAddress => "email_address",
        }
    }
}

/// A page of the invitations that match at `now`, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &InvitationFilter,
    order: super::search::Order<InvitationKey>,
    page: Page,
    now: Timestamp,
) -> Result<(Vec<OrganizationInvitation>, i64)> {
    let emails: Vec<String> = filter
        .email_addresses
        .iter()
        .map(|address| address.to_lowercase())
        .collect();
    let InvitationFilter {
        statuses,
        organization_id,
        query,
        ..
    } = filter;
    let rows = tx
        .query(
            &LIST,
            &[
                &now,
                statuses,
                organization_id,
                &emails,
                query,
                &order.key.name(),
                &order.descending,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(&COUNT, &[&now, statuses, organization_id, &emails, query])
        .await?;
    Ok((
        rows.iter().map(OrganizationInvitation::read).collect(),
        count.get(0),
    ))
}

/// The invitation of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<OrganizationInvitation>> {
    let row = tx.query_opt(&FIND, &[&id]).await?;
    Ok(row.as_ref().map(OrganizationInvitation::read))
}

/// The invitation of that id, locked until the transaction's end. Its organization must have been
/// locked before: see [`organization_of`].
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<OrganizationInvitation>> {
    tx.query_opt(&LOCK, &[&id]).await?;
    find(tx, id).await
}

/// Closes invitations of addresses (in lower case) whose time is over.
pub async fn expire(
    tx: &mut Tx,
    organization_id: &str,
    addresses: &[String],
    now: Timestamp,
) -> Result<()> {
    tx.execute(&EXPIRE, &[&organization_id, &addresses, &now])
        .await?;
    Ok(())
}

/// How many invitations of an organization are open; those that a domain brought are not counted,
/// since nobody chose them.
pub async fn count_open(tx: &mut Tx, organization_id: &str, now: Timestamp) -> Result<i64> {
    let row = tx.query_one(&COUNT_OPEN, &[&organization_id, &now]).await?;
    Ok(row.get(0))
}

/// Stores a new invitation. A second open one of the same address violates
/// `organization_invitations_pending`.
pub async fn insert(tx: &mut Tx, invitation: &OrganizationInvitation) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &invitation.id,
            &invitation.organization.id,
            &invitation.email_address,
            &invitation.role,
            &invitation.inviter_id,
            &invitation.domain_id,
            &invitation.redirect_url,
            &invitation.public_metadata,
            &invitation.private_metadata,
            &invitation.expires_at,
            &invitation.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Stores what a domain brings about, unless the address has an open invitation to the
/// organization; whether it was stored.
pub async fn insert_once(tx: &mut Tx, invitation: &OrganizationInvitation) -> Result<bool> {
    let stored = tx
        .execute(
            &INSERT_ONCE,
            &[
                &invitation.id,
                &invitation.organization.id,
                &invitation.email_address,
                &invitation.role,
                &invitation.domain_id,
                &invitation.created_at,
            ],
        )
        .await?;
    Ok(stored > 0)
}

/// Closes a locked invitation with a status, by whoever accepted it.
pub async fn close(
    tx: &mut Tx,
    invitation: &mut OrganizationInvitation,
    status: &str,
    user_id: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    status.clone_into(&mut invitation.status);
    invitation.user_id = user_id.map(str::to_owned);
    invitation.updated_at = after(invitation.updated_at, now);
    tx.execute(
        &CLOSE,
        &[
            &invitation.id,
            &invitation.status,
            &invitation.user_id,
            &invitation.updated_at,
        ],
    )
    .await?;
    Ok(())
}
