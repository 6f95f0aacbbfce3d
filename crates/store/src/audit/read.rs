//! Facts as people read them, newest first.

use bailiwick_kernel::id::{AuditId, RequestId, UserId};
use bailiwick_pg::{Row, Statement, ToSql, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::tenant::Read;
use crate::{Error, Result};

/// Each filter that may lead has a statement, and with it an index, of its own; the others narrow
/// what that finds. `$1` is the tenant, `$2`… as [`Filter`] has them.
macro_rules! list {
    ($whose:literal, $leading:literal) => {
        concat!(
            "select id, at, origin, actor_id, impersonator, action, object_type, object_id, before, after,
                    request_id, address
             from control.audit where ", $whose, $leading,
            " and ($2::uuid is null or actor_id = $2)
              and ($3::text is null or object_type = $3)
              and ($4::text is null or object_id = $4)
              and ($5::text is null or action = $5)
              and ($6::timestamptz is null or at >= $6)
              and ($7::timestamptz is null or at < $7)
              and ($8::uuid is null or actor_id = $8 or object_id = $8::text)
              and ($9::timestamptz is null or (at, id) < ($9, $10))
              order by at desc, id desc limit $11"
        )
    };
}

sql! {
    /// All of a tenant's.
    LIST(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, UUID, INT8) =
        list!("tenant_id = $1", "");
    /// Of one thing.
    LIST_OF_OBJECT(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, UUID, INT8) =
        list!("tenant_id = $1", " and object_id = $4");
    /// By one person.
    LIST_OF_ACTOR(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, UUID, INT8) =
        list!("tenant_id = $1", " and actor_id = $2");
    /// Of one kind.
    LIST_OF_ACTION(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, UUID, INT8) =
        list!("tenant_id = $1", " and action = $5");
    /// Of no tenant; `$1` is nobody.
    LIST_OF_INSTALLATION(UUID, UUID, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, UUID, INT8) =
        list!("$1::uuid is null and tenant_id is null", "");
    /// Lets this transaction see the facts of no tenant, where the user may operate everything.
    OPEN_INSTALLATION(UUID, INT8) = "
        select set_config('app.audit_chain', '00000000-0000-0000-0000-000000000000', true)
        from control.users where id = $1 and version = $2 and is_active and deleted_at is null
          and platform_role = 'super_admin'";
}

/// A fact as it was recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// `user`, `token`, `webhook`, `system` or `migration`.
    pub origin: String,
    /// Who, where a person did it.
    pub actor: Option<UserId>,
    /// The provider's id of who really acted, where the actor was impersonated.
    pub impersonator: Option<String>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub object_type: String,
    /// To which.
    pub object_id: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it is.
    pub after: Option<Value>,
    /// In which request.
    pub request: Option<RequestId>,
    /// From which address.
    pub address: Option<String>,
}

/// Which facts. What is none does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those that this person did.
    pub actor: Option<UserId>,
    /// Those of this kind of thing.
    pub object_type: Option<String>,
    /// Those of this thing.
    pub object_id: Option<String>,
    /// Those with this action.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub to: Option<Timestamp>,
    /// Those alone that this person did or that were done to them.
    pub concerning: Option<UserId>,
}

/// Reads a page of facts, newest first.
#[derive(Debug, Clone)]
pub struct List {
    statement: &'static Statement,
    actor: Option<Uuid>,
    object_type: Option<String>,
    object_id: Option<String>,
    action: Option<String>,
    from: Option<Timestamp>,
    to: Option<Timestamp>,
    concerning: Option<Uuid>,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    limit: i64,
}

impl List {
    /// Those of `filter` after `(at, id)`, at most `limit`.
    #[must_use]
    pub fn new(filter: Filter, after: Option<(Timestamp, Uuid)>, limit: i64) -> Self {
        let statement = match &filter {
            Filter {
                object_id: Some(_), ..
            } => &LIST_OF_OBJECT,
            Filter { actor: Some(_), .. } => &LIST_OF_ACTOR,
            Filter {
                action: Some(_), ..
            } => &LIST_OF_ACTION,
            _ => &LIST,
        };
        Self {
            statement,
            actor: filter.actor.map(UserId::uuid),
            object_type: filter.object_type,
            object_id: filter.object_id,
            action: filter.action,
            from: filter.from,
            to: filter.to,
            concerning: filter.concerning.map(UserId::uuid),
            after_at: after.map(|(at, _)| at),
            after_id: after.map(|(_, id)| id),
            limit,
        }
    }

    /// Those of no tenant. The transaction must see them ([`open_installation`]).
    ///
    /// # Errors
    /// The database's.
    pub async fn of_installation(&self, tx: &mut Tx) -> Result<Vec<Entry>> {
        let nobody = None::<Uuid>;
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&nobody];
        params.extend(self.params());
        self.decode(tx.query(&LIST_OF_INSTALLATION, &params).await?)
    }
}

/// Lets a transaction see the facts of no tenant, for somebody who may operate everything.
///
/// # Errors
/// [`Error::Refused`] where the user is that no more, or changed since they were looked at; the
/// database's.
pub async fn open_installation(tx: &mut Tx, user: UserId, version: i64) -> Result<()> {
    let opened = tx
        .query_opt(&OPEN_INSTALLATION, &[&user.uuid(), &version])
        .await?;
    opened.map(drop).ok_or(Error::Refused)
}

impl Read for List {
    type Output = Vec<Entry>;

    fn statement(&self) -> &'static Statement {
        self.statement
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![
            &self.actor,
            &self.object_type,
            &self.object_id,
            &self.action,
            &self.from,
            &self.to,
            &self.concerning,
            &self.after_at,
            &self.after_id,
            &self.limit,
        ]
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<Entry>> {
        rows.iter().map(|row| decode(row, 0)).collect()
    }
}

/// A fact in the twelve columns from `at` on.
pub(super) fn decode(row: &Row, at: usize) -> Result<Entry> {
    Ok(Entry {
        id: AuditId::from(row.try_get::<_, Uuid>(at)?),
        at: row.try_get(at + 1)?,
        origin: row.try_get(at + 2)?,
        actor: row.try_get::<_, Option<Uuid>>(at + 3)?.map(UserId::from),
        impersonator: row.try_get(at + 4)?,
        action: row.try_get(at + 5)?,
        object_type: row.try_get(at + 6)?,
        object_id: row.try_get(at + 7)?,
        before: row.try_get(at + 8)?,
        after: row.try_get(at + 9)?,
        request: row
            .try_get::<_, Option<Uuid>>(at + 10)?
            .map(RequestId::from),
        address: row.try_get(at + 11)?,
    })
}
