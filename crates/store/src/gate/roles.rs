//! The roles: who serves owns nothing and bypasses nothing, and who owns is told what forced
//! policies would hide from it.

use bailiwick_pg::sql;

use super::Finding;
use crate::{Result, Store};

sql! {
    /// The powers of the role that we are, and where it looks for what has no schema.
    ROLE() = "
        select rolname::text, rolsuper, rolbypassrls, rolcreaterole,
               has_database_privilege(current_database(), 'CREATE'), current_setting('search_path')
        from pg_catalog.pg_roles where rolname = current_user";
    /// Owners of our schemas to whom forced policies hide rows in silence.
    BLIND() = "
        select r.rolname::text from pg_catalog.pg_roles r
        where r.oid in (select n.nspowner from pg_catalog.pg_namespace n
            where n.nspname = 'control' or n.nspname like 'tenant\\_%')
          and not exists (select from pg_catalog.pg_db_role_setting s
            where s.setrole = r.oid and 'row_security=off' = any (s.setconfig)
              and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database())))
        order by 1 limit 5";
    /// Tables of facts that we could change.
    CHANGEABLE() = "
        select c.oid::regclass::text from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'control' and c.relname in ('audit', 'audit_seals', 'audit_tombstones')
          and has_table_privilege(c.oid, 'UPDATE, DELETE') order by 1 limit 5";
}

pub(super) async fn look(store: &Store) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let row = store.pool().query_one(&ROLE, &[]).await?;
    let role: String = row.try_get(0)?;
    for (column, power) in [(1, "SUPERUSER"), (2, "BYPASSRLS"), (3, "CREATEROLE")] {
        if row.try_get::<_, bool>(column)? {
            findings.push(Finding::refusal(
                format!(
                    "the role {role} of DATABASE_URL has {power}: row-level security would not hold"
                ),
                format!("alter role {role} no{}", power.to_lowercase()),
            ));
        }
    }
    if row.try_get::<_, bool>(4)? {
        findings.push(Finding::refusal(
            format!("the role {role} may create schemas"),
            format!("revoke create on database <name> from {role}"),
        ));
    }
    let search_path: &str = row.try_get(5)?;
    if !matches!(search_path, "" | "\"\"") {
        findings.push(Finding::refusal(
            format!(
                "the role {role} looks for tables in {search_path}: a statement that names no schema would find some"
            ),
            format!("alter role {role} set search_path = ''"),
        ));
    }
    for row in store.pool().query(&BLIND, &[]).await? {
        let owner: String = row.try_get(0)?;
        findings.push(Finding::refusal(
            format!("forced policies hide rows from the owner {owner} where they should stop it"),
            format!("alter role {owner} set row_security = off"),
        ));
    }
    for row in store.pool().query(&CHANGEABLE, &[]).await? {
        let table: String = row.try_get(0)?;
        findings.push(Finding::refusal(
            format!("the role {role} may change {table}: facts are only ever added"),
            format!("revoke update, delete on {table} from {role}"),
        ));
    }
    Ok(findings)
}
