//! What must hold in the database before the server starts. What is wrong is named with the
//! statement that mends it.

use bailiwick_pg::{migrate, sql};

use crate::migrations::SHARED;
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
    /// Tables of the shared schema that are no tenant's: without the column, or with another policy
    /// than the one. What a migration makes there it makes in every schema.
    OPEN(TEXT, TEXT) = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        where c.relnamespace = to_regnamespace($1) and c.relkind not in ('i', 'I', 't')
          and c.relname not like 'schema\\_migrations%'
          and not (c.relkind in ('r', 'p') and c.relrowsecurity and c.relforcerowsecurity
            and (select count(*) = 1 and bool_and(p.polcmd not in ('r', 'a', 'w', 'd') and p.polpermissive and p.polroles = '{0}'
                        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = $2
                        and pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = $2)
                 from pg_catalog.pg_policy p where p.polrelid = c.oid))
        order by 1 limit 5";
    /// Tables of tenants that we could empty, past every policy, or hang triggers on.
    EMPTIED(TEXT) = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        where c.relnamespace = to_regnamespace($1) and c.relkind in ('r', 'p')
          and has_table_privilege(c.oid, 'TRUNCATE, REFERENCES, TRIGGER') order by 1 limit 5";
}

/// What a policy of a tenant's table says, as PostgreSQL prints it.
const CONDITION: &str =
    "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";

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
        for row in self.pool().query(&OPEN, &[&SHARED, &CONDITION]).await? {
            let table: String = row.try_get(0)?;
            find(
                format!("{table} does not have the one policy of tenants' tables"),
                format!(
                    "create policy tenant_isolation on {table} using {CONDITION} with check {CONDITION}, \
                     and no other; a table of tenants has a column tenant_id"
                ),
            );
        }
        for row in self.pool().query(&EMPTIED, &[&SHARED]).await? {
            let table: String = row.try_get(0)?;
            find(
                format!("the role {role} may empty {table}: policies do not hold for that"),
                format!("revoke truncate, references, trigger on {table} from {role}"),
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
        let own = self.modules().iter();
        let own = own.map(|module| (SHARED, module.ledger(), module.migrations));
        let trees = [
            ("control", migrate::LEDGER.to_owned(), migrations::CONTROL),
            (SHARED, migrate::LEDGER.to_owned(), migrations::TENANT),
        ];
        for (schema, ledger, tree) in trees.into_iter().chain(own) {
            let known = migrate::versions_recorded_in(self.pool(), schema, &ledger).await?;
            if !migrate::is_current(&known, tree) {
                find(
                    format!(
                        "schema {schema} has {} of {} migrations ({ledger})",
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
