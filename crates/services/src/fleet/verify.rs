//! What is noted of all tenants, compared with what is.

use bailiwick_pg::{Pool, Schema};
use bailiwick_store::fleet::{rows, verify as look};
use bailiwick_store::gate::Finding;
use bailiwick_store::migrations::ModuleTree;
use futures::StreamExt as _;
use uuid::Uuid;

use crate::Result;

/// Tenants whose rows are looked at at the same time.
const JOBS: usize = 2;
/// A backend remembers every table that it ever touched.
const CHUNK: usize = 500;

/// Compares placements, schemas, versions, tables, policies, and whose rows are where; `tell` hears
/// how many tenants' rows were looked at, of how many. Changes nothing. Needs the owner's pool.
///
/// # Errors
/// The database's.
pub async fn verify(
    owner: &Pool,
    modules: &[ModuleTree],
    tell: &(dyn Fn(usize, usize) + Sync),
) -> Result<Vec<Finding>> {
    let on_the_way = look::on_the_way(owner).await?;
    let mut findings = look::homes(owner, &on_the_way).await?;
    findings.extend(look::versions(owner, modules).await?);
    findings.extend(look::tables(owner, modules).await?);
    findings.extend(rows::left_behind(owner, &on_the_way).await?);
    let tenants: Vec<(Uuid, Schema)> = look::owners(owner).await?;
    let mut looked = 0;
    for chunk in tenants.chunks(CHUNK) {
        let looks = chunk
            .iter()
            .map(|(tenant, schema)| rows::strangers(owner, schema, *tenant));
        let mut looks = futures::stream::iter(looks).buffer_unordered(JOBS);
        while let Some(found) = looks.next().await {
            findings.extend(found?);
            looked += 1;
            tell(looked, tenants.len());
        }
        owner.close_idle();
    }
    Ok(findings)
}
