//! Where a move stands: one row, locked by whoever takes the next step.

use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::migrations::SHARED;
use crate::tenant::Placement;
use crate::{Error, Result, Schema, Store};

sql! {
    /// An organization's move.
    FIND(UUID) = "
        select organization_id, id, from_schema, to_schema, to_tier, step, at_table, after_key, rows_done, rows_total,
               restarts, restarted_for, started_at, updated_at
        from control.moves where organization_id = $1";
    /// The same, locked: whoever holds it takes the next step alone.
    LOCK(UUID) = "
        select organization_id, id, from_schema, to_schema, to_tier, step, at_table, after_key, rows_done, rows_total,
               restarts, restarted_for, started_at, updated_at
        from control.moves where organization_id = $1 for update";
    /// Where a tenant lives, and where it ought to.
    STANDING(UUID) = "
        select p.organization_id, p.schema_name, p.epoch, p.tier, o.tier_wanted, o.deleted_at is not null, o.clerk_org_id
        from control.organizations o join control.placements p on p.organization_id = o.id where o.id = $1";
    /// A move begins; nothing happens where one is open, or another is on its way into the schema.
    INSERT(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into control.moves (organization_id, id, from_schema, to_schema, to_tier, step, started_at, updated_at)
        values ($1, $2, $3, $4, $5, 'PREPARING', $6, $6) on conflict do nothing";
    /// Where it stands now.
    UPDATE(UUID, UUID, TEXT, TEXT, TEXT_ARRAY, INT8, INT8, TIMESTAMPTZ) = "
        update control.moves set step = $3, at_table = $4, after_key = $5, rows_done = $6, rows_total = $7, updated_at = $8
        where organization_id = $1 and id = $2";
    /// Once more from the beginning.
    RESTART(UUID, UUID, TEXT, TIMESTAMPTZ) = "
        update control.moves set step = 'PREPARING', at_table = null, after_key = null, rows_done = 0,
               restarts = restarts + 1, restarted_for = $3, updated_at = $4
        where organization_id = $1 and id = $2 and step in ('PREPARING', 'COPYING', 'VERIFYING', 'SWITCHING')";
    /// Its end.
    DELETE(UUID, UUID) = "delete from control.moves where organization_id = $1 and id = $2";
    /// Whether the tenant's transactions note what they write.
    SET_CAPTURING(UUID, BOOL, TIMESTAMPTZ) = "
        update control.placements set capturing = $2, updated_at = $3 where organization_id = $1";
    /// The cut-over: from here on everybody who believes in the old home is refused.
    SWITCH(UUID, INT8, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.placements set schema_name = $3, tier = $4, epoch = epoch + 1, capturing = false, updated_at = $5
        where organization_id = $1 and epoch = $2";
    /// Waits until nobody is in the tenant, and keeps everybody out to the transaction's end.
    FENCE(TEXT) = "select pg_advisory_xact_lock(hashtextextended($1, 0)) is null";
    /// How long the fence may be waited for, and may last, milliseconds.
    PATIENCE(TEXT, TEXT) = "
        select set_config('lock_timeout', $1, true), set_config('statement_timeout', $2, true),
               set_config('idle_in_transaction_session_timeout', $2, true)";
}

/// What is done next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The target is made and emptied, changes begin to be noted.
    Preparing,
    /// Rows are copied while the tenant works.
    Copying,
    /// Both homes are compared.
    Verifying,
    /// The cut-over.
    Switching,
    /// The tenant has moved; its old home is removed.
    Cleaning,
    /// The tenant stays; what was copied is removed.
    Cancelling,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: &'static [Self] = &[
        Self::Preparing,
        Self::Copying,
        Self::Verifying,
        Self::Switching,
        Self::Cleaning,
        Self::Cancelling,
    ];

    /// As stored, and as written in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "PREPARING",
            Self::Copying => "COPYING",
            Self::Verifying => "VERIFYING",
            Self::Switching => "SWITCHING",
            Self::Cleaning => "CLEANING",
            Self::Cancelling => "CANCELLING",
        }
    }

    /// Whether the tenant still lives where it lived.
    #[must_use]
    pub const fn is_before_switch(self) -> bool {
        !matches!(self, Self::Cleaning)
    }

    fn read(text: &str) -> Result<Self> {
        let known = Self::ALL.iter().find(|step| step.as_str() == text);
        known
            .copied()
            .ok_or_else(|| Error::Config(format!("a move stands at {text}")))
    }
}

