//! A row, tried: written and looked at through the one door, on whichever node its schema came to
//! lie. The schema is made as a tenant's is, and is gone afterwards; of the organizations that lead
//! to it nothing is ever committed.

use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Pool, sql};
use uuid::Uuid;

use crate::gate::Finding;
use crate::migrations::{self, ModuleTree};
use crate::tenant::{Placement, open_beside};
use crate::{Error, Result, Schema, Store};

/// A name as tenants' schemas have, longer than any that is made of an organization.
const SCHEMA: &str = "tenant_0d0c0d0c0d0c0d0c";
/// Why it enters.
const WHY: &str = "doctor";

sql! {
    /// An organization of the probe's, within its transaction.
    ORGANIZATION(UUID, TEXT) = "
        insert into control.organizations (id, clerk_org_id, name, slug, clerk_updated_at, created_at, updated_at)
        values ($1, $2, $2, $2, now(), now(), now())";
    /// Where it lives, within the same.
    PLACEMENT(UUID, TEXT, TEXT) = "
        insert into control.placements (organization_id, schema_name, tier, created_at, updated_at)
        values ($1, $2, $3, now(), now())";
    /// A row of it, with nothing that it depends on.
    WRITE(UUID, UUID) = "
        insert into {t}.members (tenant_id, id, role, created_at, updated_at)
        values ($1, $2, 'org:probe', now(), now())";
    /// Its rows.
    COUNT(UUID) = "select count(1) from {t}.members where tenant_id = $1";
}

/// Statements that are not checked against a plain database: DDL, and what only a cluster knows.
mod bare {
    use bailiwick_pg::sql;

    sql! {
        /// Opens the table to its owner.
        pub NO_FORCE() = "alter table {t}.members no force row level security";
        /// Closes it again.
        pub FORCE() = "alter table {t}.members force row level security";
        /// Where the table lies, and whether its policy is forced there. Fits a cluster only.
        pub PLACES(TEXT) = "
            select p.nodename || ':' || p.nodeport, p.success, p.result
            from pg_catalog.run_command_on_placements($1::text::regclass, $c$
              select relrowsecurity and relforcerowsecurity from pg_catalog.pg_class where oid = '%s'::regclass $c$) p
            limit 10";
    }
}

/// What became of the row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Probe {
    /// The node on which the schema came to lie; none where it is distributed to none, and without
    /// Citus.
    pub node: Option<String>,
    /// Whether the policy is forced on that node.
    pub is_forced: bool,
    /// Rows that its tenant saw: the one that was there and the one that it wrote.
    pub inside: i64,
    /// Rows that another tenant saw, in the same transaction.
    pub elsewhere: i64,
    /// Rows that nobody in particular saw.
    pub outside: i64,
    /// How the owner was stopped where it looked under the forced policy: an SQLSTATE.
    pub owner: Option<String>,
}

impl Probe {
    /// What is not as it must be.
    #[must_use]
    pub fn judge(&self) -> Vec<Finding> {
        let set = "citus.propagate_set_commands must not be fixed by the server: alter system reset citus.propagate_set_commands; \
                   everything goes through the coordinator, with nothing in between that begins savepoints";
        let policies = "alter table <schema>.<table> force row level security, as bailiwick_owner on the coordinator, for every table that a \
                        move left open; `bailiwick doctor` names them";
        let mut findings = Vec::new();
        if self.node.is_none() {
            findings.push(Finding::refusal(
                "a tenant's schema that was made just now was distributed to no node",
                "select citus_set_node_property('<worker>', 5432, 'shouldhaveshards', true), as superuser on the coordinator",
            ));
        }
        if self.inside != 2 {
            let problem = format!(
                "through its door a tenant saw {} of its 2 rows: who it is does not reach the node",
                self.inside
            );
            findings.push(Finding::refusal(problem, set));
        }
        for (who, rows) in [
            ("another tenant", self.elsewhere),
            ("nobody in particular", self.outside),
        ] {
            if rows != 0 {
                let problem = format!("{who} saw {rows} rows of a tenant");
                findings.push(Finding::refusal(problem, policies));
            }
        }
        if self.node.is_some() && !self.is_forced {
            findings.push(Finding::refusal(
                "the policy is not forced on the node that has the rows",
                policies,
            ));
        }
        if self.owner.as_deref() != Some("42501") {
            findings.push(Finding::refusal(
                "the owner looked under a forced policy and was not stopped: a move of a schema would copy nothing and drop the source",
                "alter role bailiwick_owner set row_security = off, as superuser on every node",
            ));
        }
        findings
    }
}

/// Makes a schema, tries a row, and removes all of it, also where it failed. Repeated, it removes
/// what one that was killed left behind.
///
/// # Errors
/// The database's.
pub async fn probe(
    owner: &Pool,
    store: &Store,
    modules: &[ModuleTree],
    ids: [Uuid; 2],
) -> Result<Probe> {
    let schema = Schema::new(SCHEMA).map_err(|error| Error::Config(error.to_string()))?;
    migrations::drop_tenant(owner, &schema).await?;
    migrations::migrate_tenant(owner, &schema, modules).await?;
    let tried = attempt(owner, store, &schema, ids).await;
    migrations::drop_tenant(owner, &schema).await?;
    tried
}

