//! Checking webhooks against their document.

use bailiwick_pg::{Pool, PoolConfig, sql};
use serde_json::Value;

use super::coverage::{self, How};
use super::document::webhooks;
use super::exceptions;
use super::schema::violations;
use crate::support::postgres;

sql! {
    /// Everything that was said.
    SAID() = "select payload from idp.webhook_messages order by seq limit 1000";
}

/// Everything about an envelope that contradicts the document; records a valid one.
pub fn violations_of(event: &Value) -> Vec<String> {
    check(event, How::Direct)
}

/// Records that receivers of `how` accepted an event, where it is valid. What is not is found
/// where the test ends.
pub fn accepted(event: &Value, how: How) {
    check(event, how);
}

fn check(event: &Value, how: How) -> Vec<String> {
    let Some(document) = webhooks() else {
        return Vec::new();
    };
    let kind = event["type"].as_str().unwrap_or("none");
    let body = &document.value["x-webhooks"][kind]["post"]["requestBody"]["content"];
    let schema = &body["application/json"]["schema"];
    if !schema.is_object() {
        return vec![format!("{kind} is no event of the document")];
    }
    let found: Vec<String> = violations(&document.value, schema, event)
        .into_iter()
        .filter(|violation| !exceptions::is_defect("webhooks", violation))
        .map(|violation| format!("{kind}: {violation}"))
        .collect();
    if found.is_empty() {
        coverage::record("webhooks", kind, "sent", how);
    }
    found
}

/// Checks everything that was said in a database when it is dropped: at the end of a test.
pub struct Watch {
    database_url: String,
}

impl Watch {
    pub async fn of(pool: &Pool) -> Self {
        let database_url = postgres::url_of(pool).await;
        Self { database_url }
    }
}

impl Drop for Watch {
    /// Blocks, on a thread and a connection of its own: the test's runtime cannot drive anything
    /// any more.
    fn drop(&mut self) {
        if std::thread::panicking() || webhooks().is_none() {
            return;
        }
        let url = std::mem::take(&mut self.database_url);
        let found = std::thread::spawn(move || said(url)).join().unwrap();
        assert!(
            found.is_empty(),
            "webhooks are not as documented:\n{}",
            found.join("\n")
        );
    }
}

/// What is wrong with everything that was said in a database.
fn said(database_url: String) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let config = PoolConfig::new(database_url).max_size(1);
        let pool = Pool::connect(config).await.unwrap();
        let rows = pool.query(&SAID, &[]).await.unwrap();
        rows.iter()
            .flat_map(|row| violations_of(&serde_json::from_str(row.get(0)).unwrap()))
            .collect()
    })
}
