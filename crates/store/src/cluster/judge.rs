//! Which facts of a cluster are not what they ought to be, and what mends each.

use std::collections::BTreeSet;

use super::{Facts, MANAGED, Node, ROLES, Seen};
use crate::gate::Finding;
use crate::migrations::SHARED;

/// Names of schemas or tables that a finding lists.
const NAMED_MAX: usize = 5;
/// Where it is told at length.
const GUIDE: &str = "docs/guides/scale.md";

/// Everything that is wrong. Nothing: the cluster is what docs/guides/scale.md demands, as far as
/// can be seen without writing to it.
#[must_use]
pub fn judge(facts: &Facts) -> Vec<Finding> {
    let Some(version) = &facts.version else {
        return vec![Finding::refusal(
            "citus is not installed in this database",
            format!(
                "for one PostgreSQL nothing is missing: `bailiwick doctor` without --citus. For a \
                 cluster, on every node: shared_preload_libraries = 'citus', a restart, and as \
                 superuser in this database `create extension citus` ({GUIDE})"
            ),
        )];
    };
    let mut findings = Vec::new();
    for role in &facts.astray {
        findings.push(Finding::refusal(
            format!("the connection of {role} leads to a worker: the locks that fence tenants are on the coordinator alone"),
            "set DATABASE_URL, DATABASE_DIRECT_URL and DATABASE_MIGRATION_URL to the coordinator",
        ));
    }
    for role in &facts.sharding {
        findings.push(Finding::refusal(
            format!("citus.enable_schema_based_sharding is on for {role}: every schema would be distributed"),
            format!(
                "alter system reset citus.enable_schema_based_sharding; alter role {role} reset \
                 citus.enable_schema_based_sharding; select pg_reload_conf()"
            ),
        ));
    }
    if !facts.astray.is_empty() {
        return findings;
    }
    findings.extend(of_nodes(&facts.nodes));
    for node in facts.nodes.iter().filter(|node| node.is_active) {
        findings.extend(of_node(node, version));
    }
    findings.extend(of_control(facts));
    findings.extend(of_tenants(facts));
    findings
}

fn of_nodes(nodes: &[Node]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !nodes.iter().any(|node| node.is_coordinator) {
        findings.push(Finding::refusal(
            "the coordinator does not know itself as a node: no table of control can commit together with tenants' rows",
            "select citus_set_coordinator_host('<host of the coordinator>', 5432), as superuser",
        ));
    }
    if !nodes.iter().any(|node| !node.is_coordinator) {
        findings.push(Finding::advice(
            "there is no worker: every schema lies on the coordinator",
            "select citus_add_node('<host of a worker>', 5432), as superuser on the coordinator",
        ));
    }
    for Node { name, .. } in nodes.iter().filter(|node| !node.is_active) {
        let (host, port) = name.rsplit_once(':').unwrap_or((name, "5432"));
        findings.push(Finding::refusal(
            format!("the node {name} is not active"),
            format!(
                "select citus_activate_node('{host}', {port}), as superuser on the coordinator"
            ),
        ));
    }
    findings
}

fn of_node(node: &Node, version: &str) -> Vec<Finding> {
    let name = &node.name;
    let seen = match &node.seen {
        Ok(seen) => seen,
        Err(why) => {
            return vec![Finding::refusal(
                format!("the node {name} does not answer bailiwick_owner: {why}"),
                "start it; let the four roles in from every node on every node (pg_hba.conf; passwords in the \
                 .pgpass of the user that PostgreSQL runs as)",
            )];
        }
    };
    let mut findings = Vec::new();
    let Seen { citus, .. } = seen;
    if citus.as_deref() != Some(version) {
        let other = citus.as_deref().unwrap_or("none");
        findings.push(Finding::refusal(
            format!("the node {name} has citus {other}, and the coordinator {version}"),
            format!("create extension citus; or alter extension citus update to '{version}'; as superuser on {name}"),
        ));
    }
    if seen.is_public_open {
        findings.push(Finding::refusal(
            format!("the schema public of {name} is open to everybody"),
            format!("revoke all on schema public from public, as superuser on {name}"),
        ));
    }
    if seen.prepared_max == 0 {
        findings.push(Finding::refusal(
            format!("the node {name} prepares no transactions: nothing commits on two nodes"),
            format!("alter system set max_prepared_transactions = 200, on {name}; then restart it"),
        ));
    }
    if seen.wal_level != "logical" {
        findings.push(Finding::advice(
            format!("the node {name} writes no logical log: no schema can be moved to it or from it while it is used"),
            format!("alter system set wal_level = logical, on {name}; then restart it"),
        ));
    }
    findings.extend(of_roles(name, seen));
    findings
}

