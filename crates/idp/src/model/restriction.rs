//! Who may sign up, and who may not.

use serde_json::{Value, json};

use super::ms;
use crate::store::restrictions::Restriction;

/// An entry of one of the lists.
#[must_use]
pub fn restriction(row: &Restriction, instance_id: &str) -> Value {
    json!({
        "object": format!("{}list_identifier", row.list),
        "id": row.id,
        "identifier": row.identifier,
        "identifier_type": row.identifier_type,
        "instance_id": instance_id,
        "created_at": ms(row.created_at),
        "updated_at": ms(row.created_at),
    })
}
