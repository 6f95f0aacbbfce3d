//! The door to a tenant's rows.

use std::sync::Arc;

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Arg, Entry, Flight, Params, Row, Schema, Statement, Tx, sql};
use uuid::Uuid;

use crate::audit::Keys;
use crate::{Result, Store, migrations};

sql! {
    /// Opens a tenant to a member whose membership is still what the caller knew.
    ENTER(UUID, INT8, UUID, INT8) = "select control.enter($1, $2, $3, $4)";
    /// [`ENTER`] for a transaction that only reads: the server holds it to that.
    ENTER_READING(UUID, INT8, UUID, INT8) = "select control.enter($1, $2, $3, $4),
        set_config('transaction_read_only', 'on', true)";
    /// Opens a tenant to somebody who operates the installation.
    ENTER_AS_PLATFORM(UUID, INT8, UUID, INT8) = "select control.enter_as_platform($1, $2, $3, $4)";
    /// [`ENTER_AS_PLATFORM`] for a transaction that only reads.
    ENTER_AS_PLATFORM_READING(UUID, INT8, UUID, INT8) = "select control.enter_as_platform($1, $2, $3, $4),
        set_config('transaction_read_only', 'on', true)";
    /// Opens a tenant to a job; `$3` says which.
    ENTER_AS_SYSTEM(UUID, INT8, TEXT, INT8) = "select control.enter_as_system($1, $2, $3, $4)";
    /// [`ENTER_AS_SYSTEM`] for a transaction that only reads.
    ENTER_AS_SYSTEM_READING(UUID, INT8, TEXT, INT8) = "select control.enter_as_system($1, $2, $3, $4),
        set_config('transaction_read_only', 'on', true)";
    /// Opens a tenant to its own move.
    ENTER_AS_MOVER(UUID, INT8) = "select control.enter_as_mover($1, $2)";
}

/// Where a tenant lives, as it was read: true for as long as the epoch is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The organization, whose id is the tenant's.
    pub tenant: OrgId,
    /// The schema of its tables.
    pub schema: Schema,
    /// Counts its moves.
    pub epoch: i64,
}

/// On whose behalf a tenant is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// A member, at this version of the membership.
    Member(MembershipId, i64),
    /// An operator of the installation, at this version of the user.
    Platform(UserId, i64),
    /// A job, named.
    System(&'static str),
}

/// A way into one tenant for one visitor. Holds nothing open; cheap to clone.
#[derive(Debug, Clone)]
pub struct TenantDoor {
    tenant: Uuid,
    flight: Flight,
}

impl TenantDoor {
    /// The door of `placement` for `visitor`. Whether it opens is for the database to say, at
    /// the first statement.
    #[must_use]
    pub fn new(placement: &Placement, visitor: Visitor) -> Self {
        let tenant = placement.tenant.uuid();
        let (statement, reading, who, version) = match visitor {
            Visitor::Member(id, version) => (&ENTER, &ENTER_READING, Arg::Uuid(id.uuid()), version),
            Visitor::Platform(id, version) => (
                &ENTER_AS_PLATFORM,
                &ENTER_AS_PLATFORM_READING,
                Arg::Uuid(id.uuid()),
                version,
            ),
            Visitor::System(job) => (
                &ENTER_AS_SYSTEM,
                &ENTER_AS_SYSTEM_READING,
                Arg::Text(job),
                0,
            ),
        };
        let args = [
            Arg::Uuid(tenant),
            Arg::I64(placement.epoch),
            who,
            Arg::I64(version),
        ];
        let flight = Flight {
            affinity: affinity(tenant, &placement.schema),
            lane: number(tenant),
            schema: placement.schema.clone(),
            entry: Entry {
                statement,
                reading,
                args,
            },
        };
        Self { tenant, flight }
    }

    /// The tenant behind the door.
    #[must_use]
    pub fn tenant(&self) -> OrgId {
        OrgId::from(self.tenant)
    }
}

impl TenantDoor {
    /// The schema behind the door, for log lines.
    #[must_use]
    pub fn schema(&self) -> &str {
        self.flight.schema.as_str()
    }
}

/// Which connection a tenant prefers. In the shared schema each is as good: its statements and tables
/// are everybody's.
fn affinity(tenant: Uuid, schema: &Schema) -> u64 {
    if schema.as_str() == migrations::SHARED {
        return 0;
    }
    number(tenant)
}

/// The number by which connections tell tenants from each other. Never 0, which is none.
fn number(tenant: Uuid) -> u64 {
    let (high, low) = tenant.as_u64_pair();
    (high ^ low) | 1
}

/// A reading statement with its parameters and what to make of its rows.
pub trait Read: Send + Sync {
    /// What comes back.
    type Output: Send;
    /// The statement. Its `$1` is always the tenant.
    fn statement(&self) -> &'static Statement;
    /// `$2`, `$3`, ….
    fn params(&self) -> Vec<&(dyn bailiwick_pg::ToSql + Sync)>;
    /// Turns rows into values.
    ///
    /// # Errors
    /// A column that is not what the statement promises.
    fn decode(&self, rows: Vec<Row>) -> Result<Self::Output>;
}

/// A changing statement with its parameters: what a product's own module runs in a change.
pub trait Write: Send + Sync {
    /// The statement. It names the tenant's schema, and its `$1` is always the tenant.
    fn statement(&self) -> &'static Statement;
    /// `$2`, `$3`, ….
    fn params(&self) -> Vec<&(dyn bailiwick_pg::ToSql + Sync)>;
}

