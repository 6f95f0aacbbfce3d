//! What `docs/guides/scale.md` demands of a Citus cluster: read as [`Facts`], judged by
//! [`judge::judge`] without a database, and tried with a row by [`probe::probe`].

pub mod judge;
mod look;
pub mod probe;

use bailiwick_pg::{Pool, sql};
use serde::Deserialize;

use crate::{Result, Store};

sql! {
    /// Which Citus there is, who asks, and whether every schema that they make would be distributed.
    INSTALLED() = "
        select (select e.extversion from pg_catalog.pg_extension e where e.extname = 'citus'),
               current_user::text, coalesce(current_setting('citus.enable_schema_based_sharding', true), 'off') = 'on'";
}

/// Tables of `control` that are written in one transaction with tenants' rows, and so commit with
/// them. `control.changes` is none of these: it is written by a trigger of `control.audit`, is part
/// of the coordinator's own commit with it, and holds hints that may be lost.
pub const MANAGED: [&str; 4] = [
    "control.audit",
    "control.audit_pending",
    "control.idempotency",
    "control.jobs",
];

/// The roles, which every node must have.
pub const ROLES: [&str; 4] = [
    "bailiwick_app",
    "bailiwick_owner",
    "bailiwick_retention",
    "bailiwick_ro",
];

/// What a cluster is like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The version of the extension in this database; none where it is not installed, and then
    /// nothing else is known.
    pub version: Option<String>,
    /// Roles whose connections do not lead to the coordinator. Where there are any, nothing of what
    /// follows but `sharding` is known.
    pub astray: Vec<String>,
    /// Roles for which every schema that they make is distributed.
    pub sharding: Vec<String>,
    /// The nodes that the coordinator knows.
    pub nodes: Vec<Node>,
    /// Tables of `control` that Citus manages.
    pub managed: Vec<String>,
    /// Schemas that are distributed.
    pub distributed: Vec<String>,
    /// Schemas of tenants' own in which somebody lives.
    pub homes: Vec<String>,
    /// Tables of distributed schemas of which rows lie on the coordinator's disk, hidden.
    pub hidden: Vec<String>,
    /// What failed moves left behind, in pieces.
    pub orphans: i64,
}

impl Facts {
    /// Whether every node answers, so that a row can be tried.
    #[must_use]
    pub fn is_reachable(&self) -> bool {
        let is_there = |node: &Node| node.is_active && node.seen.is_ok();
        self.astray.is_empty() && self.nodes.iter().all(is_there)
    }
}

/// A node of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its number.
    pub id: i32,
    /// Host and port, as the others reach it.
    pub name: String,
    /// Whether it is the coordinator.
    pub is_coordinator: bool,
    /// Whether it takes part.
    pub is_active: bool,
    /// What it says of itself to the owner's role, or why it says nothing.
    pub seen: Result<Seen, String>,
}

/// What a node says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// The extension's version.
    pub citus: Option<String>,
    /// Whether everybody may use the schema `public`, or make things there.
    pub is_public_open: bool,
    /// `max_prepared_transactions`.
    pub prepared_max: i64,
    /// `wal_level`.
    pub wal_level: String,
    /// Those of [`ROLES`] that are there.
    pub roles: Vec<Role>,
}

/// A role on a node.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Superuser.
    pub is_super: bool,
    /// Row-level security means nothing to it.
    pub is_bypassing: bool,
    /// What forced policies would hide from it is an error.
    pub is_told: bool,
}

async fn version(pool: &Pool) -> Result<Option<String>> {
    pool.query_one(&INSTALLED, &[]).await?.try_get(0)
}

/// Looks at a cluster, and changes nothing. Where Citus is not installed that is all that is known.
///
/// # Errors
/// The database's; an answer of a node that cannot be read.
pub async fn facts(owner: &Pool, store: &Store) -> Result<Facts> {
    let mut facts = Facts::default();
    for pool in [owner, store.pool()] {
        let row = pool.query_one(&INSTALLED, &[]).await?;
        facts.version = row.try_get(0)?;
        if row.try_get::<_, bool>(2)? {
            facts.sharding.push(row.try_get(1)?);
        }
        if facts.version.is_some() && !look::is_coordinator(pool).await? {
            facts.astray.push(row.try_get(1)?);
        }
    }
    // A worker knows of all of this nothing, or another thing.
    if facts.version.is_some() && facts.astray.is_empty() {
        look::look(owner, &mut facts).await?;
    }
    Ok(facts)
}
