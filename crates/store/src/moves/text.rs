//! Statements over a table that was read from the catalog. Names come quoted from the server;
//! values are parameters. `$1` is the tenant.
//!
//! The statistics of a table that was just filled may say that the tenant has one row or none; then
//! all indexes that begin with the tenant cost the same, and one that does not hold the key may be
//! taken, which reads all of the tenant's rows for each batch, or for each key. So whatever is looked
//! up is asked for in the order of the key, which the key's index alone gives without sorting; and a
//! move's transactions do not sort.
//!
//! `insert … select` names its columns, reads another schema than it writes, and returns what it
//! wrote: so it runs on Citus too.

use bailiwick_pg::Schema;

use crate::tables::Table;

/// Whether a range has a key that it begins after, and one that it ends with.
pub(super) type Bounds = (bool, bool);

/// Columns and keys of a table as they stand in SQL text.
impl Table {
    /// `a, b, c`.
    fn columns(&self) -> String {
        self.columns.join(", ")
    }

    /// `t.k1, t.k2`.
    fn keys(&self, of: &str) -> String {
        let keys: Vec<_> = self.key.iter().map(|k| format!("{of}{k}")).collect();
        keys.join(", ")
    }

    /// `s.k1::text, s.k2::text`: a key as it is kept.
    fn keys_as_text(&self) -> String {
        let keys: Vec<_> = self.key.iter().map(|k| format!("s.{k}::text")).collect();
        keys.join(", ")
    }

    /// `($2[1]::uuid, $2[2]::int)` of the parameter `at`.
    fn bound(&self, at: u32) -> String {
        let parts: Vec<_> = (1..)
            .zip(&self.key_types)
            .map(|(place, ty)| format!("(${at}::text[])[{place}]::{ty}"))
            .collect();
        format!("({})", parts.join(", "))
    }

    /// Keys after `$2` and up to `$3`, those of them that there are. What is missing does not stand
    /// in the text: a plan that is made once for all pieces has to know what it looks up.
    fn range(&self, (after, upto): Bounds, of: &str) -> String {
        let keys = self.keys(of);
        let after = after.then(|| format!("({keys}) > {}", self.bound(2)));
        let upto = upto.then(|| format!("({keys}) <= {}", self.bound(3)));
        let all: Vec<_> = after.into_iter().chain(upto).collect();
        if all.is_empty() {
            "true".to_owned()
        } else {
            all.join(" and ")
        }
    }

    /// `unnest($2::text[]::uuid[], …) p … lateral (… limit 1) s`: the rows whose keys were given, a
    /// parameter a column, each looked up by itself. The cast is of the parameter: one of the column
    /// may leak what it sees, so the row policies would have to come first, and with them every row
    /// of the tenant.
    fn picked(&self, of: &Schema) -> String {
        let (mut arrays, mut names) = (Vec::new(), Vec::new());
        for (place, ty) in (2..).zip(&self.key_types) {
            arrays.push(format!("${place}::text[]::{ty}[]"));
            names.push(format!("k{place}"));
        }
        let given: Vec<_> = names.iter().map(|name| format!("p.{name}")).collect();
        format!(
            "unnest({}) as p ({}) cross join lateral ({}) s",
            arrays.join(", "),
            names.join(", "),
            self.one("x.*", of, &format!("({})", given.join(", ")))
        )
    }

    /// `select … from t x … limit 1`: what is asked for of the row with a key.
    fn one(&self, what: &str, of: &Schema, key: &str) -> String {
        let (name, keys) = (&self.name, self.keys("x."));
        format!(
            "select {what} from {of}.{name} x where x.tenant_id = $1 \
             and ({keys}) >= {key} and ({keys}) <= {key} order by {keys} limit 1"
        )
    }

    /// `select … from t s … order by …`: what is asked for of the rows after `$2` and up to `$3`.
    fn some(&self, what: &str, of: &Schema, bounds: Bounds) -> String {
        let (name, keys, range) = (&self.name, self.keys("s."), self.range(bounds, "s."));
        format!(
            "select {what} from {of}.{name} s where s.tenant_id = $1 and {range} order by {keys} offset 0"
        )
    }

