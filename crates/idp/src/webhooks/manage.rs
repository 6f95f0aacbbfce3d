//! Endpoints at run time: made, changed, given new secrets, taken out of service, removed.

use bailiwick_kernel::Env;
use bailiwick_pg::{Row, Tx, sql};
use base64::{Engine, engine::general_purpose::STANDARD};
use http::StatusCode;
use jiff::Timestamp;

use super::endpoints::{ADOPT_SECRET, HOLD_DISABLED, RELEASE_DELIVERIES, RETIRE_SECRET, ROTATION};
use super::events;
use super::secret::SigningSecret;
use super::target::{self, Reach};
use crate::error::{Error, Refusal, Result};
use crate::ids::{self, Kind};

/// Endpoints of an instance: every message is a row for each.
const ENDPOINTS_MAX: i64 = 50;
/// Replaced secrets that sign beside the current one, as at Svix.
const OLD_SECRETS_MAX: i64 = 10;
/// The longest description, in characters.
const DESCRIPTION_MAX: usize = 200;

/// A receiver of webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// `ep_…`.
    pub id: String,
    /// Its name in the configuration; none where it was made at run time.
    pub key: Option<String>,
    /// Where it listens.
    pub url: String,
    /// What it is, for people.
    pub description: String,
    /// The types that it gets; none means all but the operational ones.
    pub events: Vec<String>,
    /// Since when every attempt has failed.
    pub failing_since: Option<Timestamp>,
    /// Since when it is out of service.
    pub disabled_at: Option<Timestamp>,
    /// Why: `gone`, `failing`, `unconfigured` or `manual`.
    pub disabled_reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What can be said of an endpoint.
#[derive(Clone, Debug, Default)]
pub struct EndpointInput {
    /// Where it listens: http or https.
    pub url: String,
    /// What it is, for people.
    pub description: String,
    /// The types that it gets; none means all but the operational ones.
    pub events: Vec<String>,
}

sql! {
    /// Makes an endpoint, unless there are `$6` already.
    INSERT_ENDPOINT(TEXT, TEXT, TEXT, TEXT_ARRAY, TIMESTAMPTZ, INT8) = "
        insert into idp.webhook_endpoints (id, url, description, events, created_at, updated_at)
        select $1, $2, $3, $4, $5, $5
         where (select count(*) from idp.webhook_endpoints) < $6";
    /// All endpoints, the oldest first.
    LIST_ENDPOINTS() = "
        select id, key, url, description, events, failing_since, disabled_at, disabled_reason,
               created_at, updated_at
          from idp.webhook_endpoints order by created_at, id limit 100";
    /// One endpoint.
    GET_ENDPOINT(TEXT) = "
        select id, key, url, description, events, failing_since, disabled_at, disabled_reason,
               created_at, updated_at
          from idp.webhook_endpoints where id = $1";
    /// One endpoint, locked until the transaction's end.
    LOCK_ENDPOINT(TEXT) = "
        select id, key, url, description, events, failing_since, disabled_at, disabled_reason,
               created_at, updated_at
          from idp.webhook_endpoints where id = $1 for update";
    /// Changes what was said of an endpoint.
    UPDATE_ENDPOINT(TEXT, TEXT, TEXT, TEXT_ARRAY, TIMESTAMPTZ) = "
        update idp.webhook_endpoints
           set url = $2, description = $3, events = $4, updated_at = $5
         where id = $1";
    /// Takes an endpoint out of service by hand.
    STOP_ENDPOINT(TEXT, TIMESTAMPTZ) = "
        update idp.webhook_endpoints
           set disabled_at = $2, disabled_reason = 'manual', updated_at = $2
         where id = $1";
    /// Puts an endpoint back into service.
    START_ENDPOINT(TEXT, TIMESTAMPTZ) = "
        update idp.webhook_endpoints
           set disabled_at = null, disabled_reason = null, failing_since = null, updated_at = $2
         where id = $1";
    /// Removes an endpoint with its secrets, deliveries and attempts.
    DELETE_ENDPOINT(TEXT) = "delete from idp.webhook_endpoints where id = $1";
    /// The secret that receivers are told.
    CURRENT_SECRET(TEXT) = "
        select secret from idp.webhook_secrets where endpoint_id = $1 and expires_at is null";
    /// How many replaced secrets still sign.
    COUNT_OLD_SECRETS(TEXT, TIMESTAMPTZ) = "
        select count(*) from idp.webhook_secrets where endpoint_id = $1 and expires_at > $2";
}

fn endpoint(row: &Row) -> Endpoint {
    Endpoint {
        id: row.get(0),
        key: row.get(1),
        url: row.get(2),
        description: row.get(3),
        events: row.get(4),
        failing_since: row.get(5),
        disabled_at: row.get(6),
        disabled_reason: row.get(7),
        created_at: row.get(8),
        updated_at: row.get(9),
    }
}

/// All endpoints, the oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Endpoint>> {
    Ok(tx
        .query(&LIST_ENDPOINTS, &[])
        .await?
        .iter()
        .map(endpoint)
        .collect())
}

/// One endpoint; 404 where there is none.
pub async fn get(tx: &mut Tx, id: &str) -> Result<Endpoint> {
    found(tx.query_opt(&GET_ENDPOINT, &[&id]).await?)
}

async fn locked(tx: &mut Tx, id: &str) -> Result<Endpoint> {
    found(tx.query_opt(&LOCK_ENDPOINT, &[&id]).await?)
}

fn found(row: Option<Row>) -> Result<Endpoint> {
    let row = row.ok_or_else(|| Refusal::not_found("Webhook endpoint"))?;
    Ok(endpoint(&row))
}

