//! What `control` has of an organization that is being removed.

use bailiwick_pg::sql;
use jiff::Timestamp;

use super::{Removal, Step, lock_at, note, step};
use crate::{Error, Result, Store};

/// Rows of one table that one transaction deletes at most.
const BATCH: i64 = 500;

/// Where the messages of the inbox begin.
const START: &str = "1970-01-01T00:00:00Z ";

sql! {
    /// Some of the jobs about it, but the one that removes it.
    DELETE_JOBS(TEXT, TEXT, INT8) = "
        delete from control.jobs where id in (
          select j.id from control.jobs j
          where j.kind <> 'tenants.remove'
            and (position($1 in j.payload::text) > 0 or position('\"' || $2 || '\"' in j.payload::text) > 0
              or position('org/' || $2 || '/' in j.payload::text) > 0
              or j.payload ->> 'subject' in (
                select i.subject from control.outbound_intents i where i.organization_id::text = $1))
          limit $3)";
    /// Messages of the inbox that name it, of the next so many. What a user's message has still to
    /// say about the user stays until it has.
    DELETE_MESSAGES(TIMESTAMPTZ, TEXT, TEXT, INT8) = "
        with page as (
          select i.id, i.received_at, position('\"' || $3 || '\"' in i.payload) > 0
                 and (i.state in ('done', 'ignored', 'dead') or i.event_type not like 'user.%') as gone
          from control.webhook_inbox i
          where (i.received_at, i.id) > ($1, $2)
          order by i.received_at, i.id limit $4),
        gone as (
          delete from control.webhook_inbox w using page p where w.id = p.id and p.gone returning 1)
        select p.received_at, p.id, (select count(1) from gone)
        from page p order by p.received_at desc, p.id desc limit 1";
    /// Everything else, a bite at a time.
    FORGET(UUID, INT8) = "select table_name, removed from control.forget_organization($1, $2)";
}

impl Store {
    /// One batch of what `control` has of it; `false` where nothing was left, and the next step is
    /// due.
    ///
    /// # Errors
    /// The database's.
    pub async fn remove_from_control(&self, removal: &Removal, now: Timestamp) -> Result<bool> {
        let mut tx = self.control().await?;
        let (org, clerk) = (removal.org, removal.clerk_org_id.as_str());
        let Some(position) = lock_at(&mut tx, org, Step::Control).await? else {
            return Ok(false);
        };
        let id = org.to_string();
        let jobs = tx.execute(&DELETE_JOBS, &[&id, &clerk, &BATCH]).await?;
        let jobs = i64::try_from(jobs).unwrap_or(i64::MAX);
        note(
            &mut tx,
            org,
            ("control.jobs", jobs),
            position.as_deref(),
            now,
        )
        .await?;
        let position = position.unwrap_or_else(|| START.to_owned());
        // Behind the last message there is nothing to look at again.
        if let Some((at, last)) = position.split_once(' ') {
            let at: Timestamp = at.parse().map_err(|error| {
                Error::Config(format!("a removal is at no place of the inbox: {error}"))
            })?;
            let page = tx
                .query_opt(&DELETE_MESSAGES, &[&at, &last, &clerk, &BATCH])
                .await?;
            if let Some(row) = page {
                let (at, last, gone): (Timestamp, String, i64) =
                    (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
                let position = format!("{at} {last}");
                let what = ("control.webhook_inbox", gone);
                note(&mut tx, org, what, Some(&position), now).await?;
                tx.commit().await?;
                return Ok(true);
            }
        }
        let removed = tx.query(&FORGET, &[&org.uuid(), &BATCH]).await?;
        for row in &removed {
            let (table, count): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
            let table = format!("control.{table}");
            note(&mut tx, org, (&table, count), Some(&position), now).await?;
        }
        let is_over = removed.is_empty() && jobs == 0;
        if is_over {
            step(&mut tx, org, Step::Control, Step::Certify, now).await?;
        }
        tx.commit().await?;
        Ok(!is_over)
    }
}
