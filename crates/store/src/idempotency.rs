//! `Idempotency-Key`: what a repeated request made the first time.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::Result;
use crate::tenant::TenantTx;

sql! {
    /// Claims a key for this transaction: waits for another that has it, and takes over one that
    /// has expired.
    CLAIM(UUID, UUID, TEXT, TEXT, BYTEA, UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.idempotency as i (tenant_id, user_id, operation, key, request_hash, resource_id, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict on constraint idempotency_pkey do update
          set request_hash = excluded.request_hash, resource_id = excluded.resource_id, answer = null,
              created_at = excluded.created_at, expires_at = excluded.expires_at
          where i.expires_at <= excluded.created_at
        returning resource_id";
    /// Removes some of the tenant's expired keys.
    PURGE(UUID, TIMESTAMPTZ) = "
        delete from control.idempotency where tenant_id = $1 and (tenant_id, user_id, operation, key) in (
          select tenant_id, user_id, operation, key from control.idempotency
          where tenant_id = $1 and expires_at <= $2 order by expires_at limit 20)";
    /// What the key stands for.
    FIND(UUID, UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        select request_hash, resource_id, answer from control.idempotency
        where tenant_id = $1 and user_id = $2 and operation = $3 and key = $4 and expires_at > $5";
    /// Keeps what was answered.
    KEEP(UUID, UUID, TEXT, TEXT, JSONB) = "
        update control.idempotency set answer = $5
        where tenant_id = $1 and user_id = $2 and operation = $3 and key = $4";
}

/// A key as its client sent it, within one operation of one user.
#[derive(Debug, Clone)]
pub struct Key<'a> {
    /// Whose.
    pub user: UserId,
    /// Of which operation.
    pub operation: &'static str,
    /// The header's value.
    pub key: &'a str,
    /// A hash of the request's body.
    pub request_hash: &'a [u8],
}

/// What the first request with a key was about.
#[derive(Debug, Clone, PartialEq)]
pub struct First {
    /// The thing.
    pub resource: Uuid,
    /// What was answered beside it, where that is kept.
    pub answer: Option<Value>,
}

/// What claiming a key found.
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// The first time: go on and make the resource.
    New,
    /// Made before: render it again.
    Repeated(First),
    /// The key was used with another body.
    Mismatch,
}

impl TenantTx {
    /// Claims `key` for `resource`, which this transaction is about to make.
    ///
    /// # Errors
    /// The database's.
    pub async fn claim(
        &mut self,
        key: &Key<'_>,
        resource: Uuid,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<Claim> {
        let tenant = self.tenant();
        claim(self.control(), tenant, key, resource, (now, expires)).await
    }
}

/// Claims `key` for `resource` from `now` until it expires, in a transaction that has the tenant set.
///
/// # Errors
/// The database's.
pub async fn claim(
    tx: &mut Tx,
    tenant: OrgId,
    key: &Key<'_>,
    resource: Uuid,
    (now, expires): (Timestamp, Timestamp),
) -> Result<Claim> {
    let (org, user) = (tenant.uuid(), key.user.uuid());
    let claimed = tx
        .query_opt(
            &CLAIM,
            &[
                &org,
                &user,
                &key.operation,
                &key.key,
                &key.request_hash,
                &resource,
                &now,
                &expires,
            ],
        )
        .await?;
    if claimed.is_some() {
        tx.execute(&PURGE, &[&org, &now]).await?;
        return Ok(Claim::New);
    }
    find(tx, tenant, key, now)
        .await?
        .ok_or(crate::Error::Refused)
}

/// What the key stands for at `now`, in a transaction that has the tenant set; none where it was
/// never claimed or has expired.
///
/// # Errors
/// The database's.
pub async fn find(
    tx: &mut Tx,
    tenant: OrgId,
    key: &Key<'_>,
    now: Timestamp,
) -> Result<Option<Claim>> {
    let (org, user) = (tenant.uuid(), key.user.uuid());
    let row = tx
        .query_opt(&FIND, &[&org, &user, &key.operation, &key.key, &now])
        .await?;
    row.map(|row| {
        let hash: Vec<u8> = row.try_get(0)?;
        if hash != key.request_hash {
            return Ok(Claim::Mismatch);
        }
        Ok(Claim::Repeated(First {
            resource: row.try_get(1)?,
            answer: row.try_get(2)?,
        }))
    })
    .transpose()
}

/// Keeps what was answered with the key that this transaction has claimed.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, tenant: OrgId, key: &Key<'_>, answer: &Value) -> Result<()> {
    let (org, user) = (tenant.uuid(), key.user.uuid());
    tx.execute(&KEEP, &[&org, &user, &key.operation, &key.key, &answer])
        .await?;
    Ok(())
}
