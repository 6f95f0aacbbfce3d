//! What an attempt means for its delivery and its endpoint.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Pool, Tx, sql};
use jiff::SignedDuration;

use super::{attempt::Attempt, claim::Claimed, operational, schedule};

/// An endpoint that has answered nothing well for this long is disabled once a message has run out
/// of attempts.
const PATIENCE: SignedDuration = SignedDuration::from_hours(120);

sql! {
    /// Records an attempt.
    RECORD_ATTEMPT(UUID, TEXT, TEXT, TIMESTAMPTZ, INT8, INT4, TEXT, TEXT) = "
        insert into idp.webhook_attempts (id, message_id, endpoint_id, attempted_at,
            duration_ms, status, response, error)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// A success is a fact, whoever holds the claim by now.
    MARK_DELIVERED(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.webhook_deliveries
           set state = 'delivered', attempts = attempts + 1, claim = null, finished_at = $3
         where message_id = $1 and endpoint_id = $2 and state <> 'delivered'";
    /// Puts a failed delivery back, due at `$4`.
    RETRY_DELIVERY(TEXT, TEXT, UUID, TIMESTAMPTZ) = "
        update idp.webhook_deliveries
           set attempts = attempts + 1, claim = null, due_at = $4
         where message_id = $1 and endpoint_id = $2 and claim = $3";
    /// Gives up.
    EXHAUST_DELIVERY(TEXT, TEXT, UUID, TIMESTAMPTZ) = "
        update idp.webhook_deliveries
           set state = 'exhausted', attempts = attempts + 1, claim = null, finished_at = $4
         where message_id = $1 and endpoint_id = $2 and claim = $3";
    /// The endpoint works.
    ENDPOINT_WORKS(TEXT) = "
        update idp.webhook_endpoints set failing_since = null
         where id = $1 and failing_since is not null";
    /// The endpoint fails, and since when.
    ENDPOINT_FAILS(TEXT, TIMESTAMPTZ) = "
        update idp.webhook_endpoints set failing_since = $2
         where id = $1 and failing_since is null";
    /// Disables an endpoint that has failed since before `$4`.
    DISABLE_ENDPOINT(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.webhook_endpoints
           set disabled_at = $3, disabled_reason = $2, updated_at = $3
         where id = $1 and disabled_at is null and failing_since <= $4";
    /// Keeps what waits for an endpoint until it is in service again.
    HOLD_ENDPOINT(TEXT) = "
        update idp.webhook_deliveries set state = 'held', claim = null
         where endpoint_id = $1 and state = 'pending'";
}

/// Writes down an attempt and what follows from it, in one transaction. Whoever locks an endpoint
/// does so before its deliveries, so that attempts that end together do not wait for each other.
pub(super) async fn settle(
    pool: &Pool,
    env: &Env,
    delivery: &Claimed,
    attempt: &Attempt,
) -> Result<(), Error> {
    let mut tx = pool.begin().await?;
    record(&mut tx, env, delivery, attempt).await?;
    if attempt.is_success() {
        succeed(&mut tx, env, delivery).await?;
    } else {
        fail(&mut tx, env, delivery, attempt).await?;
    }
    tx.commit().await
}

async fn record(
    tx: &mut Tx,
    env: &Env,
    delivery: &Claimed,
    attempt: &Attempt,
) -> Result<(), Error> {
    let duration_ms = i64::try_from(attempt.duration.as_millis()).unwrap_or(i64::MAX);
    let (status, response, error) = match &attempt.result {
        Ok(answer) => (
            Some(i32::from(answer.status.as_u16())),
            Some(answer.excerpt.as_str()),
            None,
        ),
        Err(failure) => (None, None, Some(failure.message.as_str())),
    };
    let (message, endpoint) = (&delivery.message_id, &delivery.endpoint_id);
    tx.execute(
        &RECORD_ATTEMPT,
        &[
            &env.uuid(),
            message,
            endpoint,
            &attempt.at,
            &duration_ms,
            &status,
            &response,
            &error,
        ],
    )
    .await?;
    Ok(())
}

async fn succeed(tx: &mut Tx, env: &Env, delivery: &Claimed) -> Result<(), Error> {
    let (message, endpoint) = (&delivery.message_id, &delivery.endpoint_id);
    tx.execute(&ENDPOINT_WORKS, &[endpoint]).await?;
    tx.execute(&MARK_DELIVERED, &[message, endpoint, &env.now()])
        .await?;
    Ok(())
}

async fn fail(tx: &mut Tx, env: &Env, delivery: &Claimed, attempt: &Attempt) -> Result<(), Error> {
    let now = env.now();
    let (message, endpoint) = (&delivery.message_id, &delivery.endpoint_id);
    let [jitter] = env.bytes::<1>();
    let delay = schedule::next_delay(delivery.attempts.saturating_add(1), attempt.hint(), jitter);

    tx.execute(&ENDPOINT_FAILS, &[endpoint, &attempt.at])
        .await?;
    let is_disabled = if attempt.is_gone() {
        tx.execute(&DISABLE_ENDPOINT, &[endpoint, &"gone", &now, &now])
            .await?
            > 0
    } else if delay.is_none() {
        let since = now - PATIENCE;
        tx.execute(&DISABLE_ENDPOINT, &[endpoint, &"failing", &now, &since])
            .await?
            > 0
    } else {
        false
    };

    let claim = &delivery.claim;
    let is_exhausted = match delay.map(|delay| now + delay) {
        Some(due) => {
            tx.execute(&RETRY_DELIVERY, &[message, endpoint, claim, &due])
                .await?;
            false
        }
        None => {
            tx.execute(&EXHAUST_DELIVERY, &[message, endpoint, claim, &now])
                .await?
                > 0
        }
    };
    if is_exhausted {
        operational::exhausted(tx, env, delivery, attempt).await?;
    }
    if is_disabled {
        operational::disabled(tx, env, delivery).await?;
        tx.execute(&HOLD_ENDPOINT, &[endpoint]).await?;
        tracing::warn!(
            endpoint,
            gone = attempt.is_gone(),
            "webhook endpoint disabled"
        );
    }
    Ok(())
}