fn of_roles(node: &str, seen: &Seen) -> Vec<Finding> {
    let mut findings = Vec::new();
    for name in ROLES {
        let Some(role) = seen.roles.iter().find(|role| role.name == name) else {
            findings.push(Finding::refusal(
                format!("the node {node} has no role {name}"),
                format!("create it on the coordinator, as docs/guides/database.md says, after the nodes were added; or by hand on {node}"),
            ));
            continue;
        };
        for (has, power) in [
            (role.is_super, "superuser"),
            (role.is_bypassing, "bypassrls"),
        ] {
            if has {
                findings.push(Finding::refusal(
                    format!(
                        "{name} has {power} on {node}: row-level security would not hold there"
                    ),
                    format!(
                        "alter role {name} no{power}, as superuser on the coordinator and on {node}"
                    ),
                ));
            }
        }
        if name == "bailiwick_owner" && !role.is_told {
            findings.push(Finding::refusal(
                format!("forced policies hide rows from bailiwick_owner on {node}: a move of a schema would copy nothing and drop the source"),
                format!("alter role bailiwick_owner set row_security = off, as superuser on the coordinator and on {node}"),
            ));
        }
    }
    findings
}

fn of_control(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for schema in ["control", SHARED] {
        if facts.distributed.iter().any(|one| one == schema) {
            findings.push(Finding::refusal(
                format!("the schema {schema} is distributed, and belongs on the coordinator"),
                format!(
                    "as bailiwick_owner, `no force row level security` on each of its tables first, or all \
                     rows are lost; then select citus_schema_undistribute('{schema}'), and `force` again ({GUIDE})"
                ),
            ));
        }
    }
    for table in MANAGED {
        if !facts.managed.iter().any(|one| one == table) {
            findings.push(Finding::refusal(
                format!("{table} does not commit together with tenants' rows"),
                format!("select citus_add_local_table_to_metadata('{table}'), as bailiwick_owner on the coordinator"),
            ));
        }
    }
    findings
}

fn of_tenants(facts: &Facts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let distributed: BTreeSet<&String> = facts.distributed.iter().collect();
    let homes = facts
        .homes
        .iter()
        .filter(|home| !distributed.contains(home));
    if let Some(homes) = some(homes) {
        findings.push(Finding::advice(
            format!("tenants' own schemas that lie on the coordinator: {homes}"),
            format!("select citus_schema_distribute('<schema>'), with what {GUIDE} says around it"),
        ));
    }
    if let Some(hidden) = some(facts.hidden.iter()) {
        findings.push(Finding::refusal(
            format!("tables of distributed schemas of which rows still lie on the coordinator's disk, and are not erased with the tenant: {hidden}"),
            "select truncate_local_data_after_distributing_table('<schema>.<table>') for each, as bailiwick_owner",
        ));
    }
    if facts.orphans > 0 {
        findings.push(Finding::advice(
            format!(
                "{} pieces are left over from moves of schemas",
                facts.orphans
            ),
            "call citus_cleanup_orphaned_resources(), once no move is under way",
        ));
    }
    findings
}

/// How many and the first of them; none where there are none.
fn some<'a>(names: impl Iterator<Item = &'a String>) -> Option<String> {
    let names: Vec<&str> = names.map(String::as_str).collect();
    let first = names.get(..NAMED_MAX.min(names.len()))?.join(", ");
    match names.len() {
        0 => None,
        few if few <= NAMED_MAX => Some(first),
        many => Some(format!("{first} and {} more", many - NAMED_MAX)),
    }
}

#[cfg(test)]
mod tests;
