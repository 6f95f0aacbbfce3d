//! Whose rows are where, looked at in the tables themselves. Needs the owner's pool; changes nothing.

use bailiwick_pg::{Pool, Type, sql};
use uuid::Uuid;

use super::verify::{OnTheWay, careful};
use crate::gate::Finding;
use crate::migrations::SHARED;
use crate::{Error, Result, Schema};

sql! {
    /// The tables of a schema that hold tenants' rows, quoted.
    TABLES(TEXT) = "
        select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
        where n.nspname = $1::text and c.relkind in ('r', 'p') order by 1 limit 1000";
    /// Organizations that do not live in the shared schema.
    ELSEWHERE() = "
        select o.id from control.organizations o left join control.placements p on p.organization_id = o.id
        where p.schema_name is distinct from 'tenant_shared' order by o.id limit 1000000";
    /// Rows of one tenant are seen, and under row security alone.
    SEE(TEXT) = "
        select set_config('row_security', 'on', true), set_config('app.tenant_id', $1, true)";
}

/// How often a table that is busy is looked at.
const LOOKS: u32 = 5;

/// Rows in a tenant's own schema that are somebody else's. Row security is switched off for a moment
/// in a transaction that is rolled back: only so does one see what no known tenant owns.
///
/// # Errors
/// The database's.
pub async fn strangers(owner: &Pool, schema: &Schema, tenant: Uuid) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut tx = owner.begin().await?;
    let rows = tx.query(&TABLES, &[&schema.as_str()]).await?;
    tx.commit().await?;
    for row in rows {
        let table: String = row.try_get(0)?;
        let mut look = look(owner, &table, tenant).await;
        for _ in 1..LOOKS {
            if !look.as_ref().is_err_and(Error::is_transient) {
                break;
            }
            look = self::look(owner, &table, tenant).await;
        }
        match look {
            Ok(None) => {}
            Ok(Some(other)) => findings.push(Finding::refusal(
                format!("{table} holds rows of {other}, and {tenant} lives there"),
                "find out how they came there before anything is removed".to_owned(),
            )),
            Err(error) if error.is_transient() => findings.push(Finding::refusal(
                format!("{table} could not be looked at: {error}"),
                "repeat this while the tenant is less busy".to_owned(),
            )),
            Err(error) => return Err(error),
        }
    }
    Ok(findings)
}

/// Whose row, other than `tenant`'s, is in a table. Both ends of the key are enough.
async fn look(owner: &Pool, table: &str, tenant: Uuid) -> Result<Option<Uuid>> {
    let mut tx = careful(owner).await?;
    let open = format!("alter table {table} no force row level security");
    tx.ask(&open, &[], &[]).await?;
    let text = format!(
        "(select tenant_id from {table} where tenant_id < $1 order by tenant_id limit 1) \
         union all (select tenant_id from {table} where tenant_id > $1 order by tenant_id limit 1)"
    );
    let (rows, _) = tx.ask(&text, &[Type::UUID], &[&tenant]).await?;
    // Dropped, and so rolled back: the table was never open to anybody else.
    drop(tx);
    rows.first().map(|row| row.try_get(0)).transpose()
}

/// Rows in the shared schema of organizations that we know and that do not live there.
///
/// # Errors
/// The database's.
pub async fn left_behind(owner: &Pool, on_the_way: &OnTheWay) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let tables: Vec<String> = owner
        .query(&TABLES, &[&SHARED])
        .await?
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<_>>()?;
    let looks = tables.iter().map(|table| {
        format!("select '{table}' where exists (select 1 from {table} where tenant_id = $1)")
    });
    let text = looks.collect::<Vec<_>>().join(" union all ");
    if text.is_empty() {
        return Ok(findings);
    }
    for row in owner.query(&ELSEWHERE, &[]).await? {
        let tenant: Uuid = row.try_get(0)?;
        if on_the_way.tenants.contains(&tenant) {
            continue;
        }
        let mut tx = owner.begin().await?;
        tx.query(&SEE, &[&tenant.to_string()]).await?;
        let (found, _) = tx.ask(&text, &[Type::UUID], &[&tenant]).await?;
        tx.commit().await?;
        for row in found {
            let table: String = row.try_get(0)?;
            findings.push(Finding::refusal(
                format!("{table} holds rows of {tenant}, which does not live there"),
                "find out how they came there before anything is removed".to_owned(),
            ));
        }
    }
    Ok(findings)
}
