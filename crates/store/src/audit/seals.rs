//! Sealing: what has committed is taken out of `audit_pending` and tied to the end of its chain.
//!
//! Facts become visible in the order of commits and not of their ids, so the order of a chain is the
//! order in which they are sealed. One transaction takes them, links them and moves the heads: a
//! process that dies in it has done nothing. Two servers do not seal at once; were the lock not
//! there, the key of `audit_seals` would let one of them win. A chain whose head is not where it
//! ends was tampered with: it is left alone and the others go on.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_kernel::Env;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use super::fact::required;
use super::keys::{Keys, Mac};
use super::link::{Chain, Head, Link};
use crate::{Result, Store};

/// Facts that one transaction seals at most.
pub const BATCH: i64 = 2_000;
/// Heads that are published at once.
const PUBLISH_LIMIT: i64 = 200;

sql! {
    /// Whether nobody else seals just now.
    LOCK() = "select pg_catalog.pg_try_advisory_xact_lock(hashtextextended('bailiwick.audit.seal', 0))";
    /// Takes what waits, the oldest first. Rows of a tenant that is being removed are passed over.
    TAKE(INT8, UUID_ARRAY) = "
        delete from control.audit_pending p using (
          select audit_id from control.audit_pending where chain <> all($2)
          order by audit_id limit $1 for update skip locked) c
        where p.audit_id = c.audit_id returning p.chain, p.audit_id, p.mac";
    /// Where these chains stand.
    HEADS(UUID_ARRAY, INT8) = "
        select chain, number, total, head from control.audit_heads where chain = any($1) limit $2";
    /// A new link, and the head moves to it: only from the link before.
    APPEND(UUID, INT8, UUID_ARRAY, INT8, BYTEA, TIMESTAMPTZ, TEXT, BYTEA) = "
        with link as (
          insert into control.audit_seals (chain, number, facts, total, head, sealed_at, key_id, mac)
          values ($1, $2, $3, $4, $5, $6, $7, $8))
        insert into control.audit_heads as h (chain, number, total, head) values ($1, $2, $4, $5)
        on conflict (chain) do update set number = $2, total = $4, head = $5 where h.number = $2 - 1";
    /// Last links that are not outside yet.
    UNPUBLISHED(INT8) = "
        select h.chain, s.number, s.total, s.head, s.sealed_at, s.key_id, s.mac,
               p.number, p.total, p.head, p.sealed_at, p.key_id, p.mac
        from control.audit_heads h
        join control.audit_seals s on s.chain = h.chain and s.number = h.number
        left join control.audit_seals p on p.chain = h.chain and p.number = h.published
        where h.number > h.published order by h.chain limit $1";
    /// Links of a chain, by their numbers.
    LINKS_AT(UUID, INT8_ARRAY) = "
        select number, total, head, sealed_at, key_id, mac from control.audit_seals
        where chain = $1 and number = any($2) limit 100";
    /// This one is.
    MARK(UUID, INT8) = "
        update control.audit_heads set published = $2 where chain = $1 and published < $2";
}

/// A last link that is not outside yet.
#[derive(Debug, Clone)]
pub struct Unpublished {
    /// The link.
    pub link: Link,
    /// The one that is, where there is one.
    pub before: Option<Link>,
}

/// What sealing came to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Facts that have a seal now.
    pub facts: usize,
    /// Chains that do not end where their heads say; their facts wait.
    pub broken: BTreeSet<Chain>,
}

impl Store {
    /// Seals what has committed and waits, at most [`BATCH`] facts; none also where another server
    /// is at it.
    ///
    /// # Errors
    /// The database's; there are no keys.
    pub async fn seal(&self, env: &Env) -> Result<Sealed> {
        let keys = required(self.keys())?;
        let mut sealed = Sealed::default();
        loop {
            match self.seal_but(keys, env.now(), &sealed.broken).await? {
                Ok(facts) => {
                    sealed.facts = facts;
                    return Ok(sealed);
                }
                Err(Broken(chain)) => sealed.broken.insert(chain),
            };
        }
    }

    /// One transaction over all chains but these.
    async fn seal_but(
        &self,
        keys: &Keys,
        now: Timestamp,
        broken: &BTreeSet<Chain>,
    ) -> Result<Result<usize, Broken>> {
        let mut tx = self.control().await?;
        if !tx.query_one(&LOCK, &[]).await?.try_get::<_, bool>(0)? {
            return Ok(Ok(0));
        }
        let taken = take(&mut tx, broken).await?;
        let count = taken.values().map(Vec::len).sum();
        if count == 0 {
            return Ok(Ok(0));
        }
        let mut heads = heads(&mut tx, &taken).await?;
        for (chain, facts) in &taken {
            let head = heads.remove(chain).unwrap_or_else(Head::start);
            let pairs = facts.iter().map(|(id, mac)| (*id, mac.as_slice()));
            let link = Link::sign(keys, *chain, head.after(*chain, pairs), now);
            let ids: Vec<Uuid> = facts.iter().map(|(id, _)| *id).collect();
            if !append(&mut tx, &link, &ids).await? {
                return Ok(Err(Broken(*chain)));
            }
        }
        tx.commit().await?;
        Ok(Ok(count))
    }

