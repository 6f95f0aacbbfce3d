//! How many people an organization may have, and has: its members, and whoever is invited.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::{Result, Store};

sql! {
    /// What an organization may have, and how many people it has or has invited.
    FIND(UUID, TIMESTAMPTZ) = "
        select o.tier_wanted, o.members_max,
               (select count(*) from control.memberships m where m.organization_id = o.id and m.status <> 'removed')
               + (select count(*) from control.invitations i where i.organization_id = o.id and i.status = 'pending'
                  and (i.expires_at is null or i.expires_at > $2))
        from control.organizations o where o.id = $1";
    /// Another number of people than the plan's; none for the plan's.
    SET_MEMBERS_MAX(UUID, INT4, TIMESTAMPTZ) = "
        update control.organizations set members_max = $2, updated_at = $3 where id = $1";
}

/// How many people an organization may have, and has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    /// `starter` or `pro`: what its plan gives it, wherever its tenant lives meanwhile.
    pub tier: String,
    /// How many it may have, where that is not what the tier's plan says.
    pub members_max: Option<i32>,
    /// Members, whatever keeps them from acting, and open invitations.
    pub taken: i64,
}

impl Seats {
    /// The tier that the plan gives; the smallest for a word that is none.
    #[must_use]
    pub fn tier(&self) -> Tier {
        Tier::from_plan(&self.tier).unwrap_or(Tier::Starter)
    }
}

/// How many people an organization may have, and has at `now`.
///
/// # Errors
/// The database's.
pub async fn find(tx: &mut Tx, id: OrgId, now: Timestamp) -> Result<Seats> {
    seats(&tx.query_one(&FIND, &[&id.uuid(), &now]).await?)
}

impl Store {
    /// How many people an organization may have, and has at `now`; none where there is no such
    /// organization.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_seats(&self, id: OrgId, now: Timestamp) -> Result<Option<Seats>> {
        let row = self.pool().query_opt(&FIND, &[&id.uuid(), &now]).await?;
        row.map(|row| seats(&row)).transpose()
    }
}

fn seats(row: &Row) -> Result<Seats> {
    Ok(Seats {
        tier: row.try_get(0)?,
        members_max: row.try_get(1)?,
        taken: row.try_get(2)?,
    })
}

/// Lets an organization have another number of people than its plan says; none for the plan's.
///
/// # Errors
/// The database's; a number below one breaks a constraint.
pub async fn set_members_max(
    tx: &mut Tx,
    id: OrgId,
    most: Option<i32>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SET_MEMBERS_MAX, &[&id.uuid(), &most, &now])
        .await?;
    Ok(())
}
