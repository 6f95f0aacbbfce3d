//! What is said about the delivery of webhooks itself, to the endpoints that ask for it.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Tx};
use serde_json::json;

use super::attempt::Attempt;
use super::claim::Claimed;
use super::emit::emit;
use super::events::{ATTEMPTS_EXHAUSTED, ENDPOINT_DISABLED, is_operational};

/// Says that an endpoint was given up.
pub(super) async fn disabled(tx: &mut Tx, env: &Env, delivery: &Claimed) -> Result<(), Error> {
    let data = json!({
        "endpointId": delivery.endpoint_id,
        "msgId": delivery.message_id,
    });
    emit(tx, env, ENDPOINT_DISABLED, &data).await
}

/// Says that a message ran out of attempts. Not of one that says so itself: the endpoint that is
/// told may be the one that fails.
pub(super) async fn exhausted(
    tx: &mut Tx,
    env: &Env,
    delivery: &Claimed,
    attempt: &Attempt,
) -> Result<(), Error> {
    if is_operational(&delivery.event_type) {
        return Ok(());
    }
    let status = attempt.result.as_ref().ok();
    let data = json!({
        "endpointId": delivery.endpoint_id,
        "msgId": delivery.message_id,
        "msgEventType": delivery.event_type,
        "lastAttempt": {
            "timestamp": attempt.at.as_millisecond(),
            "responseStatusCode": status.map(|answer| answer.status.as_u16()),
        },
    });
    emit(tx, env, ATTEMPTS_EXHAUSTED, &data).await
}
