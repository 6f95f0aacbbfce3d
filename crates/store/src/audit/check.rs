//! What is needed to verify chains: everything in them, in pieces of bounded size, as of one moment.

use std::collections::HashMap;

use bailiwick_pg::{Row, Tx, sql};
use uuid::Uuid;

use super::encoding::Columns;
use super::keys::{Keys, Mac, Purpose};
use super::link::{Chain, Head, Link, Tombstone};
use super::read::{self, Entry};
use super::seals::{decode_head, decode_link};
use crate::{Result, Store};

/// Links that are read at once. A link has [`super::seals::BATCH`] facts at most.
const LINKS_LIMIT: i64 = 20;
/// Facts that wait for a seal that are read at once.
const PENDING_LIMIT: i64 = 1_000;
/// Chains that are listed at once.
const CHAINS_LIMIT: i64 = 500;

sql! {
    /// Everything from here on is as of one moment.
    pub(crate) FREEZE() = "set transaction isolation level repeatable read, read only";
    /// Lets this transaction see the facts of a chain, for as long as it takes.
    OPEN(TEXT) = "
        select set_config('app.audit_chain', $1, true), set_config('statement_timeout', '0', true)";
    /// A chain's links in their order.
    LINKS(UUID, INT8, INT8) = "
        select number, total, head, sealed_at, key_id, mac, facts from control.audit_seals
        where chain = $1 and number > $2 order by number limit $3";
    /// Facts of a link.
    FACTS(UUID_ARRAY, INT8) = "
        select id, at, origin, actor_id, impersonator, action, object_type, object_id, before, after,
               request_id, address, tenant_id, key_id, mac
        from control.audit where id = any($1) limit $2";
    /// Facts without a seal.
    PENDING(UUID, UUID, INT8) = "
        select audit_id from control.audit_pending where chain = $1 and audit_id > $2 order by audit_id limit $3";
    /// Facts that neither have a seal nor wait for one.
    STRAY(UUID, INT8) = "
        select a.id from control.audit a left join (
          select unnest(s.facts) as id from control.audit_seals s where s.chain = $1
          union all select p.audit_id from control.audit_pending p where p.chain = $1) k on k.id = a.id
        where (a.tenant_id = $1 or (a.tenant_id is null and $1 = '00000000-0000-0000-0000-000000000000'))
          and k.id is null order by a.id limit $2";
    /// Where a chain ends, as its head says.
    HEAD(UUID) = "select number, total, head from control.audit_heads where chain = $1";
    /// What is left of a chain.
    pub(super) TOMBSTONE(UUID) = "
        select number, total, head, removed_at, key_id, mac, unsealed, reason
        from control.audit_tombstones where chain = $1";
    /// Whatever may have a chain.
    CHAINS(UUID, INT8) = "
        select chain from control.audit_heads where chain > $1
        union select chain from control.audit_tombstones where chain > $1
        union select chain from control.audit_pending where chain > $1
        union select id from control.organizations where id > $1
        order by 1 limit $2";
}

/// A fact with the MAC that it has.
#[derive(Debug)]
pub struct Checked {
    /// Whether its MAC is of what it says.
    pub is_genuine: bool,
    /// The MAC; empty for a fact from before there were any.
    pub mac: Vec<u8>,
}

/// One chain, as of one moment.
pub struct Snapshot {
    tx: Tx,
    chain: Chain,
}

impl Store {
    /// Chains after `after` that there may be anything of, in the order of their ids, a part of
    /// them. That of the installation is none of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn chains(&self, after: Chain) -> Result<Vec<Chain>> {
        let params: &bailiwick_pg::Params<'_> = &[&after.uuid(), &CHAINS_LIMIT];
        let rows = self.app.query(&CHAINS, params).await?;
        let chain = |row: &Row| Ok(Chain::from(row.try_get::<_, Uuid>(0)?));
        rows.iter().map(chain).collect()
    }

    /// Looks at one chain as of now.
    ///
    /// # Errors
    /// The database's.
    pub async fn chain_snapshot(&self, chain: Chain) -> Result<Snapshot> {
        let mut tx = self.control().await?;
        tx.execute(&FREEZE, &[]).await?;
        tx.query_one(&OPEN, &[&chain.to_string()]).await?;
        Ok(Snapshot { tx, chain })
    }
}

