//! The installation through its HTTP door, for the people who operate it and for everybody else.

mod conflicts;
mod flags;
mod inbox;
mod organizations;
mod users;
mod who;

use bailiwick_testkit::{Persona, TestApp};
use serde_json::Value;

/// Facts of one action, the oldest first.
async fn facts(t: &TestApp, action: &str) -> Vec<Value> {
    let query = format!(
        "select actor_id, object_type, object_id, tenant_id, before, after from control.audit
         where action = '{action}' order by ctid"
    );
    t.rows(&query).await
}

/// All of a list in pages of two, one member of each.
async fn all(who: &Persona, path: &str, member: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = who.get(format!("{path}limit=2{cursor}")).await;
        let page = page.assert_status(200);
        found.extend(page.column(member));
        match page.json()["nextCursor"].as_str() {
            None => return found,
            Some(next) => cursor = format!("&cursor={next}"),
        }
    }
}
