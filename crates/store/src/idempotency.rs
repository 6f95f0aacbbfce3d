//! `Idempotency-Key`: what a repeated request made the first time.

use bailiwick_kernel::id::UserId;
use bailiwick_pg::sql;
use jiff::Timestamp;
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
          set request_hash = excluded.request_hash, resource_id = excluded.resource_id,
              created_at = excluded.created_at, expires_at = excluded.expires_at
          where i.expires_at <= excluded.created_at
        returning resource_id";
    /// Removes some of the tenant's expired keys.
    PURGE(UUID, TIMESTAMPTZ) = "
        delete from control.idempotency where tenant_id = $1 and (tenant_id, user_id, operation, key) in (
          select tenant_id, user_id, operation, key from control.idempotency
          where tenant_id = $1 and expires_at <= $2 order by expires_at limit 20)";
    /// What the key stands for.
    FIND(UUID, UUID, TEXT, TEXT) = "
        select request_hash, resource_id from control.idempotency
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

/// What claiming a key found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The first time: go on and make the resource.
    New,
    /// Made before: render it again.
    Repeated(Uuid),
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
        let tenant = self.tenant().uuid();
        let user = key.user.uuid();
        let claimed = self
            .query_opt(
                &CLAIM,
                &[
                    &tenant,
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
            self.execute(&PURGE, &[&tenant, &now]).await?;
            return Ok(Claim::New);
        }
        let row = self
            .query_opt(&FIND, &[&tenant, &user, &key.operation, &key.key])
            .await?;
        let Some(row) = row else {
            return Err(crate::Error::Refused);
        };
        let hash: Vec<u8> = row.try_get(0)?;
        if hash == key.request_hash {
            Ok(Claim::Repeated(row.try_get(1)?))
        } else {
            Ok(Claim::Mismatch)
        }
    }
}
