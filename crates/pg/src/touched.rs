//! Which tables of tenants a connection has touched: its backend keeps what it knows of each for as
//! long as it lives.

use std::collections::HashSet;

use crate::{Schema, Statement};

/// Tables by schema and name.
#[derive(Default)]
pub(crate) struct Touched(HashSet<(Schema, &'static str)>);

impl Touched {
    /// Notes the tables of a statement. What its triggers and foreign keys look at is not seen from
    /// here; the tables of one tenant are few, and come up by themselves.
    pub fn note(&mut self, statement: &'static Statement, schema: &Schema) {
        for table in tables(statement.sql) {
            self.0.insert((schema.clone(), table));
        }
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// The names behind each `{t}.` of a text.
fn tables(sql: &'static str) -> impl Iterator<Item = &'static str> {
    sql.split("{t}.").skip(1).map(|rest| {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    static JOINED: Statement = Statement {
        name: "JOINED",
        sql: "select 1 from {t}.projects p join {t}.members m using (id) where exists (select 1 from {t}.projects)",
        params: &[],
    };

    #[test]
    fn a_table_counts_once_for_each_schema() {
        let mut touched = Touched::default();
        let schema = |name| Schema::new(name).unwrap();
        for (name, expected) in [("tenant_a", 2), ("tenant_a", 2), ("tenant_b", 4)] {
            touched.note(&JOINED, &schema(name));
            assert_eq!(touched.count(), expected, "{name}");
        }
    }
}