    fn merge(&self) -> String {
        let is_key = |column: &&String| *column == "tenant_id" || self.key.contains(column);
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

    /// The place and the key of each `$3`rd of `$4` rows after `$2`: where pieces end. Fewer: the rows
    /// are fewer.
    pub(super) fn ends(&self, from: &Schema, is_after: bool) -> String {
        let (name, text) = (&self.name, self.keys_as_text());
        let (keys, range) = (self.keys("s."), self.range((is_after, false), "s."));
        format!(
            "select place, key from (select array[{text}] as key, row_number() over (order by {keys}) as place \
             from {from}.{name} s where s.tenant_id = $1 and {range} \
             order by {keys} limit $4) k where place % $3 = 0"
        )
    }

    /// Copies the rows after `$2` and up to `$3`.
    pub(super) fn copy(&self, from: &Schema, to: &Schema, bounds: Bounds) -> String {
        let (name, columns, merge) = (&self.name, self.columns(), self.merge());
        let rows = self.some(&columns, from, bounds);
        format!("insert into {to}.{name} ({columns}) {rows} {merge} returning 1")
    }

    /// Which of the given keys there are.
    pub(super) fn present(&self, from: &Schema) -> String {
        let (text, picked) = (self.keys_as_text(), self.picked(from));
        format!("select array[{text}] from {picked}")
    }

    /// Copies the rows of the given keys.
    pub(super) fn refresh(&self, from: &Schema, to: &Schema) -> String {
        let (name, columns, picked, merge) =
            (&self.name, self.columns(), self.picked(from), self.merge());
        let read: Vec<_> = self.columns.iter().map(|c| format!("s.{c}")).collect();
        format!(
            "insert into {to}.{name} ({columns}) select {} from {picked} {merge} returning 1",
            read.join(", ")
        )
    }

    /// Deletes the row with the key `$2`.
    pub(super) fn remove(&self, to: &Schema) -> String {
        let (keys, bound) = (self.keys("d."), self.bound(2));
        let place = self.one("x.ctid as place", to, &bound);
        self.delete(to, &place, &format!("({keys}) = {bound}"))
    }

    /// Deletes the rows at the places that are asked for, which `mine` says once more: in a table of
    /// several partitions a place is not one row's.
    fn delete(&self, of: &Schema, places: &str, mine: &str) -> String {
        format!(
            "delete from {of}.{} d using ({places}) g \
             where d.ctid = g.place and d.tenant_id = $1 and {mine}",
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
    pub(super) fn sum_of_range(&self, of: &Schema, bounds: Bounds) -> String {
        let (sum, rows) = (self.sum(), self.some("s.*", of, bounds));
        format!("select {sum} from ({rows}) s")
    }

    /// The same of the given keys.
    pub(super) fn sum_of_keys(&self, of: &Schema) -> String {
        let (sum, picked) = (self.sum(), self.picked(of));
        format!("select {sum} from {picked}")
    }

    /// All that looks rows up by `$2` and `$3`, for the test of its plans.
    #[must_use]
    pub fn lookups(&self, from: &Schema, to: &Schema) -> Vec<String> {
        let both = (true, true);
        vec![
            self.ends(from, true),
            self.copy(from, to, both),
            self.present(from),
            self.refresh(from, to),
            self.remove(from),
            self.sum_of_range(from, both),
            self.sum_of_keys(from),
            self.clear(from, both),
        ]
    }

    /// How many rows the tenant has.
    pub(super) fn count(&self, of: &Schema) -> String {
        format!(
            "select count(1) from {of}.{} where tenant_id = $1",
            self.name
        )
    }

    /// Deletes the rows after `$2` and up to `$3`.
    pub(super) fn clear(&self, of: &Schema, bounds: Bounds) -> String {
        let places = self.some("s.ctid as place", of, bounds);
        self.delete(of, &places, &self.range(bounds, "d."))
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
