//! Reading what Citus' own catalog says.

use std::collections::HashMap;

use bailiwick_pg::{Pool, Row, sql};

use super::{Facts, Node};
use crate::{Error, Result};

// These fit a database with Citus only, so they are not among the statements that are checked
// against a plain one.
sql! {
    /// Whether this is where everything goes through.
    IS_COORDINATOR() = "select pg_catalog.citus_is_coordinator()";
    /// The nodes, and not their replicas.
    NODES() = "
        select nodeid, nodename || ':' || nodeport, groupid = 0, isactive from pg_catalog.pg_dist_node
        where noderole = 'primary' order by nodeid limit 1000";
    /// What each node that takes part answers to `$1`.
    ANSWERS(TEXT) = "select nodeid, success, result from pg_catalog.run_command_on_all_nodes($1) limit 1000";
    /// Tables of `control` that are no shards and no copies, and that commit with those that are.
    MANAGED() = "
        select n.nspname || '.' || c.relname
        from pg_catalog.pg_dist_partition p join pg_catalog.pg_class c on c.oid = p.logicalrelid
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'control' and p.partmethod = 'n' and p.repmodel <> 't' and p.colocationid = 0
        order by 1 limit 1000";
    /// Schemas that are distributed.
    DISTRIBUTED() = "
        select n.nspname::text from pg_catalog.pg_dist_schema s
        join pg_catalog.pg_namespace n on n.oid = s.schemaid order by 1 limit 1000000";
    /// Schemas of tenants' own in which somebody lives.
    HOMES() = "
        select schema_name from control.placements where schema_name <> 'tenant_shared' order by 1 limit 1000000";
    /// Tables of distributed schemas that have something on the disk of the coordinator, where only
    /// their shells ought to be.
    HIDDEN() = "
        select n.nspname || '.' || c.relname from pg_catalog.pg_dist_schema s
        join pg_catalog.pg_namespace n on n.oid = s.schemaid
        join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relkind = 'r'
        join pg_catalog.pg_dist_partition p on p.logicalrelid = c.oid
        where pg_catalog.pg_relation_size(c.oid) > 0 order by 1 limit 1000000";
    /// What is to be cleaned up and was not.
    ORPHANS() = "select count(1) from pg_catalog.pg_dist_cleanup";
}

/// What each node is asked, by the owner's role: [`super::Seen`] as an object.
const SELF: &str = "
    select json_build_object(
      'citus', (select e.extversion from pg_catalog.pg_extension e where e.extname = 'citus'),
      'is_public_open', coalesce((select has_schema_privilege('public', n.oid, 'usage, create')
        from pg_catalog.pg_namespace n where n.nspname = 'public'), false),
      'prepared_max', current_setting('max_prepared_transactions')::int,
      'wal_level', current_setting('wal_level'),
      'roles', coalesce((select json_agg(json_build_object('name', r.rolname, 'is_super', r.rolsuper,
          'is_bypassing', r.rolbypassrls, 'is_told', exists (
            select from pg_catalog.pg_db_role_setting s
            where s.setrole = r.oid and 'row_security=off' = any (s.setconfig) and s.setdatabase in (0,
              (select d.oid from pg_catalog.pg_database d where d.datname = current_database()))))
          order by r.rolname)
        from pg_catalog.pg_roles r
        where r.rolname in ('bailiwick_app', 'bailiwick_owner', 'bailiwick_retention', 'bailiwick_ro')), '[]'))";

pub(super) async fn is_coordinator(pool: &Pool) -> Result<bool> {
    pool.query_one(&IS_COORDINATOR, &[]).await?.try_get(0)
}

pub(super) async fn look(owner: &Pool, facts: &mut Facts) -> Result<()> {
    let answers = answers(owner).await?;
    for row in owner.query(&NODES, &[]).await? {
        let (id, is_active) = (row.try_get(0)?, row.try_get(3)?);
        let silent = || Err("it was not asked".to_owned());
        facts.nodes.push(Node {
            id,
            name: row.try_get(1)?,
            is_coordinator: row.try_get(2)?,
            is_active,
            seen: match answers.get(&id) {
                None => silent(),
                Some(Err(why)) => Err(why.clone()),
                Some(Ok(text)) => Ok(serde_json::from_str(text)
                    .map_err(|error| Error::Config(format!("node {id}: {error}")))?),
            },
        });
    }
    facts.managed = names(&owner.query(&MANAGED, &[]).await?)?;
    facts.distributed = names(&owner.query(&DISTRIBUTED, &[]).await?)?;
    facts.homes = names(&owner.query(&HOMES, &[]).await?)?;
    facts.hidden = names(&owner.query(&HIDDEN, &[]).await?)?;
    facts.orphans = owner.query_one(&ORPHANS, &[]).await?.try_get(0)?;
    Ok(())
}

async fn answers(owner: &Pool) -> Result<HashMap<i32, Result<String, String>>> {
    let rows = owner.query(&ANSWERS, &[&SELF]).await?;
    let answer = |row: &Row| {
        let text = row.try_get::<_, Option<String>>(2)?.unwrap_or_default();
        let is_good = row.try_get(1)?;
        Ok((row.try_get(0)?, if is_good { Ok(text) } else { Err(text) }))
    };
    rows.iter().map(answer).collect()
}

fn names(rows: &[Row]) -> Result<Vec<String>> {
    rows.iter().map(|row| row.try_get(0)).collect()
}
