//! A test's own looks into the database, past row-level security.

use bailiwick_pg::Statement;
use serde_json::Value;

use crate::TestApp;

impl TestApp {
    /// The rows of a query as objects, with ids and times as text. The text is leaked: a test's
    /// process is short.
    pub async fn rows(&self, query: &str) -> Vec<Value> {
        let sql = format!("select to_jsonb(q) from ({query}) q");
        let rows = self.look.query(leak(sql), &[]).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {query}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// How many rows a query finds.
    pub async fn count(&self, query: &str) -> usize {
        self.rows(query).await.len()
    }

    /// In what the mirror differs from a model of the provider.
    pub async fn differences(&self, model: &crate::Model) -> Vec<String> {
        model.differences(&self.look).await
    }

    /// Changes data behind the product's back, as a fault would.
    pub async fn tamper(&self, statement: &str) {
        self.look.batch(statement).await.unwrap();
    }

    /// The actions in the audit in the order in which they were written, which times and ids do
    /// not say while the clock stands still.
    pub async fn audit(&self) -> Vec<String> {
        let rows = self
            .rows("select action from control.audit order by ctid")
            .await;
        rows.iter()
            .map(|row| crate::fixtures::text(row, "action"))
            .collect()
    }

    /// How many facts the audit holds.
    pub async fn audit_count(&self) -> i64 {
        let rows = self.rows("select count(*) as n from control.audit").await;
        rows[0]["n"].as_i64().unwrap()
    }

    /// The state of a message in the inbox.
    pub async fn inbox_state(&self, id: &str) -> String {
        let query = format!("select state from control.webhook_inbox where id = '{id}'");
        let rows = self.rows(&query).await;
        let row = rows.first().unwrap_or_else(|| panic!("no message {id}"));
        crate::fixtures::text(row, "state")
    }
}

fn leak(sql: String) -> &'static Statement {
    Box::leak(Box::new(Statement {
        name: "LOOK",
        sql: Box::leak(sql.into_boxed_str()),
        params: &[],
    }))
}
