//! What holds for our tables and statements holds for those of tickets.

use bailiwick_example_tickets::{MODULES, store};
use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{self, Pack};
use bailiwick_testkit::{TestApp, law};

use crate::start;

#[tokio::test]
async fn the_tables_keep_the_law_in_both_kinds_of_schema() {
    let options = TestApp::options().tiers_as_written();
    let t = options.pack(crate::pack()).modules(MODULES).start().await;
    t.tenant("acme", Tier::Starter).await;
    t.tenant("globex", Tier::Pro).await;
    let there = "select 1 from pg_class where relname = 'tickets' and relkind = 'r'";
    assert_eq!(t.count(there).await, 2);
    law::tables(&t).await;
}

#[tokio::test]
async fn every_statement_keeps_the_law() {
    let t = start().await;
    let all = store::STATEMENTS.iter().copied();
    assert_eq!(law::statements(&t, all).await, store::STATEMENTS.len());
}

/// A server that has the module and not its tables does not start.
#[tokio::test]
async fn the_gate_misses_the_modules_migrations() {
    let t = start().await;
    t.tamper("delete from tenant_shared.schema_migrations_tickets")
        .await;
    let findings = t.app.store().gate().await.unwrap();
    let problems: Vec<_> = findings.iter().map(|f| f.problem.as_str()).collect();
    assert_eq!(
        problems,
        ["schema tenant_shared has 0 of 2 migrations (schema_migrations_tickets)"]
    );
}

/// A policy that does not go with the code stops the start.
#[test]
fn a_policy_without_tickets_is_refused() {
    let own = bailiwick_api::policies(MODULES);
    let refused = policy::builtin_with("default", &own).unwrap().unwrap_err();
    insta::assert_snapshot!(refused.to_string(), @r"
    policies/default.toml:1: module `tickets` checks `tickets:read`, and no role holds it
    policies/default.toml:1: module `tickets` checks `tickets:create`, and no role holds it
    policies/default.toml:1: module `tickets` checks `tickets:update`, and no role holds it
    policies/default.toml:1: module `tickets` checks `tickets:delete`, and no role holds it
    ");
    let (_, text) = policy::BUILTIN
        .iter()
        .find(|(name, _)| *name == "tickets")
        .unwrap();
    let own_deletes = text.replace(
        "\"tickets:delete\" = { all = [\"owner\", \"admin\", \"member\"] }",
        "\"tickets:delete\" = { all = [\"owner\", \"admin\"], own = [\"guest_member\"] }",
    );
    let refused = Pack::parse_with("mine.toml", &own_deletes, &own).unwrap_err();
    insta::assert_snapshot!(refused.to_string(), @"mine.toml:57: `tickets:delete` knows no such reach");
}
