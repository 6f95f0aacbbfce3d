//! Machines, and which of them a machine may present its tokens to.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::Page;
use crate::error::Result;

/// A row of `idp.machines`.
#[derive(Clone, Debug)]
pub struct Machine {
    /// `mch_…`.
    pub id: String,
    /// For people.
    pub name: String,
    /// How long its tokens live where nothing else is said, in seconds.
    pub default_token_ttl: i64,
    /// Which of its secrets is the current one.
    pub generation: i64,
    /// SHA-256 of the current secret.
    pub secret_digest: String,
    /// SHA-256 of the one before, while that is still good.
    pub previous_digest: Option<String>,
    /// Until when it is.
    pub previous_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl Machine {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            name: row.get("name"),
            default_token_ttl: row.get("default_token_ttl"),
            generation: row.get("generation"),
            secret_digest: row.get("secret_digest"),
            previous_digest: row.get("previous_digest"),
            previous_until: row.get("previous_until"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// A new machine.
    INSERT_MACHINE(TEXT, TEXT, INT8, INT8, TEXT, TIMESTAMPTZ) = "
        insert into idp.machines
            (id, name, default_token_ttl, generation, secret_digest, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    /// Machines by id.
    LOAD_MACHINES(TEXT_ARRAY) = "
        select id, name, default_token_ttl, generation, secret_digest, previous_digest,
               previous_until, created_at, updated_at
        from idp.machines where id = any($1) order by created_at, id";
    /// A machine, locked until the transaction's end.
    FIND_MACHINE_LOCKED(TEXT) = "
        select id, name, default_token_ttl, generation, secret_digest, previous_digest,
               previous_until, created_at, updated_at
        from idp.machines where id = $1 for update";
    /// The machine with that secret, or with that one before the current one.
    FIND_MACHINE_BY_SECRET(TEXT, TIMESTAMPTZ) = "
        select id from idp.machines
        where secret_digest = $1 or (previous_digest = $1 and previous_until > $2) limit 1";
    /// A page of the machines whose name or id matches.
    LIST_MACHINES(TEXT, TEXT, BOOL, INT8, INT8) = "
        select id, name, default_token_ttl, generation, secret_digest, previous_digest,
               previous_until, created_at, updated_at
        from idp.machines
        where $1 = '' or id = $1 or strpos(lower(name), lower($1)) > 0
        order by case when $2 = 'name' and $3 then lower(name) end desc,
                 case when $2 = 'name' and not $3 then lower(name) end,
                 case when $2 = 'created_at' and $3 then created_at end desc,
                 case when $2 = 'created_at' and not $3 then created_at end,
                 id
        limit $4 offset $5";
    /// How many match.
    COUNT_MACHINES(TEXT) = "
        select count(*) from idp.machines
        where $1 = '' or id = $1 or strpos(lower(name), lower($1)) > 0";
    /// All of a machine but the id and the time of creation.
    UPDATE_MACHINE(TEXT, TEXT, INT8, INT8, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.machines set name = $2, default_token_ttl = $3, generation = $4,
            secret_digest = $5, previous_digest = $6, previous_until = $7, updated_at = $8
        where id = $1";
    /// Gone, with its tokens, keys and scopes.
    DELETE_MACHINE(TEXT) = "delete from idp.machines where id = $1";
    /// Which machines these may present their tokens to.
    LIST_MACHINE_SCOPES(TEXT_ARRAY, INT8) = "
        select from_machine_id, to_machine_id from idp.machine_scopes
        where from_machine_id = any($1) order by from_machine_id, created_at, to_machine_id limit $2";
    /// Lets a machine present its tokens to another, which it may be allowed to already.
    INSERT_MACHINE_SCOPE(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.machine_scopes (from_machine_id, to_machine_id, created_at)
        values ($1, $2, $3)";
    /// Lets it no longer.
    DELETE_MACHINE_SCOPE(TEXT, TEXT) = "
        delete from idp.machine_scopes where from_machine_id = $1 and to_machine_id = $2";
}

/// The most scopes of one machine.
pub const SCOPES_MAX: usize = 150;
/// The most scopes that are read at once.
const MAX: i64 = 100_000;

/// Stores a new machine.
pub async fn insert(tx: &mut Tx, machine: &Machine) -> Result<()> {
    tx.execute(
        &INSERT_MACHINE,
        &[
            &machine.id,
            &machine.name,
            &machine.default_token_ttl,
            &machine.generation,
            &machine.secret_digest,
            &machine.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Machines by id, in the order of creation; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Machine>> {
    let rows = tx.query(&LOAD_MACHINES, &[&ids]).await?;
    Ok(rows.iter().map(Machine::read).collect())
}

/// The machine of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Machine>> {
    let row = tx.query_opt(&FIND_MACHINE_LOCKED, &[&id]).await?;
    Ok(row.as_ref().map(Machine::read))
}

/// The id of the machine whose secret has that digest at `now`.
pub async fn find_by_secret(tx: &mut Tx, digest: &str, now: Timestamp) -> Result<Option<String>> {
    let row = tx
        .query_opt(&FIND_MACHINE_BY_SECRET, &[&digest, &now])
        .await?;
    Ok(row.map(|row| row.get(0)))
}

/// A page of the machines whose name has `query` in it, and how many there are. `key` is
/// `created_at` or `name`.
pub async fn list(
    tx: &mut Tx,
    query: &str,
    key: &str,
    descending: bool,
    page: Page,
) -> Result<(Vec<Machine>, i64)> {
    let rows = tx
        .query(
            &LIST_MACHINES,
            &[&query, &key, &descending, &page.limit, &page.offset],
        )
        .await?;
    let count = tx.query_one(&COUNT_MACHINES, &[&query]).await?;
    Ok((rows.iter().map(Machine::read).collect(), count.get(0)))
}

/// Saves a locked machine and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, machine: &mut Machine, now: Timestamp) -> Result<()> {
    machine.updated_at = super::after(machine.updated_at, now);
    tx.execute(
        &UPDATE_MACHINE,
        &[
            &machine.id,
            &machine.name,
            &machine.default_token_ttl,
            &machine.generation,
            &machine.secret_digest,
            &machine.previous_digest,
            &machine.previous_until,
            &machine.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes a machine with its tokens, keys and scopes; whether it was there.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_MACHINE, &[&id]).await? > 0)
}

/// `(from, to)`: which machines these may present their tokens to.
pub async fn scopes(tx: &mut Tx, ids: &[String]) -> Result<Vec<(String, String)>> {
    let rows = tx.query(&LIST_MACHINE_SCOPES, &[&ids, &MAX]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Lets a machine present its tokens to another.
pub async fn insert_scope(tx: &mut Tx, from: &str, to: &str, now: Timestamp) -> Result<()> {
    tx.execute(&INSERT_MACHINE_SCOPE, &[&from, &to, &now])
        .await?;
    Ok(())
}

/// Lets it no longer; whether it did before.
pub async fn delete_scope(tx: &mut Tx, from: &str, to: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_MACHINE_SCOPE, &[&from, &to]).await? > 0)
}