    /// Last links that are not outside yet, some of them.
    ///
    /// # Errors
    /// The database's.
    pub async fn unpublished(&self) -> Result<Vec<Unpublished>> {
        let rows = self.app.query(&UNPUBLISHED, &[&PUBLISH_LIMIT]).await?;
        let unpublished = |row: &Row| {
            let chain = Chain::from(row.try_get::<_, Uuid>(0)?);
            let before = row.try_get::<_, Option<i64>>(7)?;
            let before = before.map(|_| decode_link(chain, row, 7)).transpose()?;
            let link = decode_link(chain, row, 1)?;
            Ok(Unpublished { link, before })
        };
        rows.iter().map(unpublished).collect()
    }

    /// The links of a chain with these numbers, a hundred at most; unknown ones are absent.
    ///
    /// # Errors
    /// The database's.
    pub async fn links_at(&self, chain: Chain, numbers: &[i64]) -> Result<Vec<Link>> {
        let rows = self
            .app
            .query(&LINKS_AT, &[&chain.uuid(), &numbers])
            .await?;
        rows.iter().map(|row| decode_link(chain, row, 0)).collect()
    }

    /// Notes that a link is outside.
    ///
    /// # Errors
    /// The database's.
    pub async fn mark_published(&self, link: &Link) -> Result<()> {
        let (chain, number) = (link.chain.uuid(), link.head.number);
        self.app.execute(&MARK, &[&chain, &number]).await?;
        Ok(())
    }
}

/// The chain does not end where its head says.
struct Broken(Chain);

type Taken = BTreeMap<Chain, Vec<(Uuid, Vec<u8>)>>;

async fn take(tx: &mut Tx, but: &BTreeSet<Chain>) -> Result<Taken> {
    let but: Vec<Uuid> = but.iter().map(|chain| chain.uuid()).collect();
    let mut taken = Taken::new();
    for row in tx.query(&TAKE, &[&BATCH, &but]).await? {
        let chain = Chain::from(row.try_get::<_, Uuid>(0)?);
        let fact = (row.try_get(1)?, row.try_get(2)?);
        taken.entry(chain).or_default().push(fact);
    }
    for facts in taken.values_mut() {
        facts.sort_unstable_by_key(|(id, _)| *id);
    }
    Ok(taken)
}

async fn heads(tx: &mut Tx, taken: &Taken) -> Result<BTreeMap<Chain, Head>> {
    let chains: Vec<Uuid> = taken.keys().map(|chain| chain.uuid()).collect();
    let rows = tx.query(&HEADS, &[&chains, &BATCH]).await?;
    let head = |row: &Row| {
        let chain = Chain::from(row.try_get::<_, Uuid>(0)?);
        Ok((chain, decode_head(row, 1)?))
    };
    rows.iter().map(head).collect()
}

/// Adds a link; `false` where the chain has it already, or its head is elsewhere.
async fn append(tx: &mut Tx, link: &Link, facts: &[Uuid]) -> Result<bool> {
    let Head {
        number,
        total,
        hash,
    } = &link.head;
    let Mac { key_id, bytes } = &link.mac;
    let (chain, at) = (link.chain.uuid(), link.sealed_at);
    let moved = tx
        .execute(
            &APPEND,
            &[&chain, number, &facts, total, hash, &at, key_id, bytes],
        )
        .await;
    match moved {
        Err(error) if error.constraint() == Some("audit_seals_pkey") => Ok(false),
        moved => Ok(moved? == 1),
    }
}

/// A head in the columns from `at` on.
pub(super) fn decode_head(row: &Row, at: usize) -> Result<Head> {
    Ok(Head {
        number: row.try_get(at)?,
        total: row.try_get(at + 1)?,
        hash: row.try_get(at + 2)?,
    })
}

/// A link in the columns from `at` on.
pub(super) fn decode_link(chain: Chain, row: &Row, at: usize) -> Result<Link> {
    Ok(Link {
        chain,
        head: decode_head(row, at)?,
        sealed_at: row.try_get::<_, Timestamp>(at + 3)?,
        mac: Mac {
            key_id: row.try_get(at + 4)?,
            bytes: row.try_get(at + 5)?,
        },
    })
}
