//! What is noted of tenants, compared with what is: placements, schemas, ledgers, tables, policies.
//! Needs the owner's pool; changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_pg::{Pool, Tx, sql};
use uuid::Uuid;

use crate::gate::Finding;
use crate::gate::tables::CONDITION;
use crate::migrations::{self, ModuleTree, SHARED};
use crate::{Error, Result, Schema};

sql! {
    /// Every home, and whose it is.
    HOMES() = "
        select p.schema_name, p.tier, o.id, o.clerk_org_id, o.slug, o.tier,
               to_regnamespace(p.schema_name) is not null
        from control.placements p join control.organizations o on o.id = p.organization_id
        order by p.schema_name, o.id limit 1000000";
    /// Schemas of tenants' own in which nobody lives.
    HOMELESS() = "
        select n.nspname::text from pg_catalog.pg_namespace n
        where n.nspname ~ '^tenant_[0-9a-f]{12,32}$'
          and not exists (select 1 from control.placements p where p.schema_name = n.nspname)
        order by 1 limit 10000";
    /// What is noted, whether the schema is there, and whether a tenant lives in it.
    NOTES() = "
        select r.schema_name, r.version, r.fingerprint, to_regnamespace(r.schema_name) is not null
        from control.tenant_schemas r order by 1 limit 1000000";
    /// Schemas of tenants of which nothing is noted.
    UNNOTED() = "
        select n.nspname::text from pg_catalog.pg_namespace n
        where n.nspname ~ '^tenant_(shared|[0-9a-f]{12,32})$'
          and not exists (select 1 from control.tenant_schemas r where r.schema_name = n.nspname)
        order by 1 limit 10000";
    /// Schemas whose tables, columns, keys or triggers are not those of the shared one: `$1` is the
    /// newest fingerprint, and only schemas that are noted as being there are compared.
    SHAPES(INT8) = "
        with known as (
          select n.oid, n.nspname from pg_catalog.pg_namespace n
          join control.tenant_schemas r on r.schema_name = n.nspname and r.fingerprint = $1),
        columns as (
          select c.relnamespace as oid, md5(string_agg(concat_ws(' ', c.relname, a.attname, a.atttypid, a.atttypmod, a.attnotnull),
                 ',' order by c.relname, a.attname)) as shape
          from known k join pg_catalog.pg_class c on c.relnamespace = k.oid and c.relkind in ('r', 'p')
          join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          group by 1),
        keys as (
          select x.connamespace as oid, md5(string_agg(concat_ws(' ', x.conname, x.contype, x.convalidated, x.conkey),
                 ',' order by x.conname, x.contype)) as shape
          from known k join pg_catalog.pg_constraint x on x.connamespace = k.oid group by 1),
        indexes as (
          select c.relnamespace as oid, md5(string_agg(concat_ws(' ', c.relname, i.indkey, i.indisunique, i.indisvalid),
                 ',' order by c.relname)) as shape
          from known k join pg_catalog.pg_class c on c.relnamespace = k.oid and c.relkind = 'i'
          join pg_catalog.pg_index i on i.indexrelid = c.oid group by 1),
        triggers as (
          select c.relnamespace as oid, md5(string_agg(concat_ws(' ', c.relname, t.tgname, t.tgtype, t.tgenabled),
                 ',' order by c.relname, t.tgname)) as shape
          from known k join pg_catalog.pg_class c on c.relnamespace = k.oid
          join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal group by 1),
        shapes as (
          select k.nspname::text as name, columns.shape as columns, keys.shape as keys, indexes.shape as indexes,
                 triggers.shape as triggers
          from known k left join columns using (oid) left join keys using (oid) left join indexes using (oid)
          left join triggers using (oid))
        select s.name, concat_ws(', ',
                 case when s.columns is distinct from o.columns then 'tables or columns' end,
                 case when s.keys is distinct from o.keys then 'constraints' end,
                 case when s.indexes is distinct from o.indexes then 'indexes' end,
                 case when s.triggers is distinct from o.triggers then 'triggers' end)
        from shapes s join shapes o on o.name = 'tenant_shared'
        where (s.columns, s.keys, s.indexes, s.triggers) is distinct from (o.columns, o.keys, o.indexes, o.triggers)
        order by 1 limit 10000";
    /// Tables of tenants that are no tenant's: without the one policy, as the gate looks at the
    /// shared schema; or that the serving role owns, may empty, or hang triggers on.
    OPEN(TEXT) = "
        select c.oid::regclass::text from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname ~ '^tenant_(shared|[0-9a-f]{12,32})$' and c.relkind not in ('i', 'I', 't')
          and c.relname not like 'schema\\_migrations%'
          and (has_table_privilege('bailiwick_app', c.oid, 'TRUNCATE, REFERENCES, TRIGGER')
            or pg_catalog.pg_get_userbyid(c.relowner) = 'bailiwick_app'
            or not (c.relkind in ('r', 'p') and c.relrowsecurity and c.relforcerowsecurity
              and (select count(*) = 1 and bool_and(p.polcmd not in ('r', 'a', 'w', 'd') and p.polpermissive and p.polroles = '{0}'
                          and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = $1
                          and pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) = $1)
                   from pg_catalog.pg_policy p where p.polrelid = c.oid)))
        order by 1 limit 10000";
    /// How long a lock is waited for, milliseconds; indexes are used however small a table is.
    CAREFULLY(TEXT) = "
        select set_config('lock_timeout', $1, true), set_config('enable_seqscan', 'off', true),
               set_config('statement_timeout', '10000', true)";
    /// Moves under way.
    MOVES() = "select organization_id, from_schema, to_schema from control.moves order by 1 limit 1000000";
}