impl Snapshot {
    /// The links after the `after`th, some of them, each with the ids of its facts.
    ///
    /// # Errors
    /// The database's.
    pub async fn links(&mut self, after: i64) -> Result<Vec<(Link, Vec<Uuid>)>> {
        let chain = self.chain;
        let params: &bailiwick_pg::Params<'_> = &[&chain.uuid(), &after, &LINKS_LIMIT];
        let rows = self.tx.query(&LINKS, params).await?;
        let link = |row: &Row| Ok((decode_link(chain, row, 0)?, row.try_get(6)?));
        rows.iter().map(link).collect()
    }

    /// Those of these facts that are there, judged by their MACs.
    ///
    /// # Errors
    /// The database's.
    pub async fn facts(&mut self, keys: &Keys, ids: &[Uuid]) -> Result<HashMap<Uuid, Checked>> {
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let rows = self.tx.query(&FACTS, &[&ids, &limit]).await?;
        rows.iter().map(|row| judge(keys, row)).collect()
    }

    /// Facts after `after` that wait for their seal, some of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn pending(&mut self, after: Uuid) -> Result<Vec<Uuid>> {
        let params: &bailiwick_pg::Params<'_> = &[&self.chain.uuid(), &after, &PENDING_LIMIT];
        let rows = self.tx.query(&PENDING, params).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// Facts that neither have a seal nor wait for one, at most `limit`.
    ///
    /// # Errors
    /// The database's.
    pub async fn strays(&mut self, limit: i64) -> Result<Vec<Uuid>> {
        let params: &bailiwick_pg::Params<'_> = &[&self.chain.uuid(), &limit];
        let rows = self.tx.query(&STRAY, params).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// Where the chain ends, as its head says.
    ///
    /// # Errors
    /// The database's.
    pub async fn head(&mut self) -> Result<Option<Head>> {
        let row = self.tx.query_opt(&HEAD, &[&self.chain.uuid()]).await?;
        row.map(|row| decode_head(&row, 0)).transpose()
    }

    /// What is left of the chain, where it was removed.
    ///
    /// # Errors
    /// The database's.
    pub async fn tombstone(&mut self) -> Result<Option<Tombstone>> {
        let row = self.tx.query_opt(&TOMBSTONE, &[&self.chain.uuid()]).await?;
        row.map(|row| decode_tombstone(self.chain, &row))
            .transpose()
    }
}

fn judge(keys: &Keys, row: &Row) -> Result<(Uuid, Checked)> {
    let entry: Entry = read::decode(row, 0)?;
    let columns = Columns {
        id: entry.id.uuid(),
        tenant: row.try_get(12)?,
        at: entry.at,
        origin: &entry.origin,
        actor: entry.actor.map(Into::into),
        impersonator: entry.impersonator.as_deref(),
        action: &entry.action,
        object_type: &entry.object_type,
        object_id: &entry.object_id,
        before: entry.before.as_ref(),
        after: entry.after.as_ref(),
        request: entry.request.map(Into::into),
        address: entry.address.as_deref(),
    };
    let (key_id, mac): (Option<String>, Option<Vec<u8>>) = (row.try_get(13)?, row.try_get(14)?);
    let mac = Mac {
        key_id: key_id.unwrap_or_default(),
        bytes: mac.unwrap_or_default(),
    };
    let checked = Checked {
        is_genuine: keys.verify(Purpose::Fact, &columns.encode(), &mac),
        mac: mac.bytes,
    };
    Ok((columns.id, checked))
}

pub(super) fn decode_tombstone(chain: Chain, row: &Row) -> Result<Tombstone> {
    Ok(Tombstone {
        chain,
        head: decode_head(row, 0)?,
        removed_at: row.try_get(3)?,
        mac: Mac {
            key_id: row.try_get(4)?,
            bytes: row.try_get(5)?,
        },
        unsealed: row.try_get(6)?,
        reason: row.try_get(7)?,
    })
}
