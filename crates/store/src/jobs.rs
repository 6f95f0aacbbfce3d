//! The queue: rows that are enqueued inside the change's transaction and claimed for a time.

use bailiwick_kernel::id::JobId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// Adds a job; nothing happens where an unclaimed one has the same key.
    INSERT(UUID, TEXT, JSONB, TEXT, TIMESTAMPTZ, INT4, TIMESTAMPTZ) = "
        insert into control.jobs (id, kind, payload, unique_key, run_at, max_attempts, created_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (unique_key) where unique_key is not null and dead_at is null and locked_until is null
        do nothing";
    /// Claims due jobs until `$2`; one whose claim has run out is due again.
    CLAIM(TIMESTAMPTZ, TIMESTAMPTZ, INT8) = "
        update control.jobs set locked_until = $2, attempts = attempts + 1
        where id in (
          select id from control.jobs
          where dead_at is null and run_at <= $1 and (locked_until is null or locked_until < $1)
          order by run_at limit $3 for update skip locked)
        returning id, kind, payload, attempts, max_attempts";
    /// Still at it: the claim holds until `$3`.
    RENEW(UUID, INT4, TIMESTAMPTZ) = "
        update control.jobs set locked_until = $3 where id = $1 and attempts = $2 and locked_until is not null";
    /// Ends all claims.
    RELEASE(TIMESTAMPTZ) = "
        update control.jobs set locked_until = $1 where locked_until > $1";
    /// How many jobs of each kind there are, how many of them were given up, and since when the
    /// oldest of the others is due.
    CENSUS(TIMESTAMPTZ) = "
        select kind, count(1) filter (where dead_at is null), count(1) filter (where dead_at is not null),
               min(run_at) filter (where dead_at is null and run_at <= $1 and (locked_until is null or locked_until < $1))
        from control.jobs group by kind order by kind limit 100";
    /// Done.
    DELETE(UUID, INT4) = "delete from control.jobs where id = $1 and attempts = $2";
    /// Tried in vain: again at `$3`. A newer one with the same key takes its place.
    RETRY(UUID, INT4, TIMESTAMPTZ, TEXT) = "
        update control.jobs set locked_until = null, run_at = $3, last_error = $4,
               unique_key = case when exists (
                 select 1 from control.jobs o where o.unique_key = jobs.unique_key and o.id <> jobs.id
                   and o.dead_at is null and o.locked_until is null) then null else unique_key end
        where id = $1 and attempts = $2";
    /// Given up: kept for people to look at and to replay.
    BURY(UUID, INT4, TIMESTAMPTZ, TEXT) = "
        update control.jobs set dead_at = $3, locked_until = null, last_error = $4 where id = $1 and attempts = $2";
}

/// A job to be added.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its kind: which handler runs it.
    pub kind: &'static str,
    /// Ids, not data.
    pub payload: Value,
    /// At most one unclaimed job has this key.
    pub unique_key: Option<String>,
    /// Not before.
    pub run_at: Timestamp,
    /// Given up after so many tries.
    pub max_attempts: i32,
}

/// A job on claim.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub payload: Value,
    /// This try's number, from 1.
    pub attempt: i32,
    /// Given up after so many tries.
    pub max_attempts: i32,
}

/// Adds a job in the caller's transaction; `false` where an unclaimed one has the same key.
///
/// # Errors
/// The database's.
pub async fn enqueue(tx: &mut Tx, id: JobId, job: &NewJob, now: Timestamp) -> Result<bool> {
    let n = tx
        .execute(
            &INSERT,
            &[
                &id.uuid(),
                &job.kind,
                &job.payload,
                &job.unique_key,
                &job.run_at,
                &job.max_attempts,
                &now,
            ],
        )
        .await?;
    Ok(n == 1)
}

/// What the queue holds of one kind.
#[derive(Debug, Clone)]
pub struct Census {
    /// The kind.
    pub kind: String,
    /// Waiting or at work.
    pub open: i64,
    /// Given up.
    pub dead: i64,
    /// Since when the oldest is due and nobody has taken it.
    pub due_since: Option<Timestamp>,
}

impl Store {
    /// What the queue holds, by kind.
    ///
    /// # Errors
    /// The database's.
    pub async fn job_census(&self, now: Timestamp) -> Result<Vec<Census>> {
        let rows = self.pool().query(&CENSUS, &[&now]).await?;
        rows.iter()
            .map(|row| {
                Ok(Census {
                    kind: row.try_get(0)?,
                    open: row.try_get(1)?,
                    dead: row.try_get(2)?,
                    due_since: row.try_get(3)?,
                })
            })
            .collect()
    }

    /// Claims at most `limit` due jobs until `until`.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim_jobs(
        &self,
        now: Timestamp,
        until: Timestamp,
        limit: i64,
    ) -> Result<Vec<Job>> {
        let rows = self.pool().query(&CLAIM, &[&now, &until, &limit]).await?;
        rows.into_iter().map(decode).collect()
    }

    /// Holds on to a job until `until`; `false` where the claim has run out and another has it.
    ///
    /// # Errors
    /// The database's.
    pub async fn renew_job(&self, job: &Job, until: Timestamp) -> Result<bool> {
        let held = self
            .pool()
            .execute(&RENEW, &[&job.id.uuid(), &job.attempt, &until])
            .await?;
        Ok(held == 1)
    }

    /// Ends all claims, so that what a killed process held is due at once. Only for whoever knows
    /// that no other process works on this database; how many claims there were.
    ///
    /// # Errors
    /// The database's.
    pub async fn release_jobs(&self, now: Timestamp) -> Result<u64> {
        self.pool().execute(&RELEASE, &[&now]).await
    }

    /// Removes a job that is done, unless its claim has run out and another has it.
    ///
    /// # Errors
    /// The database's.
    pub async fn finish_job(&self, job: &Job) -> Result<()> {
        self.pool()
            .execute(&DELETE, &[&job.id.uuid(), &job.attempt])
            .await?;
        Ok(())
    }

    /// Puts a job back for `at`.
    ///
    /// # Errors
    /// The database's.
    pub async fn retry_job(&self, job: &Job, at: Timestamp, error: &str) -> Result<()> {
        self.pool()
            .execute(&RETRY, &[&job.id.uuid(), &job.attempt, &at, &error])
            .await?;
        Ok(())
    }

    /// Gives a job up.
    ///
    /// # Errors
    /// The database's.
    pub async fn bury_job(&self, job: &Job, now: Timestamp, error: &str) -> Result<()> {
        self.pool()
            .execute(&BURY, &[&job.id.uuid(), &job.attempt, &now, &error])
            .await?;
        Ok(())
    }
}

fn decode(row: Row) -> Result<Job> {
    Ok(Job {
        id: JobId::from(row.try_get::<_, Uuid>(0)?),
        kind: row.try_get(1)?,
        payload: row.try_get(2)?,
        attempt: row.try_get(3)?,
        max_attempts: row.try_get(4)?,
    })
}

impl crate::tenant::TenantTx {
    /// Adds a job in this transaction; `false` where an unclaimed one has the same key.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(&mut self, id: JobId, job: &NewJob, now: Timestamp) -> Result<bool> {
        enqueue(self.control(), id, job, now).await
    }
}
