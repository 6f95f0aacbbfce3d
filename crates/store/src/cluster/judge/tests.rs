//! A sound cluster, and each fault of one alone.

use super::*;
use crate::cluster::Role;
use crate::gate::Weight;

fn seen() -> Seen {
    let role = |name: &str| Role {
        name: name.to_owned(),
        is_super: false,
        is_bypassing: false,
        is_told: name == "bailiwick_owner",
    };
    Seen {
        citus: Some("13.2-1".to_owned()),
        is_public_open: false,
        prepared_max: 200,
        wal_level: "logical".to_owned(),
        roles: ROLES.map(role).into(),
    }
}

fn node(id: i32) -> Node {
    Node {
        id,
        name: format!("node-{id}:5432"),
        is_coordinator: id == 1,
        is_active: true,
        seen: Ok(seen()),
    }
}

/// As docs/guides/scale.md wants it.
fn sound() -> Facts {
    Facts {
        version: Some("13.2-1".to_owned()),
        nodes: vec![node(1), node(2), node(3)],
        managed: MANAGED.map(str::to_owned).into(),
        distributed: vec!["tenant_0123456789ab".to_owned()],
        homes: vec!["tenant_0123456789ab".to_owned()],
        ..Facts::default()
    }
}

fn only(facts: &Facts) -> Finding {
    let found = judge(facts);
    assert_eq!(found.len(), 1, "{found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn a_sound_cluster_has_nothing() {
    assert_eq!(judge(&sound()), []);
}

#[test]
fn without_citus_that_is_all_there_is_to_say() {
    let found = only(&Facts::default());
    assert_eq!(found.problem, "citus is not installed in this database");
    assert!(found.remedy.contains("create extension citus"));
}

#[test]
fn each_fault_is_found_alone_and_named_with_what_mends_it() {
    type Fault = fn(&mut Facts);
    let faults: [(Fault, Weight, &str, &str); 12] = [
        (
            |f| f.astray.push("bailiwick_app".to_owned()),
            Weight::Refusal,
            "a worker",
            "DATABASE_URL",
        ),
        (
            |f| f.sharding.push("bailiwick_ro".to_owned()),
            Weight::Refusal,
            "sharding is on for bailiwick_ro",
            "alter role bailiwick_ro reset",
        ),
        (
            |f| drop(f.nodes.remove(0)),
            Weight::Refusal,
            "know itself",
            "citus_set_coordinator_host",
        ),
        (
            |f| f.nodes.truncate(1),
            Weight::Advice,
            "no worker",
            "citus_add_node",
        ),
        (
            |f| f.nodes[2].is_active = false,
            Weight::Refusal,
            "node-3:5432 is not active",
            "citus_activate_node('node-3', 5432)",
        ),
        (
            |f| f.nodes[1].seen = Err("refused".to_owned()),
            Weight::Refusal,
            "node-2:5432 does not answer bailiwick_owner: refused",
            "pg_hba.conf",
        ),
        (
            |f| drop(f.managed.remove(1)),
            Weight::Refusal,
            "control.audit_pending",
            "citus_add_local_table_to_metadata('control.audit_pending')",
        ),
        (
            |f| f.distributed.push("control".to_owned()),
            Weight::Refusal,
            "schema control is distributed",
            "no force",
        ),
        (
            |f| f.distributed.push(SHARED.to_owned()),
            Weight::Refusal,
            "schema tenant_shared is distributed",
            "citus_schema_undistribute('tenant_shared')",
        ),
        (
            |f| f.distributed.clear(),
            Weight::Advice,
            "coordinator: tenant_0123456789ab",
            "citus_schema_distribute",
        ),
        (
            |f| f.hidden.push("tenant_0123456789ab.members".to_owned()),
            Weight::Refusal,
            "tenant_0123456789ab.members",
            "truncate_local_data",
        ),
        (
            |f| f.orphans = 3,
            Weight::Advice,
            "3 pieces",
            "citus_cleanup_orphaned_resources",
        ),
    ];
    for (fault, weight, problem, remedy) in faults {
        let mut facts = sound();
        fault(&mut facts);
        let found = only(&facts);
        assert_eq!(found.weight, weight, "{found:?}");
        assert!(found.problem.contains(problem), "{problem}: {found:?}");
        assert!(found.remedy.contains(remedy), "{remedy}: {found:?}");
    }
}

#[test]
fn each_fault_of_a_node_is_found_alone_and_names_the_node() {
    type Fault = fn(&mut Seen);
    let faults: [(Fault, &str, &str); 9] = [
        (
            |s| s.citus = None,
            "has citus none",
            "create extension citus",
        ),
        (
            |s| s.citus = Some("12.1-1".to_owned()),
            "has citus 12.1-1",
            "update to '13.2-1'",
        ),
        (
            |s| s.is_public_open = true,
            "open to everybody",
            "revoke all on schema public",
        ),
        (
            |s| s.prepared_max = 0,
            "prepares no",
            "max_prepared_transactions",
        ),
        (
            |s| s.wal_level = "replica".to_owned(),
            "no logical log",
            "wal_level = logical",
        ),
        (
            |s| drop(s.roles.pop()),
            "no role bailiwick_ro",
            "docs/guides/database.md",
        ),
        (
            |s| s.roles[0].is_super = true,
            "bailiwick_app has superuser",
            "nosuperuser",
        ),
        (
            |s| s.roles[1].is_bypassing = true,
            "bailiwick_owner has bypassrls",
            "nobypassrls",
        ),
        (
            |s| s.roles[1].is_told = false,
            "hide rows from bailiwick_owner",
            "row_security = off",
        ),
    ];
    for (fault, problem, remedy) in faults {
        for at in [0, 2] {
            let mut facts = sound();
            fault(facts.nodes[at].seen.as_mut().unwrap());
            let found = only(&facts);
            assert!(found.problem.contains(problem), "{problem}: {found:?}");
            assert!(found.remedy.contains(remedy), "{remedy}: {found:?}");
            let text = format!("{} {}", found.problem, found.remedy);
            assert!(text.contains(&facts.nodes[at].name), "{found:?}");
        }
    }
}

#[test]
fn of_many_only_the_first_are_named() {
    let mut facts = sound();
    facts.homes = (0..12).map(|n| format!("tenant_{n:012x}")).collect();
    facts.distributed.clear();
    let found = only(&facts);
    assert!(
        found.problem.ends_with("tenant_000000000004 and 7 more"),
        "{found:?}"
    );
}