async fn attempt(
    owner: &Pool,
    store: &Store,
    schema: &Schema,
    [own, other]: [Uuid; 2],
) -> Result<Probe> {
    put(owner, schema, own).await?;
    let mut probe = Probe {
        outside: outside(store, schema, own).await?,
        owner: stopped(owner, schema, own).await?,
        ..Probe::default()
    };
    (probe.inside, probe.elsewhere) = inside(store, schema, [own, other]).await?;
    if super::version(owner).await?.is_none() {
        return Ok(probe);
    }
    let table = format!("{schema}.members");
    for row in owner.query(&bare::PLACES, &[&table]).await? {
        probe.node = Some(row.try_get(0)?);
        let answer: Option<String> = row.try_get(2)?;
        probe.is_forced = row.try_get(1)? && answer.as_deref() == Some("t");
    }
    Ok(probe)
}

/// A row that is there for good, as the owner puts it: with the policy open to the owner alone, as
/// during a move of the schema.
async fn put(owner: &Pool, schema: &Schema, own: Uuid) -> Result<()> {
    let mut tx = owner.begin().await?;
    tx.set_schema(schema.clone());
    tx.execute(&bare::NO_FORCE, &[]).await?;
    tx.execute(&WRITE, &[&own, &Uuid::nil()]).await?;
    tx.execute(&bare::FORCE, &[]).await?;
    tx.commit().await
}

async fn outside(store: &Store, schema: &Schema, own: Uuid) -> Result<i64> {
    let mut tx = store.control().await?;
    tx.set_schema(schema.clone());
    tx.query_one(&COUNT, &[&own]).await?.try_get(0)
}

async fn stopped(owner: &Pool, schema: &Schema, own: Uuid) -> Result<Option<String>> {
    let mut tx = owner.begin().await?;
    tx.set_schema(schema.clone());
    match tx.query_one(&COUNT, &[&own]).await {
        Ok(_) => Ok(None),
        Err(error) => match error.sqlstate().map(str::to_owned) {
            Some(code) => Ok(Some(code)),
            None => Err(error),
        },
    }
}

/// Through the door, as a job goes: the tenant, and then another in the same transaction. Nothing of
/// it is committed.
async fn inside(store: &Store, schema: &Schema, [own, other]: [Uuid; 2]) -> Result<(i64, i64)> {
    let mut tx = store.control().await?;
    let shared = migrations::shared()?;
    let mut homes = Vec::new();
    for (id, schema, tier) in [(own, schema, "pro"), (other, &shared, "starter")] {
        let name = format!("doctor-{}", id.simple());
        tx.execute(&ORGANIZATION, &[&id, &name]).await?;
        tx.execute(&PLACEMENT, &[&id, &schema.as_str(), &tier])
            .await?;
        homes.push(Placement {
            tenant: OrgId::from(id),
            schema: schema.clone(),
            epoch: 1,
        });
    }
    let [own_home, other_home] = homes.as_slice() else {
        return Err(Error::Refused);
    };
    let mut tenant = store.step_into(tx, own_home, WHY).await?;
    tenant.execute(&WRITE, &[&own, &other]).await?;
    let seen = count(&mut tenant, own).await?;
    open_beside(tenant.control(), other_home, WHY).await?;
    Ok((seen, count(&mut tenant, own).await?))
}

async fn count(tenant: &mut crate::tenant::TenantTx, own: Uuid) -> Result<i64> {
    let rows = tenant.query(&COUNT, &[&own]).await?;
    rows.first().map_or(Ok(0), |row| row.try_get(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sound() -> Probe {
        Probe {
            node: Some("worker-1:5432".to_owned()),
            is_forced: true,
            inside: 2,
            elsewhere: 0,
            outside: 0,
            owner: Some("42501".to_owned()),
        }
    }

    #[test]
    fn each_way_to_fail_is_a_finding() {
        assert_eq!(sound().judge(), []);
        type Fault = fn(&mut Probe);
        let faults: [(Fault, &str); 7] = [
            (|p| p.node = None, "to no node"),
            (|p| p.is_forced = false, "not forced on the node"),
            (|p| p.inside = 0, "saw 0 of its 2 rows"),
            (|p| p.elsewhere = 2, "another tenant saw 2 rows"),
            (|p| p.outside = 1, "nobody in particular saw 1 rows"),
            (|p| p.owner = None, "was not stopped"),
            (|p| p.owner = Some("XX000".to_owned()), "was not stopped"),
        ];
        for (fault, problem) in faults {
            let mut probe = sound();
            fault(&mut probe);
            let found = probe.judge();
            assert_eq!(found.len(), 1, "{problem}: {found:?}");
            assert!(found[0].problem.contains(problem), "{problem}: {found:?}");
        }
    }
}
