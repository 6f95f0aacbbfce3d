//! Forgetting what is old.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Pool, sql};
use jiff::SignedDuration;

/// How long messages are kept, with their attempts: far longer than the last retry takes.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many messages one statement removes.
const BATCH: i64 = 500;
/// How many batches one run removes at most; the next run goes on.
const BATCHES: usize = 20;

sql! {
    /// Removes the oldest messages from before `$1`, deliveries and attempts included.
    PURGE_MESSAGES(TIMESTAMPTZ, INT8) = "
        delete from idp.webhook_messages where id in (
            select id from idp.webhook_messages where created_at < $1
             order by created_at limit $2)";
    /// Removes secrets that sign no more.
    PURGE_SECRETS(TIMESTAMPTZ) = "
        delete from idp.webhook_secrets where expires_at < $1";
}

/// Removes messages older than 30 days and secrets that have run out.
pub(super) async fn purge(pool: &Pool, env: &Env) -> Result<(), Error> {
    let now = env.now();
    pool.execute(&PURGE_SECRETS, &[&now]).await?;
    for _ in 0..BATCHES {
        let removed = pool
            .execute(&PURGE_MESSAGES, &[&(now - KEPT), &BATCH])
            .await?;
        if removed < BATCH.unsigned_abs() {
            break;
        }
    }
    Ok(())
}
