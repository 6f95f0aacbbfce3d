//! The audit: nobody changes it, what is changed past the product is found, and people read it as
//! far as they may.

mod append_only;
mod ends;
mod export;
mod read;
mod retention;
mod sealing;
mod verify;

use bailiwick_kernel::Tier;
use bailiwick_services::audit::{Report, What};
use bailiwick_store::audit::{Chain, Fact};
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::Value;

use super::isolation::placement;

/// A moment later: what is done from here on is newer than all before.
pub fn later(t: &TestApp) {
    t.advance(SignedDuration::from_secs(1));
}

/// Makes projects, and with each a fact.
pub async fn projects(world: &World, names: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(world.owner().create_project(name).await);
    }
    ids
}

/// A server with one tenant whose chain has several links, all of them outside as well.
pub async fn chained() -> (TestApp, World) {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.seal().await;
    for names in [["a", "b"], ["c", "d"], ["e", "f"]] {
        projects(&acme, &names).await;
        t.seal().await;
    }
    assert_eq!(findings(&t).await, []);
    (t, acme)
}

/// What verifying everything comes to.
pub async fn verified(t: &TestApp) -> Report {
    let objects = t.app.objects().as_ref();
    bailiwick_services::audit::verify(t.app.store(), t.app.env(), Some(objects), None)
        .await
        .unwrap()
}

/// What verifying everything finds.
pub async fn findings(t: &TestApp) -> Vec<(Chain, What)> {
    let report = verified(t).await;
    let findings = report.findings.into_iter();
    findings.map(|found| (found.chain, found.what)).collect()
}

/// Changes the audit as somebody who owns the database could.
pub async fn behind(t: &TestApp, statement: &str) {
    let tables = ["audit", "audit_seals", "audit_tombstones"];
    let each = |what: &str| {
        let one = |table| format!("alter table control.{table} {what} trigger user;");
        tables.map(one).concat()
    };
    t.tamper(&format!(
        "begin; {} {statement}; {} commit",
        each("disable"),
        each("enable")
    ))
    .await;
}

/// Adds many facts of a tenant in one transaction.
pub async fn facts(t: &TestApp, world: &World, values: impl IntoIterator<Item = Value>) {
    let door = TenantDoor::new(&placement(t, world).await, Visitor::System("a test"));
    let mut tx = t.app.store().enter(&door).await.unwrap();
    for (number, value) in values.into_iter().enumerate() {
        let object = number.to_string();
        let fact = Fact {
            after: Some(value),
            ..Fact::impersonal(t.app.env(), "system", "tests.add", ("test", &object))
        };
        tx.audit(&fact).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The number of the last link.
pub async fn last(t: &TestApp, world: &World) -> i64 {
    let query = format!(
        "select max(number) as n from control.audit_seals where chain = '{}'",
        world.id
    );
    t.rows(&query).await[0]["n"].as_i64().unwrap()
}
