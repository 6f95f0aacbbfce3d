//! Every statement of the store against a freshly migrated database.

use bailiwick_testkit::{TestApp, law};

#[tokio::test]
async fn every_statement_of_the_store_keeps_the_law() {
    let t = TestApp::start().await;
    let count = law::statements(&t, bailiwick_store::statements()).await;
    assert!(count > 60, "{count} statements are hardly all");
}