impl Store {
    /// One read in one flight.
    ///
    /// # Errors
    /// The database's; [`crate::Error::Refused`] where placement or membership changed: resolve
    /// again.
    pub async fn read<R: Read>(&self, door: &TenantDoor, read: &R) -> Result<R::Output> {
        let mut params: Vec<&(dyn bailiwick_pg::ToSql + Sync)> = vec![&door.tenant];
        params.extend(read.params());
        let rows = self
            .app
            .read(&door.flight, read.statement(), &params)
            .await?;
        read.decode(rows)
    }

    /// A transaction in the tenant. Nothing is sent until its first statement.
    ///
    /// # Errors
    /// No connection became free in time.
    pub async fn enter(&self, door: &TenantDoor) -> Result<TenantTx> {
        Ok(TenantTx {
            tx: self.app.enter(&door.flight).await?,
            tenant: door.tenant,
            keys: self.keys.clone(),
        })
    }

    /// Turns a transaction of [`Store::control`] into one inside the tenant, for provisioning: what
    /// it wrote before and what it writes now commit together.
    ///
    /// # Errors
    /// The database's; [`crate::Error::Refused`] where the placement does not hold.
    pub async fn step_into(
        &self,
        mut tx: Tx,
        placement: &Placement,
        job: &'static str,
    ) -> Result<TenantTx> {
        let tenant = placement.tenant.uuid();
        open_beside(&mut tx, placement, job).await?;
        tx.set_schema(placement.schema.clone());
        Ok(TenantTx {
            tx,
            tenant,
            keys: self.keys.clone(),
        })
    }
}

/// [`Store::step_into`] for a tenant's own move: what it writes is not noted as a change.
///
/// # Errors
/// The database's; [`crate::Error::Refused`] where the placement does not hold.
pub(crate) async fn step_into_as_mover(
    store: &Store,
    mut tx: Tx,
    placement: &Placement,
) -> Result<TenantTx> {
    let tenant = placement.tenant.uuid();
    let row = tx
        .query_one(&ENTER_AS_MOVER, &[&tenant, &placement.epoch])
        .await?;
    if !row.try_get::<_, bool>(0)? {
        return Err(crate::Error::Refused);
    }
    tx.set_schema(placement.schema.clone());
    Ok(TenantTx {
        tx,
        tenant,
        keys: store.keys.clone(),
    })
}

/// Sets the tenant in a transaction of [`Store::control`] that stays one: for what is a tenant's and
/// stands in `control`.
///
/// # Errors
/// The database's; [`crate::Error::Refused`] where the placement does not hold.
pub async fn open_beside(tx: &mut Tx, placement: &Placement, why: &'static str) -> Result<()> {
    let tenant = placement.tenant.uuid();
    let row = tx
        .query_one(&ENTER_AS_SYSTEM, &[&tenant, &placement.epoch, &why, &0_i64])
        .await?;
    if row.try_get::<_, bool>(0)? {
        Ok(())
    } else {
        Err(crate::Error::Refused)
    }
}

/// A transaction inside one tenant. Rolled back when dropped.
pub struct TenantTx {
    tx: Tx,
    tenant: Uuid,
    keys: Option<Arc<Keys>>,
}

impl TenantTx {
    /// The tenant.
    #[must_use]
    pub fn tenant(&self) -> OrgId {
        OrgId::from(self.tenant)
    }

    /// The keys that facts are sealed with.
    pub(crate) fn keys(&self) -> Option<&Keys> {
        self.keys.as_deref()
    }

    /// One read.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read<R: Read>(&mut self, read: &R) -> Result<R::Output> {
        let tenant = self.tenant;
        let mut params: Vec<&(dyn bailiwick_pg::ToSql + Sync)> = vec![&tenant];
        params.extend(read.params());
        let rows = self.tx.query(read.statement(), &params).await?;
        read.decode(rows)
    }

    /// One change of the tenant's rows. Answers how many rows it met.
    ///
    /// # Errors
    /// The database's; a statement that names no tenant's table.
    pub async fn write<W: Write>(&mut self, write: &W) -> Result<u64> {
        let statement = write.statement();
        if !statement.is_tenant() {
            let name = statement.name;
            return Err(crate::Error::Config(format!("{name} is no tenant's")));
        }
        let tenant = self.tenant;
        let mut params: Vec<&(dyn bailiwick_pg::ToSql + Sync)> = vec![&tenant];
        params.extend(write.params());
        self.tx.execute(statement, &params).await
    }

    /// Runs a statement of this crate whose `$1` is the tenant.
    pub(crate) async fn execute(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<u64> {
        self.tx.execute(statement, params).await
    }

    /// Runs a statement of this crate whose `$1` is the tenant.
    pub(crate) async fn query_opt(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Option<Row>> {
        self.tx.query_opt(statement, params).await
    }

    /// Runs a statement of this crate whose `$1` is the tenant.
    pub(crate) async fn query(
        &mut self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>> {
        self.tx.query(statement, params).await
    }

    /// The transaction itself, for what a tenant's change writes in `control` beside it.
    pub(crate) fn control(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// Commits.
    ///
    /// # Errors
    /// The database's; a statement failed before.
    pub async fn commit(self) -> Result<()> {
        self.tx.commit().await
    }

    /// Runs a last statement with the commit in the same flight.
    pub(crate) async fn finish(
        self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<u64> {
        self.tx.finish(statement, params).await
    }
}
