//! What somebody asks for and somebody else decides on.
//!
//! How far the caller sees is part of the statement: one for everything, one for what is one's
//! own, and one for both where each has a window of its own.

use bailiwick_kernel::id::{ApprovalId, UserId};
use bailiwick_kernel::policy::{Extent, Window};
use bailiwick_pg::{Row, Statement, ToSql, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;
use crate::tenant::{Read, TenantTx};

sql! {
    /// A page of all, newest first.
    LIST(UUID, TEXT, TIMESTAMPTZ, UUID, INT8, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and ($2::text is null or status = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
          and ($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at <= $7)
        order by created_at desc, id desc limit $5";
    /// A page of one's own, newest first.
    LIST_OWN(UUID, TEXT, TIMESTAMPTZ, UUID, INT8, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and requested_by = $6 and ($2::text is null or status = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
          and ($7::timestamptz is null or created_at >= $7) and ($8::timestamptz is null or created_at <= $8)
        order by created_at desc, id desc limit $5";
    /// A page of what either window shows, newest first.
    LIST_EITHER(UUID, TEXT, TIMESTAMPTZ, UUID, INT8, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and ($2::text is null or status = $2)
          and ($3::timestamptz is null or (created_at, id) < ($3, $4))
          and ((($6::timestamptz is null or created_at >= $6) and ($7::timestamptz is null or created_at <= $7))
            or (requested_by = $8 and ($9::timestamptz is null or created_at >= $9)
                and ($10::timestamptz is null or created_at <= $10)))
        order by created_at desc, id desc limit $5";
    /// One of all.
    GET(UUID, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and id = $2
          and ($3::timestamptz is null or created_at >= $3) and ($4::timestamptz is null or created_at <= $4)";
    /// One of one's own.
    GET_OWN(UUID, UUID, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and id = $2 and requested_by = $3
          and ($4::timestamptz is null or created_at >= $4) and ($5::timestamptz is null or created_at <= $5)";
    /// One of what either window shows.
    GET_EITHER(UUID, UUID, TIMESTAMPTZ, TIMESTAMPTZ, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        select id, kind, amount, currency, note, status, requested_by, created_at, decided_by, decided_at,
               decision_note
        from {t}.approvals
        where tenant_id = $1 and id = $2
          and ((($3::timestamptz is null or created_at >= $3) and ($4::timestamptz is null or created_at <= $4))
            or (requested_by = $5 and ($6::timestamptz is null or created_at >= $6)
                and ($7::timestamptz is null or created_at <= $7)))";
    /// A new request.
    INSERT(UUID, UUID, TEXT, INT8, TEXT, TEXT, UUID, TIMESTAMPTZ) = "
        insert into {t}.approvals (tenant_id, id, kind, amount, currency, note, requested_by, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Decides what is open. The first decision is the only one.
    DECIDE(UUID, UUID, TEXT, UUID, TIMESTAMPTZ, TEXT) = "
        update {t}.approvals set status = $3, decided_by = $4, decided_at = $5, decision_note = $6
        where tenant_id = $1 and id = $2 and status = 'PENDING'";
}

/// Something asked for.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// What for: `cash_advance`.
    pub kind: String,
    /// In the smallest unit of the currency.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// Why.
    pub note: Option<String>,
    /// `PENDING`, `APPROVED` or `REJECTED`.
    pub status: String,
    /// Who asks.
    pub requested_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Timestamp>,
    /// What they said to it.
    pub decision_note: Option<String>,
}

/// Instants between which a reach shows rows; none: without bound.
type Bounds = (Option<Timestamp>, Option<Timestamp>);

/// How far somebody sees.
enum Sight {
    All(Bounds),
    Own(Bounds),
    Either { all: Bounds, own: Bounds },
}

/// No row is younger than the one and older than the other.
const NEVER: Bounds = (Some(Timestamp::MAX), Some(Timestamp::UNIX_EPOCH));

/// Somebody who looks: who, and how far they see at this moment.
pub struct Viewer {
    me: Uuid,
    sight: Sight,
}

impl Viewer {
    /// `me` with the reach `extent` at `now`. What is asked for belongs to no project, so a reach
    /// over projects shows nothing.
    #[must_use]
    pub fn new(me: UserId, extent: Extent, now: Timestamp) -> Self {
        let bounds = |window: Window| window.bounds(now);
        let sight = match (extent.all, extent.own) {
            (Some(all), Some(own)) if !all.covers(own) => Sight::Either {
                all: bounds(all),
                own: bounds(own),
            },
            (Some(all), _) => Sight::All(bounds(all)),
            (None, Some(own)) => Sight::Own(bounds(own)),
            (None, None) => Sight::Own(NEVER),
        };
        Self {
            me: me.uuid(),
            sight,
        }
    }

    /// The statement for this sight, of those for all, for one's own and for either.
    fn choose(&self, of: [&'static Statement; 3]) -> &'static Statement {
        let [all, own, either] = of;
        match self.sight {
            Sight::All(_) => all,
            Sight::Own(_) => own,
            Sight::Either { .. } => either,
        }
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        match &self.sight {
            Sight::All((first, last)) => vec![first, last],
            Sight::Own((first, last)) => vec![&self.me, first, last],
            Sight::Either { all, own } => vec![&all.0, &all.1, &self.me, &own.0, &own.1],
        }
    }
}

/// Reads a page, newest first.
pub struct List {
    viewer: Viewer,
    status: Option<&'static str>,
    after_at: Option<Timestamp>,
    after_id: Option<Uuid>,
    limit: i64,
}

impl List {
    /// What `viewer` sees, of one status or of any; after `(created_at, id)`; at most `limit`.
    #[must_use]
    pub fn new(
        viewer: Viewer,
        status: Option<&'static str>,
        after: Option<(Timestamp, Uuid)>,
        limit: i64,
    ) -> Self {
        Self {
            viewer,
            status,
            after_at: after.map(|(at, _)| at),
            after_id: after.map(|(_, id)| id),
            limit,
        }
    }
}

impl Read for List {
    type Output = Vec<Approval>;

    fn statement(&self) -> &'static Statement {
        self.viewer.choose([&LIST, &LIST_OWN, &LIST_EITHER])
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut params: Vec<&(dyn ToSql + Sync)> =
            vec![&self.status, &self.after_at, &self.after_id, &self.limit];
        params.extend(self.viewer.params());
        params
    }

    fn decode(&self, rows: Vec<Row>) -> Result<Vec<Approval>> {
        rows.into_iter().map(decode).collect()
    }
}

/// Reads one.
pub struct Get {
    id: Uuid,
    viewer: Viewer,
}

impl Get {
    /// The one of that id, where `viewer` sees it.
    #[must_use]
    pub fn new(id: ApprovalId, viewer: Viewer) -> Self {
        Self {
            id: id.uuid(),
            viewer,
        }
    }
}

impl Read for Get {
    type Output = Option<Approval>;

    fn statement(&self) -> &'static Statement {
        self.viewer.choose([&GET, &GET_OWN, &GET_EITHER])
    }

    fn params(&self) -> Vec<&(dyn ToSql + Sync)> {
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&self.id];
        params.extend(self.viewer.params());
        params
    }

    fn decode(&self, mut rows: Vec<Row>) -> Result<Option<Approval>> {
        rows.pop().map(decode).transpose()
    }
}

fn decode(row: Row) -> Result<Approval> {
    let user = |id: Uuid| UserId::from(id);
    Ok(Approval {
        id: ApprovalId::from(row.try_get::<_, Uuid>(0)?),
        kind: row.try_get(1)?,
        amount: row.try_get(2)?,
        currency: row.try_get(3)?,
        note: row.try_get(4)?,
        status: row.try_get(5)?,
        requested_by: user(row.try_get(6)?),
        created_at: row.try_get(7)?,
        decided_by: row.try_get::<_, Option<Uuid>>(8)?.map(user),
        decided_at: row.try_get(9)?,
        decision_note: row.try_get(10)?,
    })
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// What for, 1 to 64 characters.
    pub kind: &'a str,
    /// In the smallest unit of the currency, 1 to 10^15.
    pub amount: i64,
    /// ISO 4217, upper case.
    pub currency: &'a str,
    /// Why.
    pub note: Option<&'a str>,
}

/// How it is decided.
#[derive(Debug, Clone, Copy)]
pub struct Verdict<'a> {
    /// `APPROVED` or `REJECTED`.
    pub status: &'static str,
    /// What is said to it.
    pub note: Option<&'a str>,
}

impl TenantTx {
    /// Records that `by` asks for something.
    ///
    /// # Errors
    /// The database's.
    pub async fn insert_approval(
        &mut self,
        id: ApprovalId,
        request: &Request<'_>,
        by: UserId,
        now: Timestamp,
    ) -> Result<()> {
        let tenant = self.tenant().uuid();
        let Request {
            kind,
            amount,
            currency,
            note,
        } = request;
        let (id, by) = (id.uuid(), by.uuid());
        self.execute(
            &INSERT,
            &[&tenant, &id, kind, amount, currency, note, &by, &now],
        )
        .await?;
        Ok(())
    }

    /// Decides what is open; `false` where it is not (any more).
    ///
    /// # Errors
    /// The database's.
    pub async fn decide_approval(
        &mut self,
        id: ApprovalId,
        verdict: &Verdict<'_>,
        by: UserId,
        now: Timestamp,
    ) -> Result<bool> {
        let tenant = self.tenant().uuid();
        let (id, by) = (id.uuid(), by.uuid());
        let decided = self
            .execute(
                &DECIDE,
                &[&tenant, &id, &verdict.status, &by, &now, &verdict.note],
            )
            .await?;
        Ok(decided == 1)
    }
}
