//! Taking due deliveries for oneself, for a while.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Pool, sql};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::secret::{SecretError, SigningSecret};

/// How long a claimed delivery belongs to its claimant. More than an attempt can last, waiting for
/// its turn included; what a dead sender held is sent again after this.
pub const LEASE: SignedDuration = SignedDuration::from_secs(60);

/// A delivery to attempt now.
pub(super) struct Claimed {
    pub message_id: String,
    pub endpoint_id: String,
    /// The sender that may decide what comes next. Another one's after the lease.
    pub claim: Uuid,
    /// Attempts that failed before.
    pub attempts: u32,
    pub url: String,
    pub event_type: String,
    pub payload: String,
    /// One signature each.
    pub secrets: Vec<SigningSecret>,
    seq: i64,
}

/// Why nothing could be claimed.
#[derive(Debug, thiserror::Error)]
pub(super) enum ClaimError {
    #[error("claiming webhook deliveries")]
    Database(#[from] Error),
    #[error("the stored secret of webhook endpoint {0}")]
    Secret(String, #[source] SecretError),
}

sql! {
    /// Claims what is due: at most `$3` an endpoint and `$4` in all, none of the endpoints `$5`.
    /// An index look-up an endpoint when nothing is due, and no write.
    CLAIM_DELIVERIES(TIMESTAMPTZ, TIMESTAMPTZ, INT8, INT8, TEXT_ARRAY, UUID) = "
        with due as (
            select d.message_id, d.endpoint_id, e.url
              from idp.webhook_endpoints e
             cross join lateral (
                select w.message_id, w.endpoint_id
                  from idp.webhook_deliveries w
                 where w.endpoint_id = e.id and w.state = 'pending' and w.due_at <= $1
                 order by w.due_at, w.seq
                 limit $3
                   for update skip locked
             ) d
             where e.disabled_at is null and e.id <> all ($5)
             limit $4
        )
        update idp.webhook_deliveries d set due_at = $2, claim = $6
          from due, idp.webhook_messages m
         where d.message_id = due.message_id and d.endpoint_id = due.endpoint_id
           and m.id = d.message_id
        returning d.message_id, d.endpoint_id, d.attempts, d.seq, due.url, m.payload, m.event_type,
            array(select s.secret from idp.webhook_secrets s
                   where s.endpoint_id = d.endpoint_id
                     and (s.expires_at is null or s.expires_at > $1)
                   order by s.expires_at desc nulls first
                   limit 11)";
}

/// Claims at most `limit` due deliveries, in the order in which they were emitted, and at most
/// `per_endpoint` of one endpoint; none of `busy` endpoints. One statement, one short transaction.
pub(super) async fn claim(
    pool: &Pool,
    env: &Env,
    limit: usize,
    per_endpoint: usize,
    busy: &[&str],
) -> Result<Vec<Claimed>, ClaimError> {
    let now: Timestamp = env.now();
    let claim = env.uuid();
    let (limit, per_endpoint) = (bound(limit), bound(per_endpoint));
    let rows = pool
        .query(
            &CLAIM_DELIVERIES,
            &[&now, &(now + LEASE), &per_endpoint, &limit, &busy, &claim],
        )
        .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let endpoint_id: String = row.get(1);
        let secrets: Vec<String> = row.get(7);
        let secrets = secrets
            .iter()
            .map(|secret| SigningSecret::parse(secret))
            .collect();
        claimed.push(Claimed {
            message_id: row.get(0),
            attempts: u32::try_from(row.get::<_, i32>(2)).unwrap_or(u32::MAX),
            seq: row.get(3),
            url: row.get(4),
            payload: row.get(5),
            event_type: row.get(6),
            secrets: Result::map_err(secrets, |e| ClaimError::Secret(endpoint_id.clone(), e))?,
            endpoint_id,
            claim,
        });
    }
    claimed.sort_unstable_by_key(|delivery| delivery.seq);
    Ok(claimed)
}

fn bound(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
