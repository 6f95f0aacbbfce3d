//! Webhooks: who may send them, what is kept of them, and what they may change.

mod access;
mod convergence;
mod deletions;
mod intake;
pub(crate) mod letters;
mod parents;
mod recorded;

use bailiwick_testkit::TestApp;
use serde_json::Value;

/// Somebody whom the provider alone knows.
fn ada(t: &TestApp) -> Value {
    t.unseen_user("Ada", "Lovelace", "ada@example.com")
}
