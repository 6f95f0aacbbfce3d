//! Who asked to be let in.

use serde_json::{Value, json};

use super::ms;
use crate::store::waitlist::Entry;

/// An entry with the invitation that it led to.
#[must_use]
pub fn entry(entry: &Entry, invitation: Option<Value>) -> Value {
    json!({
        "object": "waitlist_entry",
        "id": entry.id,
        "email_address": entry.email_address,
        "status": entry.status,
        "is_locked": false,
        "invitation": invitation,
        "created_at": ms(entry.created_at),
        "updated_at": ms(entry.updated_at),
    })
}
