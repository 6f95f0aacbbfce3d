//! Who is told, as the configuration says.

use bailiwick_kernel::Env;
use bailiwick_pg::{Error, Pool, Tx, sql};
use jiff::{SignedDuration, Timestamp};
use url::Url;

use super::secret::SigningSecret;
use crate::ids::{self, Kind};

/// How long a replaced secret goes on signing beside its successor.
pub(super) const ROTATION: SignedDuration = SignedDuration::from_hours(24);

/// A receiver of webhooks.
#[derive(Clone, Debug)]
pub struct EndpointConfig {
    /// Its name. Stays while URL and secret change.
    pub key: String,
    /// Where it listens.
    pub url: Url,
    /// What it verifies signatures with.
    pub secret: SigningSecret,
}

sql! {
    /// Serialises concurrent starts.
    LOCK_ENDPOINTS() = "lock table idp.webhook_endpoints in share row exclusive mode";
    /// Registers an endpoint or follows its configuration: a new URL, back into service unless
    /// somebody took it out of service by hand.
    UPSERT_ENDPOINT(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.webhook_endpoints as e (id, key, url, created_at, updated_at)
        values ($1, $2, $3, $4, $4)
        on conflict (key) do update
           set url = excluded.url, failing_since = null, updated_at = excluded.updated_at,
               disabled_at = case when e.disabled_reason = 'manual' then e.disabled_at end,
               disabled_reason = case when e.disabled_reason = 'manual' then 'manual' end
         where e.url <> excluded.url or e.disabled_reason <> 'manual'";
    /// An endpoint's id and its current secret, if it has one.
    FIND_ENDPOINT(TEXT) = "
        select e.id, s.secret
          from idp.webhook_endpoints e
          left join idp.webhook_secrets s on s.endpoint_id = e.id and s.expires_at is null
         where e.key = $1";
    /// Lets the current secret of an endpoint run out.
    pub(super) RETIRE_SECRET(TEXT, TIMESTAMPTZ) = "
        update idp.webhook_secrets set expires_at = $2
         where endpoint_id = $1 and expires_at is null";
    /// Makes a secret the current one, also one that was about to run out.
    pub(super) ADOPT_SECRET(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.webhook_secrets (endpoint_id, secret, created_at) values ($1, $2, $3)
        on conflict (endpoint_id, secret) do update set expires_at = null";
    /// After a change of the endpoint nothing waits for a delay that the old state earned.
    pub(super) RELEASE_DELIVERIES(TEXT, TIMESTAMPTZ) = "
        update idp.webhook_deliveries
           set state = 'pending', due_at = $2, claim = null
         where endpoint_id = $1 and state in ('pending', 'held')
           and exists (select 1 from idp.webhook_endpoints e
                        where e.id = $1 and e.disabled_at is null)";
    /// Ends all claims and all delays.
    RELEASE_ALL(TIMESTAMPTZ) = "
        update idp.webhook_deliveries set due_at = $1, claim = null
         where state = 'pending' and due_at > $1";
    /// Takes endpoints out of service that the configuration no longer names. Those that were made
    /// at run time have no key, and stay.
    DISABLE_OTHER_ENDPOINTS(TEXT_ARRAY, TIMESTAMPTZ) = "
        update idp.webhook_endpoints
           set disabled_at = $2, disabled_reason = 'unconfigured', updated_at = $2
         where key <> all ($1) and disabled_at is null";
    /// Keeps what is waiting for endpoints that are out of service.
    pub(super) HOLD_DISABLED() = "
        update idp.webhook_deliveries d set state = 'held', claim = null
          from idp.webhook_endpoints e
         where e.id = d.endpoint_id and e.disabled_at is not null and d.state = 'pending'";
}

/// Makes everything that waits due at once: what a killed sender held, and what waits for a
/// receiver that is back. Only for whoever knows that no other sender runs on this database; how
/// many deliveries were moved.
///
/// # Errors
/// The database's.
pub async fn release_deliveries(pool: &Pool, env: &Env) -> Result<u64, Error> {
    pool.execute(&RELEASE_ALL, &[&env.now()]).await
}

/// Makes the database agree with the configuration, whatever it held before; repeating it changes
/// nothing. A new secret starts signing at once, the old one goes on for 24 hours. An endpoint that
/// had been disabled, or has moved, is in service again and gets what was waiting for it; one that
/// is no longer named is disabled, and what waits for it is held.
///
/// # Errors
/// The database's.
pub async fn ensure_endpoints(
    pool: &Pool,
    env: &Env,
    endpoints: &[EndpointConfig],
) -> Result<(), Error> {
    let now = env.now();
    let mut tx = pool.begin().await?;
    tx.execute(&LOCK_ENDPOINTS, &[]).await?;
    for endpoint in endpoints {
        ensure(&mut tx, env, now, endpoint).await?;
    }
    let keys: Vec<&str> = endpoints
        .iter()
        .map(|endpoint| endpoint.key.as_str())
        .collect();
    tx.execute(&DISABLE_OTHER_ENDPOINTS, &[&keys, &now]).await?;
    tx.execute(&HOLD_DISABLED, &[]).await?;
    tx.commit().await
}

async fn ensure(
    tx: &mut Tx,
    env: &Env,
    now: Timestamp,
    endpoint: &EndpointConfig,
) -> Result<(), Error> {
    let new_id = ids::new(env, Kind::Endpoint);
    let url = endpoint.url.as_str();
    let changed = tx
        .execute(&UPSERT_ENDPOINT, &[&new_id, &endpoint.key, &url, &now])
        .await?
        > 0;
    let row = tx.query_one(&FIND_ENDPOINT, &[&endpoint.key]).await?;
    let id: String = row.get(0);
    let current: Option<String> = row.get(1);
    if current.as_deref() != Some(endpoint.secret.expose()) {
        tx.execute(&RETIRE_SECRET, &[&id, &(now + ROTATION)])
            .await?;
        tx.execute(&ADOPT_SECRET, &[&id, &endpoint.secret.expose(), &now])
            .await?;
    }
    if changed {
        tx.execute(&RELEASE_DELIVERIES, &[&id, &now]).await?;
    }
    Ok(())
}
