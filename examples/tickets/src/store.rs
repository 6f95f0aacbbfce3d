//! The statements of tickets.
//!
//! `{t}` is the tenant's schema and `$1` the tenant; the door fills in both. How far the caller sees
//! is part of the statement: one for everything, and one for what is one's own.

use bailiwick_kernel::id::UserId;
use bailiwick_pg::{Row, Statement, ToSql, sql};
use bailiwick_store::Result;
use bailiwick_store::tenant::{Read, Write};
use jiff::Timestamp;
use uuid::Uuid;

use crate::TicketId;

sql! {
    /// A page of all, newest first.
    LIST(UUID, TEXT, TIMESTAMPTZ, UUID, INT8) = "
        select id, title, description, priority, category, status, opened_by, created_at, updated_at
        from {t}.tickets
        where tenant_id = $1 and ($2::text is null or status = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
        order by created_at desc, id desc limit $5";
    /// A page of one's own, newest first.
    LIST_OWN(UUID, TEXT, TIMESTAMPTZ, UUID, INT8, UUID) = "
        select id, title, description, priority, category, status, opened_by, created_at, updated_at
        from {t}.tickets
        where tenant_id = $1 and opened_by = $6 and ($2::text is null or status = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
        order by created_at desc, id desc limit $5";
    /// One of all.
    GET(UUID, UUID) = "
        select id, title, description, priority, category, status, opened_by, created_at, updated_at
        from {t}.tickets where tenant_id = $1 and id = $2";
    /// One of one's own.
    GET_OWN(UUID, UUID, UUID) = "
        select id, title, description, priority, category, status, opened_by, created_at, updated_at
        from {t}.tickets where tenant_id = $1 and id = $2 and opened_by = $3";
    /// One, locked for a change.
    LOCK(UUID, UUID) = "
        select id, title, description, priority, category, status, opened_by, created_at, updated_at
        from {t}.tickets where tenant_id = $1 and id = $2 for no key update";
    /// A new one.
    INSERT(UUID, UUID, TEXT, TEXT, TEXT, TEXT, TEXT, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into {t}.tickets (tenant_id, id, title, description, priority, category, status, opened_by,
          created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    /// What may change of one.
    UPDATE(UUID, UUID, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update {t}.tickets set title = $3, description = $4, priority = $5, category = $6, status = $7,
          updated_at = $8
        where tenant_id = $1 and id = $2";
    /// Away with one.
    DELETE(UUID, UUID) = "delete from {t}.tickets where tenant_id = $1 and id = $2";
}

/// A ticket.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// What it is about, in a line.
    pub title: String,
    /// What it is about.
    pub description: Option<String>,
    /// `low`, `medium` or `high`.
    pub priority: String,
    /// What kind of thing it is about: `technical`.
    pub category: String,
    /// `open` or `closed`.
    pub status: String,
    /// Who opened it.
    pub opened_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

fn decode(row: Row) -> Result<Ticket> {
    Ok(Ticket {
        id: TicketId::from(row.try_get::<_, Uuid>(0)?),
        title: row.try_get(1)?,
        description: row.try_get(2)?,
        priority: row.try_get(3)?,
        category: row.try_get(4)?,
        status: row.try_get(5)?,
        opened_by: UserId::from(row.try_get::<_, Uuid>(6)?),
        created_at: row.try_get(7)?,
        updated_at: row.try_get(8)?,
    })
}

/// A page of what is seen.
pub struct List {
    status: Option<&'static str>,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    fetch: i64,
    opened_by: Option<Uuid>,
}

impl List {
    /// Of one status or of any, after a place, `fetch` rows at most; of all, or of one person's.
    #[must_use]
    pub fn new(
        status: Option<&'static str>,
        after: Option<(Timestamp, Uuid)>,
        fetch: i64,
        opened_by: Option<UserId>,
    ) -> Self {
        let (after_at, after_id) = after.unzip();
        Self {
            status,
            after_at,
            after_id,
            fetch,
            opened_by: opened_by.map(UserId::uuid),
        }
    }
}

impl Read for List {
    type Output = Vec<Ticket>;

    fn statement(&self) -> &'static Statement {
        match self.opened_by {
            None => &LIST,
            Some(_) => &LIST_OWN,
        }
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&self.status, &self.after_at, &self.after_id, &self.fetch];
        params.extend(self.opened_by.iter().map(|id| id as &(dyn ToSql + Sync)));
        params
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<Ticket>> {
        rows.into_iter().map(decode).collect()
    }
}

/// One ticket.
pub struct Get {
    id: Uuid,
    opened_by: Option<Uuid>,
}

impl Get {
    /// The one of that id, among all, or among one person's.
    #[must_use]
    pub fn new(id: TicketId, opened_by: Option<UserId>) -> Self {
        Self {
            id: id.uuid(),
            opened_by: opened_by.map(UserId::uuid),
        }
    }
}

impl Read for Get {
    type Output = Option<Ticket>;

    fn statement(&self) -> &'static Statement {
        match self.opened_by {
            None => &GET,
            Some(_) => &GET_OWN,
        }
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&self.id];
        params.extend(self.opened_by.iter().map(|id| id as &(dyn ToSql + Sync)));
        params
    }

    fn decode(&self, mut rows: Vec<Row>) -> Result<Option<Ticket>> {
        rows.pop().map(decode).transpose()
    }
}

/// One ticket, locked for a change.
pub struct Lock(Uuid);

impl Lock {
    /// The one of that id.
    #[must_use]
    pub fn new(id: TicketId) -> Self {
        Self(id.uuid())
    }
}

impl Read for Lock {
    type Output = Option<Ticket>;

    fn statement(&self) -> &'static Statement {
        &LOCK
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.0]
    }

    fn decode(&self, mut rows: Vec<Row>) -> Result<Option<Ticket>> {
        rows.pop().map(decode).transpose()
    }
}

/// Adds a ticket.
pub struct Insert<'a> {
    ticket: &'a Ticket,
    id: Uuid,
    opened_by: Uuid,
}

impl<'a> Insert<'a> {
    /// This one.
    #[must_use]
    pub fn new(ticket: &'a Ticket) -> Self {
        Self {
            ticket,
            id: ticket.id.uuid(),
            opened_by: ticket.opened_by.uuid(),
        }
    }
}

impl Write for Insert<'_> {
    fn statement(&self) -> &'static Statement {
        &INSERT
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let t = self.ticket;
        vec![
            &self.id,
            &t.title,
            &t.description,
            &t.priority,
            &t.category,
            &t.status,
            &self.opened_by,
            &t.created_at,
            &t.updated_at,
        ]
    }
}

/// Changes a ticket that is locked.
pub struct Update<'a> {
    ticket: &'a Ticket,
    id: Uuid,
}

impl<'a> Update<'a> {
    /// To what it is here.
    #[must_use]
    pub fn new(ticket: &'a Ticket) -> Self {
        Self {
            ticket,
            id: ticket.id.uuid(),
        }
    }
}

impl Write for Update<'_> {
    fn statement(&self) -> &'static Statement {
        &UPDATE
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let t = self.ticket;
        vec![
            &self.id,
            &t.title,
            &t.description,
            &t.priority,
            &t.category,
            &t.status,
            &t.updated_at,
        ]
    }
}

/// Deletes a ticket.
pub struct Delete(Uuid);

impl Delete {
    /// The one of that id.
    #[must_use]
    pub fn new(id: TicketId) -> Self {
        Self(id.uuid())
    }
}

impl Write for Delete {
    fn statement(&self) -> &'static Statement {
        &DELETE
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        vec![&self.0]
    }
}
