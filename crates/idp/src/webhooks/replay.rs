//! Saying again what was said: one message, or all since a time.

use bailiwick_kernel::Env;
use bailiwick_pg::{Tx, sql};
use http::StatusCode;
use jiff::Timestamp;

use super::manage;
use crate::error::{Refusal, Result};

/// Which messages of a time are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replay {
    /// Those whose attempts have run out.
    Failed,
    /// Those that the endpoint was never to get: it did not exist, or had not asked for the type.
    Missing,
    /// Every message that the endpoint asks for, also those that it got.
    All,
}

impl Replay {
    /// Reads the name that commands and forms use.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "failed" => Self::Failed,
            "missing" => Self::Missing,
            "all" => Self::All,
            _ => return None,
        })
    }
}

sql! {
    /// Makes one message due for one endpoint, from the first attempt on.
    REPLAY_MESSAGE(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.webhook_deliveries as d (message_id, endpoint_id, seq, state, due_at)
        select m.id, e.id, m.seq,
               case when e.disabled_at is null then 'pending' else 'held' end, $3
          from idp.webhook_messages m, idp.webhook_endpoints e
         where m.id = $1 and e.id = $2
        on conflict (message_id, endpoint_id) do update
           set state = excluded.state, attempts = 0, due_at = excluded.due_at, claim = null,
               finished_at = null";
    /// Makes what an endpoint asks for due, from `$2` on: what ran out (`$4`), what it was never to
    /// get (`$5`), what it got (`$6`). What is on its way stays there.
    REPLAY_SINCE(TEXT, TIMESTAMPTZ, TIMESTAMPTZ, BOOL, BOOL, BOOL) = "
        insert into idp.webhook_deliveries as d (message_id, endpoint_id, seq, state, due_at)
        select m.id, e.id, m.seq,
               case when e.disabled_at is null then 'pending' else 'held' end, $3
          from idp.webhook_endpoints e
          join idp.webhook_messages m
            on m.event_type = any (e.events)
            or (cardinality(e.events) = 0 and m.event_type not like 'endpoint.%'
                and m.event_type not like 'message.%'
                and m.event_type not in ('email.created', 'sms.created'))
          left join idp.webhook_deliveries o on o.message_id = m.id and o.endpoint_id = e.id
         where e.id = $1 and m.created_at >= $2
           and case when o.state is null then $5
                    when o.state = 'exhausted' then $4
                    when o.state = 'delivered' then $6
                    else false end
        on conflict (message_id, endpoint_id) do update
           set state = excluded.state, attempts = 0, due_at = excluded.due_at, claim = null,
               finished_at = null";
}

/// Sends one message to one endpoint again, under the same id, whatever became of it; the schedule
/// starts anew. Refused where either does not exist.
pub async fn replay_message(
    tx: &mut Tx,
    env: &Env,
    message_id: &str,
    endpoint_id: &str,
) -> Result<()> {
    manage::get(tx, endpoint_id).await?;
    let moved = tx
        .execute(&REPLAY_MESSAGE, &[&message_id, &endpoint_id, &env.now()])
        .await?;
    if moved == 0 {
        return Err(Refusal::not_found("Webhook message").into());
    }
    Ok(())
}

/// Sends an endpoint again what was said since `since`; how many messages. 404 where there is no
/// such endpoint, 409 where it is out of service.
pub async fn replay_since(
    tx: &mut Tx,
    env: &Env,
    endpoint_id: &str,
    since: Timestamp,
    which: Replay,
) -> Result<u64> {
    if manage::get(tx, endpoint_id).await?.disabled_at.is_some() {
        let text = "This endpoint is out of service. Put it back first.";
        return Err(Refusal::new(StatusCode::CONFLICT, "endpoint_disabled", text).into());
    }
    let (failed, missing) = (which != Replay::Missing, which != Replay::Failed);
    let delivered = which == Replay::All;
    let moved = tx
        .execute(
            &REPLAY_SINCE,
            &[
                &endpoint_id,
                &since,
                &env.now(),
                &failed,
                &missing,
                &delivered,
            ],
        )
        .await?;
    Ok(moved)
}
