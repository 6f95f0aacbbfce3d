//! Statements over a table that was read from the catalog. Names come quoted from the server;
//! values are parameters. `$1` is the tenant.
//!
//! `insert … select` names its columns, reads another schema than it writes, and returns what it
//! wrote: so it runs on Citus too.

use bailiwick_pg::Schema;

use super::shape::Table;

/// Columns and keys of a table as they stand in SQL text.
impl Table {
    /// `a, b, c`.
    fn columns(&self) -> String {
        self.columns.join(", ")
    }

    /// `t.k1, t.k2`.
    fn keys(&self, of: &str) -> String {
        let keys: Vec<_> = self.key.iter().map(|(k, _)| format!("{of}{k}")).collect();
        keys.join(", ")
    }

    /// `s.k1::text, s.k2::text`: a key as it is kept.
    fn keys_as_text(&self) -> String {
        let keys: Vec<_> = self
            .key
            .iter()
            .map(|(k, _)| format!("s.{k}::text"))
            .collect();
        keys.join(", ")
    }

    /// `($2[1]::uuid, $2[2]::int)` of the parameter `at`.
    fn bound(&self, at: u32) -> String {
        let parts: Vec<_> = (1..)
            .zip(&self.key)
            .map(|(place, (_, ty))| format!("(${at}::text[])[{place}]::{ty}"))
            .collect();
        format!("({})", parts.join(", "))
    }

    /// Keys after `$2` and up to `$3`, each of which may be missing.
    fn range(&self) -> String {
        let (keys, after, upto) = (self.keys("s."), self.bound(2), self.bound(3));
        format!(
            "($2::text[] is null or ({keys}) > {after}) and ($3::text[] is null or ({keys}) <= {upto})"
        )
    }

    /// `join unnest($2::text[]::uuid[], …) …`: the rows whose keys were given, a parameter a column. The
    /// cast is of the parameter: one of the joined column may leak what it sees, so the row policies
    /// would have to come first, and with them every row of the tenant.
    fn picked(&self) -> String {
        let (mut arrays, mut names, mut equal) = (Vec::new(), Vec::new(), Vec::new());
        for (place, (key, ty)) in (2..).zip(&self.key) {
            arrays.push(format!("${place}::text[]::{ty}[]"));
            names.push(format!("k{place}"));
            equal.push(format!("s.{key} = p.k{place}"));
        }
        format!(
            "join unnest({}) as p ({}) on {}",
            arrays.join(", "),
            names.join(", "),
            equal.join(" and ")
        )
    }

    fn merge(&self) -> String {
        let is_key = |column: &&String| {
            *column == "tenant_id" || self.key.iter().any(|(key, _)| key == *column)
        };
        let sets: Vec<_> = self
            .columns
            .iter()
            .filter(|column| !is_key(column))
            .map(|column| format!("{column} = excluded.{column}"))
            .collect();
        let then = if sets.is_empty() {
            "nothing".to_owned()
        } else {
            format!("update set {}", sets.join(", "))
        };
        format!("on conflict (tenant_id, {}) do {then}", self.keys(""))
    }

    /// The key of the `$3`rd row after `$2`: where a batch ends. No row: fewer are left.
    pub(super) fn boundary(&self, from: &Schema) -> String {
        let (name, text, keys, after) = (
            &self.name,
            self.keys_as_text(),
            self.keys("s."),
            self.bound(2),
        );
        format!(
            "select array[{text}] from {from}.{name} s where s.tenant_id = $1 \
             and ($2::text[] is null or ({keys}) > {after}) order by {keys} offset $3 - 1 limit 1"
        )
    }

    /// Copies the rows after `$2` and up to `$3`.
    pub(super) fn copy(&self, from: &Schema, to: &Schema) -> String {
        let (name, columns, range, merge) =
            (&self.name, self.columns(), self.range(), self.merge());
        format!(
            "insert into {to}.{name} ({columns}) select {columns} from {from}.{name} s \
             where s.tenant_id = $1 and {range} {merge} returning 1"
        )
    }

    /// Which of the given keys there are.
    pub(super) fn present(&self, from: &Schema) -> String {
        let (name, text, picked) = (&self.name, self.keys_as_text(), self.picked());
        format!("select array[{text}] from {from}.{name} s {picked} where s.tenant_id = $1")
    }

    /// Copies the rows of the given keys.
    pub(super) fn refresh(&self, from: &Schema, to: &Schema) -> String {
        let (name, columns, picked, merge) =
            (&self.name, self.columns(), self.picked(), self.merge());
        format!(
            "insert into {to}.{name} ({columns}) select {columns} from {from}.{name} s {picked} \
             where s.tenant_id = $1 {merge} returning 1"
        )
    }

    /// Deletes the rows of the given keys.
    pub(super) fn remove(&self, to: &Schema) -> String {
        let picked = self.picked();
        // `join x on y` reads `using x where y` in a delete.
        let using = picked
            .replacen("join ", "using ", 1)
            .replacen(" on ", " where ", 1);
        format!(
            "delete from {to}.{} s {using} and s.tenant_id = $1",
            self.name
        )
    }

    fn sum(&self) -> String {
        let row: Vec<_> = self.columns.iter().map(|c| format!("s.{c}")).collect();
        format!(
            "count(1), coalesce(sum(hashtextextended(row({})::text, 0)), 0)::text",
            row.join(", ")
        )
    }

    /// How many rows there are after `$2` and up to `$3`, and the sum of their hashes.
    pub(super) fn sum_of_range(&self, of: &Schema) -> String {
        let (name, sum, range) = (&self.name, self.sum(), self.range());
        format!("select {sum} from {of}.{name} s where s.tenant_id = $1 and {range}")
    }

    /// The same of the given keys.
    pub(super) fn sum_of_keys(&self, of: &Schema) -> String {
        let (name, sum, picked) = (&self.name, self.sum(), self.picked());
        format!("select {sum} from {of}.{name} s {picked} where s.tenant_id = $1")
    }

    /// How many rows the tenant has.
    pub(super) fn count(&self, of: &Schema) -> String {
        format!(
            "select count(1) from {of}.{} where tenant_id = $1",
            self.name
        )
    }

    /// Deletes the rows after `$2` and up to `$3`.
    pub(super) fn clear(&self, of: &Schema) -> String {
        let (name, range) = (&self.name, self.range());
        format!("delete from {of}.{name} s where s.tenant_id = $1 and {range}")
    }
}

/// Takes `$2` noted keys out.
pub(super) fn take_noted(of: &Schema) -> String {
    format!(
        "delete from {of}.move_log where tenant_id = $1 and id in \
         (select id from {of}.move_log where tenant_id = $1 order by id limit $2) \
         returning table_name, key"
    )
}

/// The checksums of a schema's migrations in their order: its version.
pub(super) fn version(of: &Schema, ledger: &Schema) -> String {
    format!(
        "select coalesce(string_agg(checksum::text, ',' order by version), '') from {of}.{ledger}"
    )
}
