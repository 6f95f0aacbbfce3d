//! Sweeps: where the open one stands, and who holds it.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// A new sweep; nothing happens where one is open.
    OPEN(UUID, BOOL, JSONB, JSONB, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.sweeps (id, is_dry_run, position, counts, holder, held_until, started_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict ((true)) where finished_at is null do nothing";
    /// The open sweep, taken over from a holder that has not said anything for too long.
    TAKE(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.sweeps set holder = $1, held_until = $2
        where finished_at is null and held_until < $3
        returning id, is_dry_run, position, counts, started_at";
    /// How far the sweep is. Only for who holds it.
    SAVE(UUID, UUID, JSONB, JSONB, TIMESTAMPTZ) = "
        update control.sweeps set position = $3, counts = $4, held_until = $5
        where id = $1 and holder = $2 and finished_at is null";
    /// The holder is still there.
    HOLD(UUID, UUID, TIMESTAMPTZ) = "
        update control.sweeps set held_until = $3 where id = $1 and holder = $2 and finished_at is null";
    /// Left open for the next one to go on with, and why.
    LET_GO(UUID, UUID, TEXT, TIMESTAMPTZ) = "
        update control.sweeps set held_until = $4, error = $3
        where id = $1 and holder = $2 and finished_at is null";
    /// Over.
    FINISH(UUID, UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.sweeps set outcome = $3, error = $4, finished_at = $5
        where id = $1 and holder = $2 and finished_at is null";
    /// What was met on a page.
    MEET(UUID, TEXT, INT8, TEXT_ARRAY) = "
        insert into control.sweep_pages (sweep_id, kind, page, keys) values ($1, $2, $3, $4)
        on conflict (sweep_id, kind, page) do update set keys = excluded.keys";
    /// Nobody needs to know any more what was met.
    FORGET(UUID) = "delete from control.sweep_pages where sweep_id = $1";
    /// The newest sweeps.
    LIST(INT8) = "
        select id, is_dry_run, counts, outcome, error, started_at, finished_at, held_until
        from control.sweeps order by started_at desc, id desc limit $1";
    /// The last sign of life.
    PULSE() = "select alive_at from control.pulse limit 1";
    /// A sign of life of the installation.
    BEAT(TIMESTAMPTZ) = "
        insert into control.pulse (id, alive_at) values (true, $1)
        on conflict (id) do update set alive_at = greatest(pulse.alive_at, excluded.alive_at)";
}

/// The open sweep, held by us.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its id.
    pub id: Uuid,
    /// Whether it only looks.
    pub is_dry_run: bool,
    /// How far it is.
    pub position: Value,
    /// What it has found.
    pub counts: Value,
    /// When it began.
    pub started_at: Timestamp,
}

/// A sweep as lists show one.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// Its id.
    pub id: Uuid,
    /// Whether it only looked.
    pub is_dry_run: bool,
    /// What it found.
    pub counts: Value,
    /// `done`, `refused`, `failed` or `abandoned`; none while it is open.
    pub outcome: Option<String>,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
    /// Until when its holder has time to say something.
    pub held_until: Timestamp,
}

/// Opens a sweep; `false` where one is open.
///
/// # Errors
/// The database's.
pub async fn open(tx: &mut Tx, sweep: &Held, holder: Uuid, until: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            &OPEN,
            &[
                &sweep.id,
                &sweep.is_dry_run,
                &sweep.position,
                &sweep.counts,
                &holder,
                &until,
                &sweep.started_at,
            ],
        )
        .await?;
    Ok(n == 1)
}

/// Takes the open sweep over until `until`, where nobody holds it any more at `now`.
///
/// # Errors
/// The database's.
pub async fn take(
    tx: &mut Tx,
    holder: Uuid,
    until: Timestamp,
    now: Timestamp,
) -> Result<Option<Held>> {
    let row = tx.query_opt(&TAKE, &[&holder, &until, &now]).await?;
    row.map(|row| {
        Ok(Held {
            id: row.try_get(0)?,
            is_dry_run: row.try_get(1)?,
            position: row.try_get(2)?,
            counts: row.try_get(3)?,
            started_at: row.try_get(4)?,
        })
    })
    .transpose()
}

/// Notes how far it is; `false` where another holds it.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, sweep: &Held, holder: Uuid, until: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            &SAVE,
            &[&sweep.id, &holder, &sweep.position, &sweep.counts, &until],
        )
        .await?;
    Ok(n == 1)
}

/// Notes what was met on a page.
///
/// # Errors
/// The database's.
pub async fn meet(tx: &mut Tx, sweep: Uuid, kind: &str, page: i64, keys: &[String]) -> Result<()> {
    tx.execute(&MEET, &[&sweep, &kind, &page, &keys]).await?;
    Ok(())
}

/// Ends it with an outcome; `false` where another holds it.
///
/// # Errors
/// The database's.
pub async fn finish(
    tx: &mut Tx,
    sweep: Uuid,
    holder: Uuid,
    outcome: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(&FINISH, &[&sweep, &holder, &outcome, &error, &now])
        .await?;
    tx.execute(&FORGET, &[&sweep]).await?;
    Ok(n == 1)
}

impl Store {
    /// The holder is still there, and has until `until` to say so again.
    ///
    /// # Errors
    /// The database's.
    pub async fn hold_sweep(&self, sweep: Uuid, holder: Uuid, until: Timestamp) -> Result<()> {
        self.pool()
            .execute(&HOLD, &[&sweep, &holder, &until])
            .await?;
        Ok(())
    }

    /// Leaves it open for the next one to go on with.
    ///
    /// # Errors
    /// The database's.
    pub async fn let_sweep_go(
        &self,
        sweep: Uuid,
        holder: Uuid,
        error: &str,
        now: Timestamp,
    ) -> Result<()> {
        self.pool()
            .execute(&LET_GO, &[&sweep, &holder, &error, &now])
            .await?;
        Ok(())
    }

    /// The newest sweeps.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_sweeps(&self, limit: i64) -> Result<Vec<Sweep>> {
        let rows = self.pool().query(&LIST, &[&limit]).await?;
        rows.iter().map(decode).collect()
    }

    /// When a server of the installation was last alive; none where there never was one.
    ///
    /// # Errors
    /// The database's.
    pub async fn last_alive(&self) -> Result<Option<Timestamp>> {
        let row = self.pool().query_opt(&PULSE, &[]).await?;
        row.map(|row| row.try_get(0)).transpose()
    }

    /// A sign of life of the installation.
    ///
    /// # Errors
    /// The database's.
    pub async fn beat(&self, now: Timestamp) -> Result<()> {
        self.pool().execute(&BEAT, &[&now]).await?;
        Ok(())
    }
}

fn decode(row: &Row) -> Result<Sweep> {
    Ok(Sweep {
        id: row.try_get(0)?,
        is_dry_run: row.try_get(1)?,
        counts: row.try_get(2)?,
        outcome: row.try_get(3)?,
        error: row.try_get(4)?,
        started_at: row.try_get(5)?,
        finished_at: row.try_get(6)?,
        held_until: row.try_get(7)?,
    })
}