/// A move, and where it stands.
#[derive(Debug, Clone)]
pub struct Move {
    /// The organization.
    pub org: OrgId,
    /// Of this move.
    pub id: Uuid,
    /// Where the tenant lived when it began.
    pub from: Schema,
    /// Where it is to live.
    pub to: Schema,
    /// `starter` or `pro`.
    pub to_tier: String,
    /// What is done next.
    pub step: Step,
    /// While copying: the table.
    pub at_table: Option<String>,
    /// The last key of it that was copied.
    pub after_key: Option<Vec<String>>,
    /// Rows that were copied.
    pub rows_done: i64,
    /// Rows there were when the copying began.
    pub rows_total: i64,
    /// How often it began again.
    pub restarts: i32,
    /// Why, the last time.
    pub restarted_for: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it last went on.
    pub updated_at: Timestamp,
}

impl Move {
    /// Whether the target is the tenant's own schema.
    #[must_use]
    pub fn is_upgrade(&self) -> bool {
        self.to.as_str() != SHARED
    }
}

/// Where a tenant lives, and where it ought to.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its home.
    pub home: Placement,
    /// The tier of its home.
    pub tier: String,
    /// The tier that the plan, or an operator, asks for.
    pub wanted: String,
    /// The organization was deleted at the provider.
    pub is_deleted: bool,
    /// The provider's id of the organization.
    pub clerk_org_id: String,
}

fn decode(row: &Row) -> Result<Move> {
    let schema = |at: usize| -> Result<Schema> {
        Schema::new(row.try_get(at)?).map_err(|e| Error::Config(e.to_string()))
    };
    Ok(Move {
        org: OrgId::from(row.try_get::<_, Uuid>(0)?),
        id: row.try_get(1)?,
        from: schema(2)?,
        to: schema(3)?,
        to_tier: row.try_get(4)?,
        step: Step::read(row.try_get(5)?)?,
        at_table: row.try_get(6)?,
        after_key: row.try_get(7)?,
        rows_done: row.try_get(8)?,
        rows_total: row.try_get(9)?,
        restarts: row.try_get(10)?,
        restarted_for: row.try_get(11)?,
        started_at: row.try_get(12)?,
        updated_at: row.try_get(13)?,
    })
}

impl Store {
    /// An organization's open move.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_move(&self, org: OrgId) -> Result<Option<Move>> {
        let row = self.pool().query_opt(&FIND, &[&org.uuid()]).await?;
        row.as_ref().map(decode).transpose()
    }

    /// Where a tenant lives, and where it ought to; none before it lives anywhere.
    ///
    /// # Errors
    /// The database's.
    pub async fn standing(&self, org: OrgId) -> Result<Option<Standing>> {
        let row = self.pool().query_opt(&STANDING, &[&org.uuid()]).await?;
        row.as_ref().map(decode_standing).transpose()
    }
}

/// The same, inside a transaction that holds the organization's lock.
///
/// # Errors
/// The database's.
pub async fn standing(tx: &mut Tx, org: OrgId) -> Result<Option<Standing>> {
    let row = tx.query_opt(&STANDING, &[&org.uuid()]).await?;
    row.as_ref().map(decode_standing).transpose()
}

fn decode_standing(row: &Row) -> Result<Standing> {
    Ok(Standing {
        home: Placement {
            tenant: OrgId::from(row.try_get::<_, Uuid>(0)?),
            schema: Schema::new(row.try_get(1)?).map_err(|e| Error::Config(e.to_string()))?,
            epoch: row.try_get(2)?,
        },
        tier: row.try_get(3)?,
        wanted: row.try_get(4)?,
        is_deleted: row.try_get(5)?,
        clerk_org_id: row.try_get(6)?,
    })
}

