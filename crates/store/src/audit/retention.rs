//! The removal of a tenant's facts, by the one role that may and with a signed tombstone.
//!
//! First the tombstone, in one transaction with all that makes the chain a chain; from then on the
//! database lets the role delete facts and seals of this tenant, in parts. A removal that broke off
//! is taken up by repeating it.

use bailiwick_kernel::Env;
use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Pool, Tx, sql};
use serde_json::json;

use super::check::{TOMBSTONE, decode_tombstone};
use super::fact::{Bound, Fact, INSERT};
use super::keys::Keys;
use super::link::{Chain, Head, Tombstone};
use super::seals::decode_head;
use crate::{Error, Result};

/// Rows that one transaction deletes at most.
const PART: i64 = 5_000;

sql! {
    /// Nobody seals meanwhile.
    LOCK() = "select pg_catalog.pg_advisory_xact_lock(hashtextextended('bailiwick.audit.seal', 0))";
    /// Whether the tenant still has a home, and so may still write.
    PLACED(UUID) = "select 1 from control.placements where organization_id = $1";
    /// The head goes.
    BEHEAD(UUID) = "
        delete from control.audit_heads where chain = $1 returning number, total, head";
    /// Nothing waits any more.
    FORGET(UUID) = "delete from control.audit_pending where chain = $1";
    /// The tombstone.
    BURY(UUID, INT8, INT8, BYTEA, INT8, TIMESTAMPTZ, TEXT, TEXT, BYTEA) = "
        insert into control.audit_tombstones (chain, number, total, head, unsealed, removed_at, reason, key_id, mac)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// Some of the facts.
    DELETE_FACTS(UUID, INT8) = "
        delete from control.audit where id in (
          select id from control.audit where tenant_id = $1 limit $2)";
    /// Some of the links.
    DELETE_SEALS(UUID, INT8) = "
        delete from control.audit_seals where chain = $1 and number in (
          select number from control.audit_seals where chain = $1 order by number limit $2)";
}

/// Removes all facts of a tenant that has no home any more, and leaves the tombstone, which is
/// answered. `pool` is of the role `bailiwick_retention`. Can be repeated.
///
/// # Errors
/// The database's; the tenant still has a placement.
pub async fn remove(
    pool: &Pool,
    keys: &Keys,
    env: &Env,
    tenant: OrgId,
    reason: &str,
) -> Result<Tombstone> {
    let tombstone = bury(pool, keys, env, tenant, reason).await?;
    let id = tenant.uuid();
    while pool.execute(&DELETE_FACTS, &[&id, &PART]).await? > 0 {}
    while pool.execute(&DELETE_SEALS, &[&id, &PART]).await? > 0 {}
    Ok(tombstone)
}

/// The tombstone: the one that is there, or a new one with the fact that tells of it.
async fn bury(
    pool: &Pool,
    keys: &Keys,
    env: &Env,
    tenant: OrgId,
    reason: &str,
) -> Result<Tombstone> {
    let (chain, id) = (Chain::of(tenant), tenant.uuid());
    let mut tx = pool.begin().await?;
    tx.query_one(&LOCK, &[]).await?;
    if let Some(row) = tx.query_opt(&TOMBSTONE, &[&id]).await? {
        return decode_tombstone(chain, &row);
    }
    if tx.query_opt(&PLACED, &[&id]).await?.is_some() {
        let text = format!("tenant {tenant} still has a home: its facts cannot be removed");
        return Err(Error::Config(text));
    }
    let head = tx.query_opt(&BEHEAD, &[&id]).await?;
    let head = head.map(|row| decode_head(&row, 0)).transpose()?;
    let head = head.unwrap_or_else(Head::start);
    let unsealed = tx.execute(&FORGET, &[&id]).await?;
    let unsealed = i64::try_from(unsealed).unwrap_or(i64::MAX);
    let tombstone = Tombstone::sign(keys, (chain, head), unsealed, env.now(), reason);
    insert(&mut tx, &tombstone).await?;
    let object = tenant.to_string();
    let fact = Fact {
        after: Some(json!({"facts": tombstone.head.total, "unsealed": unsealed, "reason": reason})),
        ..Fact::impersonal(env, "system", "audit.remove", ("organization", &object))
    };
    let bound = Bound::new(keys, None, &fact);
    tx.execute(&INSERT, &bound.params()).await?;
    tx.commit().await?;
    Ok(tombstone)
}

async fn insert(tx: &mut Tx, tombstone: &Tombstone) -> Result<()> {
    let Head {
        number,
        total,
        hash,
    } = &tombstone.head;
    tx.execute(
        &BURY,
        &[
            &tombstone.chain.uuid(),
            number,
            total,
            hash,
            &tombstone.unsealed,
            &tombstone.removed_at,
            &tombstone.reason,
            &tombstone.mac.key_id,
            &tombstone.mac.bytes,
        ],
    )
    .await?;
    Ok(())
}
