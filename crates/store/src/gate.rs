//! What must hold in the database before the server starts. What is wrong is named with the
//! statement that mends it.

use bailiwick_pg::{migrate, sql};

use crate::{Result, Store, migrations};

sql! {
    /// The powers of the role that we are.
    ROLE() = "
        select rolname::text, rolsuper, rolbypassrls, rolcreaterole,
               has_database_privilege(current_database(), 'CREATE')
        from pg_catalog.pg_roles where rolname = current_user";
    /// Tables in our schemas that we own.
    OWNED() = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relkind in ('r', 'p')
          and pg_catalog.pg_has_role(current_user, c.relowner, 'USAGE') order by 1 limit 5";
    /// Tables of facts that we could change.
    CHANGEABLE() = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'control' and c.relname in ('audit', 'audit_seals', 'audit_tombstones')
          and has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') order by 1 limit 5";
    /// Tables that carry a tenant and do not force row-level security.
    UNFORCED() = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relkind in ('r', 'p')
          and not (c.relrowsecurity and c.relforcerowsecurity) order by 1 limit 5";
}

/// One thing that is wrong, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub problem: String,
    /// What to do: a statement or a command.
    pub remedy: String,
}

impl Store {
    /// Looks at roles, owners, forced policies and versions. Empty: the server may start.
    ///
    /// # Errors
    /// The database's.
    pub async fn gate(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut find = |problem: String, remedy: String| findings.push(Finding { problem, remedy });
        let row = self.pool().query_one(&ROLE, &[]).await?;
        let role: String = row.try_get(0)?;
        for (column, power) in [(1, "SUPERUSER"), (2, "BYPASSRLS"), (3, "CREATEROLE")] {
            if row.try_get::<_, bool>(column)? {
                find(
                    format!(
                        "the role {role} of DATABASE_URL has {power}: row-level security would not hold"
                    ),
                    format!("alter role {role} no{}", power.to_lowercase()),
                );
            }
        }
        if row.try_get::<_, bool>(4)? {
            find(
                format!("the role {role} may create schemas"),
                format!("revoke create on database <name> from {role}"),
            );
        }
        for row in self.pool().query(&OWNED, &[]).await? {
            let table: String = row.try_get(0)?;
            find(
                format!("the role {role} owns {table}: it could switch its policies off"),
                format!("alter table {table} owner to bailiwick_owner"),
            );
        }
        for row in self.pool().query(&CHANGEABLE, &[]).await? {
            let table: String = row.try_get(0)?;
            find(
                format!("the role {role} may change {table}: facts are only ever added"),
                format!("revoke update, delete, truncate on {table} from {role}"),
            );
        }
        for row in self.pool().query(&UNFORCED, &[]).await? {
            let table: String = row.try_get(0)?;
            find(
                format!("{table} carries tenant_id and does not force row-level security"),
                format!("alter table {table} enable row level security, force row level security"),
            );
        }
        findings.extend(self.behind().await?);
        Ok(findings)
    }

    /// Which of the schemas that everybody needs are not at our version. Cheap: two look-ups.
    ///
    /// # Errors
    /// The database's.
    pub async fn behind(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let mut find = |problem: String, remedy: String| findings.push(Finding { problem, remedy });
        let trees = [
            ("control", migrations::CONTROL),
            (migrations::SHARED, migrations::TENANT),
        ];
        for (schema, tree) in trees {
            let known = migrate::versions(self.pool(), schema).await?;
            if !migrate::is_current(&known, tree) {
                find(
                    format!(
                        "schema {schema} has {} of {} migrations",
                        known.len(),
                        tree.len()
                    ),
                    "bailiwick migrate".to_owned(),
                );
            }
        }
        Ok(findings)
    }
}