/// An organization's open move, locked.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, org: OrgId) -> Result<Option<Move>> {
    let row = tx.query_opt(&LOCK, &[&org.uuid()]).await?;
    row.as_ref().map(decode).transpose()
}

/// Begins a move; `false` where one is open, or another organization's leads into the schema.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &mut Tx,
    from: &Placement,
    id: Uuid,
    to: &Schema,
    tier: &str,
    now: Timestamp,
) -> Result<bool> {
    let (org, from) = (from.tenant.uuid(), from.schema.as_str());
    let params: [&(dyn bailiwick_pg::ToSql + Sync); 6] =
        [&org, &id, &from, &to.as_str(), &tier, &now];
    Ok(tx.execute(&INSERT, &params).await? == 1)
}

/// Writes where a move stands.
///
/// # Errors
/// The database's.
pub async fn update(tx: &mut Tx, to: &Move, now: Timestamp) -> Result<()> {
    let Move { id, at_table, .. } = to;
    let (org, step) = (to.org.uuid(), to.step.as_str());
    let (done, total) = (to.rows_done, to.rows_total);
    let params: [&(dyn bailiwick_pg::ToSql + Sync); 8] = [
        &org,
        id,
        &step,
        at_table,
        &to.after_key,
        &done,
        &total,
        &now,
    ];
    tx.execute(&UPDATE, &params).await?;
    Ok(())
}

/// Has a move begin again, before its switch.
///
/// # Errors
/// The database's.
pub async fn restart(tx: &mut Tx, of: &Move, why: &str, now: Timestamp) -> Result<()> {
    tx.execute(&RESTART, &[&of.org.uuid(), &of.id, &why, &now])
        .await?;
    Ok(())
}

/// Ends a move.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, of: &Move) -> Result<()> {
    tx.execute(&DELETE, &[&of.org.uuid(), &of.id]).await?;
    Ok(())
}

/// Has the tenant's transactions note what they write, or no longer.
///
/// # Errors
/// The database's.
pub async fn set_capturing(tx: &mut Tx, org: OrgId, on: bool, now: Timestamp) -> Result<()> {
    tx.execute(&SET_CAPTURING, &[&org.uuid(), &on, &now])
        .await?;
    Ok(())
}

/// Bounds the transaction: a lock may be waited for `wait_ms`, a statement or a pause between two
/// may last `hold_ms`.
///
/// # Errors
/// The database's.
pub async fn bound(tx: &mut Tx, wait_ms: u32, hold_ms: u32) -> Result<()> {
    let (wait, hold) = (format!("{wait_ms}ms"), format!("{hold_ms}ms"));
    tx.query(&PATIENCE, &[&wait, &hold]).await?;
    Ok(())
}

/// Waits until nobody is in the tenant, and keeps everybody out until the transaction ends. Call it
/// in a bounded transaction ([`bound`]), before that enters the tenant itself.
///
/// # Errors
/// `55P03` where somebody stayed; the database's.
pub async fn fence(tx: &mut Tx, org: OrgId) -> Result<()> {
    tx.query(&FENCE, &[&org.to_string()]).await?;
    Ok(())
}

/// The cut-over, under the fence: the tenant lives at the move's target from here on.
///
/// # Errors
/// The database's; [`Error::Refused`] where the tenant has moved meanwhile.
pub async fn switch(tx: &mut Tx, home: &Placement, of: &Move, now: Timestamp) -> Result<()> {
    let (org, to) = (of.org.uuid(), of.to.as_str());
    let params: [&(dyn bailiwick_pg::ToSql + Sync); 5] =
        [&org, &home.epoch, &to, &of.to_tier, &now];
    match tx.execute(&SWITCH, &params).await? {
        1 => Ok(()),
        _ => Err(Error::Refused),
    }
}
