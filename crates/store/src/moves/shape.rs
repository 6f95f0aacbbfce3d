//! What a tenant's tables look like, read from the catalog: a table that a migration or a product's
//! module adds is moved without being named anywhere.

use std::collections::BTreeSet;

use bailiwick_pg::{Row, Schema, Tx, sql};

use crate::{Error, Result};

sql! {
    /// The tables of a schema: names quoted where they must be, columns that are stored, the key
    /// after the tenant with its types, the tables that a row points to, whether it is captured.
    TABLES(TEXT) = "
        select quote_ident(c.relname),
               array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                     order by a.attname) as columns,
               array(select quote_ident(a.attname)
                     from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                     where a.attname <> 'tenant_id' order by k.place) as key,
               array(select pg_catalog.format_type(a.atttypid, a.atttypmod)
                     from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
                     join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                     where a.attname <> 'tenant_id' order by k.place) as types,
               array(select quote_ident(f.relname) from pg_catalog.pg_constraint k
                     join pg_catalog.pg_class f on f.oid = k.confrelid
                     where k.conrelid = c.oid and k.contype = 'f' order by 1) as parents,
               exists (select 1 from pg_catalog.pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal
                       and g.tgenabled = 'O' and g.tgname = 'capture_' || c.relname
                       and g.tgfoid = 'control.capture'::regproc) as captured
        from pg_catalog.pg_class c
        left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisprimary
        where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p') and not c.relispartition
          and c.relname <> 'move_log' and c.relname not like 'schema\\_migrations%'
        order by c.relname limit 10000";
}

/// One table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its name, quoted where it must be.
    pub name: String,
    /// Its stored columns.
    pub columns: Vec<String>,
    /// The columns of its key after `tenant_id`, and their types.
    pub key: Vec<(String, String)>,
    parents: Vec<String>,
    captured: bool,
}

/// The tables of `schema`, those that others point to first.
///
/// # Errors
/// The database's; a table that cannot be moved, with what mends it.
pub async fn tables(tx: &mut Tx, schema: &Schema) -> Result<Vec<Table>> {
    let rows = tx.query(&TABLES, &[&schema.as_str()]).await?;
    let tables: Vec<Table> = rows.iter().map(decode).collect::<Result<_>>()?;
    for table in &tables {
        movable(schema, table)?;
    }
    in_order(tables)
}

fn decode(row: &Row) -> Result<Table> {
    let key: Vec<String> = row.try_get(2)?;
    let types: Vec<String> = row.try_get(3)?;
    Ok(Table {
        name: row.try_get(0)?,
        columns: row.try_get(1)?,
        key: key.into_iter().zip(types).collect(),
        parents: row.try_get(4)?,
        captured: row.try_get(5)?,
    })
}

fn movable(schema: &Schema, table: &Table) -> Result<()> {
    let Table { name, key, .. } = table;
    let what = if key.is_empty() {
        "has no primary key that tenant_id leads, of more than tenant_id"
    } else if !table.captured {
        "has no trigger capture_<table>, as control.capture() asks for it"
    } else {
        return Ok(());
    };
    Err(Error::Config(format!(
        "{schema}.{name} {what}: it cannot be moved"
    )))
}

/// Parents before children. A table may point to itself only where its rows come in any order.
fn in_order(tables: Vec<Table>) -> Result<Vec<Table>> {
    let mut placed: BTreeSet<String> = BTreeSet::new();
    let mut ordered = Vec::with_capacity(tables.len());
    let mut left = tables;
    while !left.is_empty() {
        let (ready, waiting): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|table| table.parents.iter().all(|parent| placed.contains(parent)));
        if ready.is_empty() {
            let names: Vec<_> = waiting.into_iter().map(|table| table.name).collect();
            return Err(Error::Config(format!(
                "foreign keys of {} form a circle: they cannot be moved",
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
mod tests {
    use super::*;

    fn table(name: &str, parents: &[&str]) -> Table {
        Table {
            name: name.to_owned(),
            columns: Vec::new(),
            key: Vec::new(),
            parents: parents.iter().map(|&name| name.to_owned()).collect(),
            captured: true,
        }
    }

    #[test]
    fn parents_come_first() {
        let tables = vec![table("a", &["b", "c"]), table("b", &["c"]), table("c", &[])];
        let names: Vec<_> = in_order(tables).unwrap();
        let names: Vec<_> = names.iter().map(|table| table.name.as_str()).collect();
        assert_eq!(names, ["c", "b", "a"]);
    }

    #[test]
    fn a_circle_is_refused() {
        let circle = vec![table("a", &["b"]), table("b", &["a"])];
        assert!(in_order(circle).is_err());
        assert!(in_order(vec![table("a", &["a"])]).is_err());
    }
}
