//! The tables of a tenant's schema as the catalog has them, ours and those of a product's modules:
//! for what is done with all of a tenant's rows at once.

use std::collections::BTreeSet;

use bailiwick_pg::{Row, Schema, Tx, sql};

use crate::{Error, Result};

sql! {
    /// The tables of a schema but for the ledgers of its migrations: name, stored columns, the key
    /// after `tenant_id`, what they point to, the types of the key, the columns that name a member,
    /// whether the rows are a tenant's, and whether their writing is captured. Names come quoted
    /// where they must be.
    LIST_OF_SCHEMA(TEXT) = "
        select quote_ident(c.relname),
               array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                     order by a.attnum),
               array(select quote_ident(a.attname) from unnest(i.indkey) with ordinality k (attnum, place)
                     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                     where a.attname <> 'tenant_id' order by k.place),
               array(select quote_ident(f.relname) from pg_catalog.pg_constraint k
                     join pg_catalog.pg_class f on f.oid = k.confrelid
                     where k.conrelid = c.oid and k.contype = 'f' order by 1),
               array(select pg_catalog.format_type(a.atttypid, a.atttypmod)
                     from unnest(i.indkey) with ordinality k (attnum, place)
                     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                     where a.attname <> 'tenant_id' order by k.place),
               array(select quote_ident(a.attname) from pg_catalog.pg_constraint k
                     join pg_catalog.pg_class f on f.oid = k.confrelid and f.relname = 'members'
                     cross join unnest(k.conkey, k.confkey) as p (mine, theirs)
                     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = p.mine
                     join pg_catalog.pg_attribute b on b.attrelid = f.oid and b.attnum = p.theirs and b.attname = 'id'
                     where k.conrelid = c.oid and k.contype = 'f' order by 1),
               exists (select 1 from pg_catalog.pg_attribute a
                       where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped),
               exists (select 1 from pg_catalog.pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal
                       and g.tgenabled = 'O' and g.tgname = 'capture_' || c.relname
                       and g.tgfoid = 'control.capture'::regproc)
        from pg_catalog.pg_class c
        left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
        where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname not like 'schema\\_migrations%'
        order by c.relname limit 10000";
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name, quoted where it must be.
    pub name: String,
    /// Its stored columns, each quoted where it must be.
    pub columns: Vec<String>,
    /// The columns of its key after `tenant_id`.
    pub key: Vec<String>,
    /// The types of those.
    pub key_types: Vec<String>,
    /// The columns that name a member.
    pub people: Vec<String>,
    /// Whether a move learns which of its rows are written.
    pub(crate) is_captured: bool,
    is_tenants: bool,
    parents: Vec<String>,
}

impl Table {
    /// Whether its rows point to rows of its own.
    pub(crate) fn is_its_own_parent(&self) -> bool {
        self.parents.contains(&self.name)
    }
}

/// The tables of `schema` whose rows are a tenant's, those that others point to first; none where
/// there is no such schema.
///
/// # Errors
/// The database's; foreign keys that form a circle over several tables.
pub async fn of_schema(tx: &mut Tx, schema: &Schema) -> Result<Vec<Table>> {
    let mut tables = all_of_schema(tx, schema).await?;
    tables.retain(|table| table.is_tenants);
    Ok(tables)
}

/// The same with those that somebody put there and whose rows are no tenant's.
///
/// # Errors
/// As there.
pub(crate) async fn all_of_schema(tx: &mut Tx, schema: &Schema) -> Result<Vec<Table>> {
    let rows = tx.query(&LIST_OF_SCHEMA, &[&schema.as_str()]).await?;
    in_order(rows.iter().map(decode).collect::<Result<_>>()?)
}

fn decode(row: &Row) -> Result<Table> {
    Ok(Table {
        name: row.try_get(0)?,
        columns: row.try_get(1)?,
        key: row.try_get(2)?,
        parents: row.try_get(3)?,
        key_types: row.try_get(4)?,
        people: row.try_get(5)?,
        is_tenants: row.try_get(6)?,
        is_captured: row.try_get(7)?,
    })
}

fn in_order(tables: Vec<Table>) -> Result<Vec<Table>> {
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(tables.len());
    let mut left = tables;
    while !left.is_empty() {
        let is_ready = |table: &Table| {
            let mut parents = table.parents.iter();
            parents.all(|parent| *parent == table.name || placed.contains(parent))
        };
        let (ready, waiting): (Vec<_>, Vec<_>) = left.into_iter().partition(is_ready);
        if ready.is_empty() {
            let names: Vec<_> = waiting.into_iter().map(|table| table.name).collect();
            return Err(Error::Config(format!(
                "foreign keys of {} form a circle",
                names.join(", ")
            )));
        }
        placed.extend(ready.iter().map(|table| table.name.clone()));
        ordered.extend(ready);
        left = waiting;
    }
    Ok(ordered)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn table(name: &str, parents: &[&str]) -> Table {
        Table {
            name: name.to_owned(),
            columns: Vec::new(),
            key: Vec::new(),
            key_types: Vec::new(),
            people: Vec::new(),
            is_captured: true,
            is_tenants: true,
            parents: parents.iter().map(|&name| name.to_owned()).collect(),
        }
    }

    #[test]
    fn what_others_point_to_comes_first_and_a_circle_is_refused() {
        let tables = vec![
            table("a", &["b", "c"]),
            table("b", &["b", "c"]),
            table("c", &[]),
        ];
        let ordered = in_order(tables).unwrap();
        let names: Vec<_> = ordered.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["c", "b", "a"]);
        assert!(in_order(vec![table("a", &["b"]), table("b", &["a"])]).is_err());
    }
}
