//! Which of a tenant's tables are moved: all that the catalog has, so that one which a migration or a
//! product's module adds is moved without being named anywhere.

use bailiwick_pg::{Schema, Tx};

use crate::tables::{self, Table};
use crate::{Error, Result};

/// The move's own table.
const LOG: &str = "move_log";

/// The tables of `schema`, those that others point to first.
///
/// # Errors
/// The database's; a table that cannot be moved, with what mends it.
pub async fn tables(tx: &mut Tx, schema: &Schema) -> Result<Vec<Table>> {
    let mut tables = tables::all_of_schema(tx, schema).await?;
    tables.retain(|table| table.name != LOG);
    for table in &tables {
        if let Some(what) = hindrance(table) {
            let name = &table.name;
            let text = format!("{schema}.{name} {what}: it cannot be moved");
            return Err(Error::Config(text));
        }
    }
    Ok(tables)
}

fn hindrance(table: &Table) -> Option<&'static str> {
    if table.key.is_empty() {
        Some("has no primary key that tenant_id leads, of more than tenant_id")
    } else if !table.is_captured {
        Some("has no trigger capture_<table>, as control.capture() asks for it")
    } else if table.is_its_own_parent() {
        Some("points to itself, and its rows are copied in the order of their keys")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::hindrance;
    use crate::tables::tests::table;

    #[test]
    fn what_cannot_be_moved_is_refused() {
        let mut fine = table("a", &["b"]);
        fine.key.push("id".to_owned());
        assert_eq!(hindrance(&fine), None);

        let mut keyless = fine.clone();
        keyless.key.clear();
        assert!(hindrance(&keyless).unwrap().contains("no primary key"));

        let mut silent = fine;
        silent.is_captured = false;
        assert!(hindrance(&silent).unwrap().contains("no trigger"));

        let mut circular = table("a", &["a"]);
        circular.key.push("id".to_owned());
        assert!(hindrance(&circular).unwrap().contains("points to itself"));
    }
}
