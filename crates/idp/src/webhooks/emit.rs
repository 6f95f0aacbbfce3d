//! Saying what happened.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Tx, sql};
use serde_json::Value;

use super::events::{is_confidential, is_operational};
use crate::ids::{self, Kind};

sql! {
    /// Stores a message and one delivery for each endpoint that wants it. `$3` is the envelope up
    /// to its `instance_id`, which only the database knows; without one the insert fails. `$5` says
    /// that only an endpoint that names the type gets it, `$6` that it is not stored where none does.
    EMIT_MESSAGE(TEXT, TEXT, TEXT, TIMESTAMPTZ, BOOL, BOOL) = "
        with message as (
            insert into idp.webhook_messages (id, event_type, payload, created_at)
            select $1, $2,
                $3 || (select to_json(i.id)::text from idp.instance i) || '}',
                $4
             where not $6
                or exists (select 1 from idp.webhook_endpoints e where $2 = any (e.events))
            returning id, seq
        )
        insert into idp.webhook_deliveries (message_id, endpoint_id, seq, state, due_at)
        select m.id, e.id, m.seq,
               case when e.disabled_at is null then 'pending' else 'held' end, $4
        from message m cross join idp.webhook_endpoints e
        where $2 = any (e.events) or (cardinality(e.events) = 0 and not $5)";
}

/// Stores `data` as an event of `event_type` for every endpoint that wants such events, within the
/// caller's transaction: it is sent if and only if the transaction commits. `data` is the resource as the Backend API
/// would answer it. What is stored is the body to the byte, so every attempt sends the same. What
/// is confidential goes to endpoints that name its type alone, and is not stored where none does.
///
/// # Errors
/// The database's, and a violated constraint when the provider's instance has no identity yet.
pub async fn emit(tx: &mut Tx, env: &Env, event_type: &str, data: &Value) -> Result<(), Error> {
    let now = env.now();
    let is_confidential = is_confidential(event_type);
    let opening = format!(
        r#"{{"data":{data},"object":"event","type":{},"timestamp":{},"instance_id":"#,
        Value::from(event_type),
        now.as_millisecond(),
    );
    tx.execute(
        &EMIT_MESSAGE,
        &[
            &ids::new(env, Kind::Message),
            &event_type,
            &opening,
            &now,
            &(is_confidential || is_operational(event_type)),
            &is_confidential,
        ],
    )
    .await?;
    Ok(())
}
