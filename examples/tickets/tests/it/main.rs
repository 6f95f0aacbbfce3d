//! Tickets through their HTTP door, on real parts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod binary;
mod events;
mod guide;
mod law;
mod operations;
mod page;
mod tickets;

use bailiwick_example_tickets::MODULES;
use bailiwick_kernel::policy::{self, Pack};
use bailiwick_testkit::{Persona, TestApp, World};
use serde_json::{Value, json};

/// The policy of a ticket product, compared with what the module checks.
fn pack() -> Pack {
    let own = bailiwick_api::policies(MODULES);
    policy::builtin_with("tickets", &own).unwrap().unwrap()
}

/// A server of this product.
async fn start() -> TestApp {
    start_with(pack()).await
}

async fn start_with(pack: Pack) -> TestApp {
    TestApp::options().pack(pack).modules(MODULES).start().await
}

/// What a ticket is opened with.
fn printer() -> Value {
    json!({
        "title": "The printer is on fire", "description": "The one on the second floor.",
        "priority": "high", "category": "technical",
    })
}

/// A ticket that somebody opens.
async fn opened(by: &Persona) -> String {
    by.post("/tickets", printer()).await.assert_status(201).id()
}

/// Somebody with a role of the policy.
fn guest(world: &World) -> &Persona {
    world.persona("guest_member")
}
