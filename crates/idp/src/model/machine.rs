//! Machines and their tokens.

use serde_json::{Value, json};

use super::ms;
use crate::store::machines::Machine;

/// A machine.
#[must_use]
pub fn machine(machine: &Machine, instance_id: &str) -> Value {
    json!({
        "object": "machine",
        "id": machine.id,
        "name": machine.name,
        "instance_id": instance_id,
        "default_token_ttl": machine.default_token_ttl,
        "created_at": ms(machine.created_at),
        "updated_at": ms(machine.updated_at),
    })
}

/// A machine with those that it may present its tokens to.
#[must_use]
pub fn with_scopes(row: &Machine, scoped: &[&Machine], instance_id: &str) -> Value {
    let mut value = machine(row, instance_id);
    value["scoped_machines"] = scoped
        .iter()
        .map(|other| machine(other, instance_id))
        .collect();
    value
}