/// Ledgers that one statement reads.
const CHUNK: usize = 100;
/// How long a look at rows waits for a table, milliseconds: whoever comes after waits as long.
const LOOK_MS: &str = "100";

/// What is on its way between two homes, and so is no finding: schemas, and organizations.
#[derive(Debug, Clone, Default)]
pub struct OnTheWay {
    /// Where a move begins or ends.
    pub schemas: BTreeSet<String>,
    /// Who moves.
    pub tenants: BTreeSet<Uuid>,
}

/// What is on its way just now.
///
/// # Errors
/// The database's.
pub async fn on_the_way(owner: &Pool) -> Result<OnTheWay> {
    let mut found = OnTheWay::default();
    for row in owner.query(&MOVES, &[]).await? {
        found.tenants.insert(row.try_get(0)?);
        found.schemas.insert(row.try_get(1)?);
        found.schemas.insert(row.try_get(2)?);
    }
    Ok(found)
}

/// Placements against organizations and schemas: who lives nowhere, who lives where nobody should,
/// whose names collide (B31).
///
/// # Errors
/// The database's.
pub async fn homes(owner: &Pool, on_the_way: &OnTheWay) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut by_schema: BTreeMap<String, String> = BTreeMap::new();
    for row in owner.query(&HOMES, &[]).await? {
        let (schema, tier): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        let (id, clerk, slug): (Uuid, String, String) =
            (row.try_get(2)?, row.try_get(3)?, row.try_get(4)?);
        let lives: String = row.try_get(5)?;
        if !row.try_get::<_, bool>(6)? {
            findings.push(Finding::refusal(
                format!("{slug} lives in {schema}, which is not there"),
                "restore the schema from a backup, or import an export of the tenant".to_owned(),
            ));
        }
        if on_the_way.tenants.contains(&id) {
            continue;
        }
        let is_shared = schema == SHARED;
        if tier != lives || is_shared != (tier == "starter") {
            findings.push(Finding::refusal(
                format!("{slug} is {lives}, its placement says {tier}, and it lives in {schema}"),
                format!("update control.placements and control.organizations so that they agree, where id is '{id}'"),
            ));
        }
        if is_shared {
            continue;
        }
        let is_its_own = (0..16).any(|salt| {
            migrations::schema_name(&clerk, salt).is_ok_and(|name| name.as_str() == schema)
        });
        if !is_its_own {
            findings.push(Finding::refusal(
                format!("{slug} lives in {schema}, which is no name of {clerk}"),
                format!("bailiwick tenants downgrade {slug}, then upgrade it again: it gets a name of its own"),
            ));
        }
        if let Some(other) = by_schema.insert(schema.clone(), slug.clone()) {
            findings.push(Finding::refusal(
                format!("{slug} and {other} live in the same schema {schema}"),
                format!("bailiwick tenants downgrade {slug}, then upgrade it again: it gets a name of its own"),
            ));
        }
    }
    for row in owner.query(&HOMELESS, &[]).await? {
        let schema: String = row.try_get(0)?;
        if !on_the_way.schemas.contains(&schema) {
            findings.push(Finding::refusal(
                format!("nobody lives in schema {schema}"),
                format!("look into it, then: drop schema {schema} cascade"),
            ));
        }
    }
    Ok(findings)
}

/// What is noted of versions against the ledgers of the schemas.
///
/// # Errors
/// The database's.
pub async fn versions(owner: &Pool, modules: &[ModuleTree]) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for row in owner.query(&UNNOTED, &[]).await? {
        let schema: String = row.try_get(0)?;
        findings.push(Finding::refusal(
            format!("nothing is noted of schema {schema}"),
            "bailiwick migrate, where a tenant lives there".to_owned(),
        ));
    }
    let fingerprint = migrations::fingerprint(modules);
    let mut noted = Vec::new();
    for row in owner.query(&NOTES, &[]).await? {
        let schema: String = row.try_get(0)?;
        if !row.try_get::<_, bool>(3)? {
            findings.push(Finding::refusal(
                format!("schema {schema} is noted, and is not there"),
                format!("delete from control.tenant_schemas where schema_name = '{schema}'"),
            ));
            continue;
        }
        let is_current = row.try_get::<_, i64>(2)? == fingerprint;
        let version: i32 = row.try_get(1)?;
        if !is_current {
            findings.push(Finding::refusal(
                format!("schema {schema} is at version {version}, and not at this binary's"),
                "bailiwick migrate".to_owned(),
            ));
        }
        noted.push((schema, is_current));
    }
    for chunk in noted.chunks(CHUNK) {
        ledgers(owner, modules, chunk, &mut findings).await?;
    }
    Ok(findings)
}

