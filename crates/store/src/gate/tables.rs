//! Every table of every tenant: its owner, its policy, who may do what policies do not see. One look
//! at the catalog, whatever the number of tenants: what is the same in ten thousand schemas is
//! judged once.

use bailiwick_pg::sql;

use super::Finding;
use crate::{Result, Store};

sql! {
    /// What is wrong with our tables, by kind, at most five of each. Owners, grants and policies are
    /// grouped before they are judged, since the functions that judge cost microseconds each and
    /// fill the caches of the backend. Policies are compared as PostgreSQL stores them, with the
    /// place of `tenant_id` in its table, which what is stored refers to.
    TABLES(TEXT) = "
        with t as materialized (
          select c.oid, n.nspname, c.relname, c.relkind, c.relowner, c.relacl, a.attnum,
                 c.relrowsecurity and c.relforcerowsecurity as is_forced, n.nspname <> 'control' as is_tenant
          from pg_catalog.pg_namespace n
          join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind not in ('i', 'I', 't')
          left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
          where n.nspname = 'control' or n.nspname like 'tenant\\_%'
        ), owner as materialized (
          select o.relowner from (select distinct relowner from t) o
          where pg_catalog.pg_has_role(current_user, o.relowner, 'USAGE')
        ), acl as materialized (
          select g.relacl, g.relowner from (select distinct relacl, relowner from t where relkind in ('r', 'p')) g
          where exists (
            select from pg_catalog.aclexplode(coalesce(g.relacl, pg_catalog.acldefault('r', g.relowner))) a
            where a.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')
              and (a.grantee = 0 or pg_catalog.pg_has_role(current_user, a.grantee, 'USAGE')))
        ), policy as materialized (
          select p.polrelid, t.attnum, min(p.polqual::text) as reading, min(p.polwithcheck::text) as writing,
                 count(*) = 1 and bool_and(p.polcmd not in ('r', 'a', 'w', 'd') and p.polpermissive and p.polroles = '{0}') as is_one
          from t join pg_catalog.pg_policy p on p.polrelid = t.oid where t.is_tenant group by 1, 2
        ), right_one as materialized (
          select s.attnum, s.reading, s.writing
          from (select attnum, reading, writing, min(polrelid) as example from policy where is_one group by 1, 2, 3) s
          join pg_catalog.pg_policy p on p.polrelid = s.example
          where pg_catalog.pg_get_expr(p.polqual, p.polrelid) = $1
            and pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = $1
        ), guarded as materialized (
          select p.polrelid from policy p join right_one using (attnum, reading, writing) where p.is_one
        )
        (select 'owned', t.oid::regclass::text from t where t.relkind in ('r', 'p')
           and t.relowner in (select relowner from owner) order by t.nspname, t.relname limit 5)
        union all
        (select 'unforced', t.oid::regclass::text from t where t.relkind in ('r', 'p')
           and t.attnum is not null and not t.is_forced order by t.nspname, t.relname limit 5)
        union all
        (select 'open', t.oid::regclass::text from t
         where t.is_tenant and t.relname not like 'schema\\_migrations%'
           and not (t.relkind in ('r', 'p') and t.is_forced and t.oid in (select polrelid from guarded))
         order by t.nspname, t.relname limit 5)
        union all
        (select 'emptied', t.oid::regclass::text from t join acl on acl.relowner = t.relowner
           and acl.relacl is not distinct from t.relacl
         where t.relkind in ('r', 'p') order by t.nspname, t.relname limit 5)
        union all
        -- Of the shared schema alone: another may be behind, and what a migration makes it makes in all.
        (select 'uncaptured', t.oid::regclass::text from t
         where t.nspname = 'tenant_shared' and t.oid in (select polrelid from guarded) and t.relname <> 'move_log'
           and not exists (
             select from pg_catalog.pg_trigger g where g.tgrelid = t.oid and g.tgenabled = 'O'
               and g.tgname = 'capture_' || t.relname and g.tgfoid = pg_catalog.to_regproc('control.capture'))
         order by t.relname limit 5)";
    /// The role that we are.
    WHO() = "select current_user::text";
}

/// What a policy of a tenant's table says, as PostgreSQL prints it.
pub(crate) const CONDITION: &str =
    "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";

pub(super) async fn look(store: &Store) -> Result<Vec<Finding>> {
    let who = store.pool().query_one(&WHO, &[]).await?;
    let role: &str = who.try_get(0)?;
    let rows = store.pool().query(&TABLES, &[&CONDITION]).await?;
    let finding = |row: &bailiwick_pg::Row| Ok(named(row.try_get(0)?, row.try_get(1)?, role));
    rows.iter().map(finding).collect()
}

fn named(kind: &str, table: &str, role: &str) -> Finding {
    match kind {
        "owned" => Finding::refusal(
            format!("the role {role} owns {table}: it could switch its policies off"),
            format!("alter table {table} owner to bailiwick_owner"),
        ),
        "unforced" => Finding::refusal(
            format!("{table} carries tenant_id and does not force row-level security"),
            format!("alter table {table} enable row level security, force row level security"),
        ),
        "emptied" => Finding::refusal(
            format!("the role {role} may empty {table}: policies do not hold for that"),
            format!("revoke truncate, references, trigger on {table} from {role}"),
        ),
        "uncaptured" => uncaptured(table),
        _ => Finding::refusal(
            format!("{table} does not have the one policy of tenants' tables"),
            format!(
                "create policy tenant_isolation on {table} using {CONDITION} with check {CONDITION}, \
                 and no other; a table of tenants has a column tenant_id"
            ),
        ),
    }
}

fn uncaptured(table: &str) -> Finding {
    let name = table.rsplit('.').next().unwrap_or(table);
    Finding::refusal(
        format!("{table} does not note what is written while a tenant moves"),
        format!(
            "create trigger capture_{name} after insert or update or delete on {table} for each row \
             when (current_setting('app.capture', true) = 'on') \
             execute function control.capture('{name}', '<columns of its key after tenant_id>')"
        ),
    )
}