/// An endpoint that follows the configuration is changed there.
fn at_run_time(endpoint: Endpoint) -> Result<Endpoint> {
    match &endpoint.key {
        None => Ok(endpoint),
        Some(key) => {
            let text = format!("This endpoint follows the configuration, where it is {key}.");
            Err(Refusal::new(StatusCode::CONFLICT, "endpoint_is_configured", text).into())
        }
    }
}

fn checked(input: &EndpointInput, reach: Reach) -> Result<(String, String, Vec<String>)> {
    let url = target::parse(&input.url, reach)?;
    let description = input.description.trim();
    if description.chars().count() > DESCRIPTION_MAX || description.contains('\0') {
        let text = format!("The description has {DESCRIPTION_MAX} characters at most.");
        return Err(Refusal::format("description", &text).into());
    }
    Ok((
        url.into(),
        description.to_owned(),
        events::filter(&input.events)?,
    ))
}

/// Makes an endpoint with a secret of its own. It gets what happens from now on; what happened
/// before can be replayed to it.
pub async fn create(
    tx: &mut Tx,
    env: &Env,
    reach: Reach,
    input: &EndpointInput,
) -> Result<Endpoint> {
    let (url, description, events) = checked(input, reach)?;
    let (id, now) = (ids::new(env, Kind::Endpoint), crate::store::now(env));
    let params: [&(dyn bailiwick_pg::ToSql + Sync); 6] =
        [&id, &url, &description, &events, &now, &ENDPOINTS_MAX];
    if tx.execute(&INSERT_ENDPOINT, &params).await? == 0 {
        let text = format!("An instance has {ENDPOINTS_MAX} endpoints at most.");
        return Err(Refusal::new(StatusCode::FORBIDDEN, "endpoint_quota_exceeded", text).into());
    }
    let secret = SigningSecret::generate(env)?;
    tx.execute(&ADOPT_SECRET, &[&id, &secret.expose(), &now])
        .await?;
    get(tx, &id).await
}

/// Changes an endpoint that was made at run time. With a new URL, nothing waits for a delay that
/// the old one earned.
pub async fn change(
    tx: &mut Tx,
    env: &Env,
    reach: Reach,
    id: &str,
    input: &EndpointInput,
) -> Result<Endpoint> {
    let before = at_run_time(locked(tx, id).await?)?;
    let (url, description, events) = checked(input, reach)?;
    let now = crate::store::now(env);
    tx.execute(&UPDATE_ENDPOINT, &[&id, &url, &description, &events, &now])
        .await?;
    if before.url != url {
        tx.execute(&RELEASE_DELIVERIES, &[&id, &now]).await?;
    }
    get(tx, id).await
}

/// Gives an endpoint that was made at run time a new secret. The old one goes on signing beside it
/// for 24 hours, so that receivers can change over without missing anything.
pub async fn rotate(tx: &mut Tx, env: &Env, id: &str) -> Result<SigningSecret> {
    at_run_time(locked(tx, id).await?)?;
    let now = crate::store::now(env);
    let old: i64 = tx.query_one(&COUNT_OLD_SECRETS, &[&id, &now]).await?.get(0);
    if old >= OLD_SECRETS_MAX {
        let text = format!(
            "{OLD_SECRETS_MAX} replaced secrets are still in use. Try again when one has run out."
        );
        return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_rotations", text).into());
    }
    let secret = SigningSecret::generate(env)?;
    tx.execute(&RETIRE_SECRET, &[&id, &(now + ROTATION)])
        .await?;
    tx.execute(&ADOPT_SECRET, &[&id, &secret.expose(), &now])
        .await?;
    Ok(secret)
}

/// The secret that an endpoint verifies signatures with; 404 where there is no such endpoint.
pub async fn secret(tx: &mut Tx, id: &str) -> Result<SigningSecret> {
    let row = tx.query_opt(&CURRENT_SECRET, &[&id]).await?;
    let row = row.ok_or_else(|| Refusal::not_found("Webhook endpoint"))?;
    SigningSecret::parse(row.get(0))
        .map_err(|error| Error::Internal(format!("the stored secret of {id}: {error}")))
}

/// Takes an endpoint out of service. What is for it waits.
pub async fn disable(tx: &mut Tx, env: &Env, id: &str) -> Result<Endpoint> {
    if locked(tx, id).await?.disabled_at.is_none() {
        tx.execute(&STOP_ENDPOINT, &[&id, &crate::store::now(env)])
            .await?;
        tx.execute(&HOLD_DISABLED, &[]).await?;
    }
    get(tx, id).await
}

/// Puts an endpoint back into service, whatever took it out. It gets what waited for it at once.
pub async fn enable(tx: &mut Tx, env: &Env, id: &str) -> Result<Endpoint> {
    if locked(tx, id).await?.disabled_at.is_some() {
        let now = crate::store::now(env);
        tx.execute(&START_ENDPOINT, &[&id, &now]).await?;
        tx.execute(&RELEASE_DELIVERIES, &[&id, &now]).await?;
    }
    get(tx, id).await
}

/// Removes an endpoint that was made at run time, with everything that was for it.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    at_run_time(locked(tx, id).await?)?;
    tx.execute(&DELETE_ENDPOINT, &[&id]).await?;
    Ok(())
}

impl SigningSecret {
    /// A new secret of 24 random bytes.
    ///
    /// # Errors
    /// None that can happen: 24 bytes are a secret.
    pub fn generate(env: &Env) -> Result<Self> {
        Self::parse(&format!("whsec_{}", STANDARD.encode(env.bytes::<24>())))
            .map_err(|error| Error::Crypto(error.to_string()))
    }
}