async fn ledgers(
    owner: &Pool,
    modules: &[ModuleTree],
    noted: &[(String, bool)],
    findings: &mut Vec<Finding>,
) -> Result<()> {
    for tree in migrations::trees(modules) {
        let ledger = &tree.ledger;
        let mut texts = Vec::new();
        for (schema, _) in noted.iter().filter(|(_, is_current)| *is_current) {
            let schema = Schema::new(schema).map_err(|e| Error::Config(e.to_string()))?;
            texts.push(format!(
                "select '{schema}', version, checksum from {schema}.{ledger}"
            ));
        }
        if texts.is_empty() {
            return Ok(());
        }
        let mut tx = careful(owner).await?;
        let text = texts.join(" union all ");
        let mut known: BTreeMap<String, BTreeMap<i32, i64>> = BTreeMap::new();
        match tx.ask(&text, &[], &[]).await {
            Ok((rows, _)) => {
                for row in rows {
                    let versions = known.entry(row.try_get(0)?).or_default();
                    versions.insert(row.try_get(1)?, row.try_get(2)?);
                }
            }
            // One of them has no ledger. Which one is found by looking at each.
            Err(error) if error.is_of_another_version() && noted.len() > 1 => {
                drop(tx);
                for one in noted {
                    Box::pin(ledgers(owner, modules, std::slice::from_ref(one), findings)).await?;
                }
                return Ok(());
            }
            Err(error) if error.is_of_another_version() => {}
            Err(error) => return Err(error),
        }
        for (schema, _) in noted.iter().filter(|(_, is_current)| *is_current) {
            let versions = known.remove(schema).unwrap_or_default();
            if !bailiwick_pg::migrate::is_current(&versions, tree.migrations) {
                let newest = versions.keys().next_back().copied().unwrap_or(0);
                findings.push(Finding::refusal(
                    format!("schema {schema} is noted as being at the newest version, and {ledger} there ends at {newest}"),
                    format!(
                        "update control.tenant_schemas set fingerprint = 0 where schema_name = '{schema}'; \
                         then bailiwick migrate"
                    ),
                ));
            }
        }
    }
    Ok(())
}

/// The tables of schemas at the newest version against those of the shared one, and the policies of
/// all.
///
/// # Errors
/// The database's.
pub async fn tables(owner: &Pool, modules: &[ModuleTree]) -> Result<Vec<Finding>> {
    let fingerprint = migrations::fingerprint(modules);
    let mut findings = Vec::new();
    for row in owner.query(&SHAPES, &[&fingerprint]).await? {
        let (schema, what): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        findings.push(Finding::refusal(
            format!("schema {schema} differs from {SHARED}: {what}"),
            format!("compare both with pg_dump --schema-only -n {schema} -n {SHARED}, and undo what was changed by hand"),
        ));
    }
    for row in owner.query(&OPEN, &[&CONDITION]).await? {
        let table: String = row.try_get(0)?;
        findings.push(Finding::refusal(
            format!("{table} is not shut: row security, its one policy, or who may empty it"),
            format!(
                "alter table {table} enable row level security, force row level security; one policy using {CONDITION} \
                 with check {CONDITION}; revoke truncate, references, trigger on {table} from bailiwick_app"
            ),
        ));
    }
    Ok(findings)
}

/// A transaction that waits for no table longer than others may wait for it.
pub(super) async fn careful(owner: &Pool) -> Result<Tx> {
    let mut tx = owner.begin().await?;
    tx.query(&CAREFULLY, &[&LOOK_MS]).await?;
    Ok(tx)
}

/// Every tenant that has a schema of its own, and the schema.
///
/// # Errors
/// The database's.
pub async fn owners(owner: &Pool) -> Result<Vec<(Uuid, Schema)>> {
    let mut found = Vec::new();
    for row in owner.query(&HOMES, &[]).await? {
        let schema: String = row.try_get(0)?;
        if schema != SHARED && row.try_get::<_, bool>(6)? {
            let schema = Schema::new(&schema).map_err(|e| Error::Config(e.to_string()))?;
            found.push((row.try_get(2)?, schema));
        }
    }
    Ok(found)
}
