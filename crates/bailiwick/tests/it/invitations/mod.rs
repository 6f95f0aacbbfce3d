//! Invitations: who may invite whom as what, what the provider makes of it, and how people come.

mod coming;
mod limit;
mod making;
mod mirror;

use bailiwick_testkit::{Answer, Persona, TestApp, World};
use serde_json::json;

/// The path of an organization's invitations.
fn path(world: &World) -> String {
    format!("/organizations/{}/invitations", world.id)
}

/// Invites an address.
async fn invite(actor: &Persona, world: &World, email: &str, role: &str) -> Answer {
    actor
        .post(path(world), json!({"email": email, "role": role}))
        .await
}

/// Every invitation's address, role and status, as the API lists them.
async fn listed(world: &World) -> Vec<(String, String, String)> {
    let list = world.owner().get(path(world)).await.assert_status(200);
    let (emails, roles, states) = (
        list.column("email"),
        list.column("role"),
        list.column("status"),
    );
    let rows = emails.into_iter().zip(roles).zip(states);
    rows.map(|((email, role), status)| (email, role, status))
        .collect()
}

/// Somebody new, whom the mirror knows as well.
async fn newcomer(t: &TestApp, email: &str) -> (serde_json::Value, Persona) {
    let data = t.unseen_user("New", "Comer", email);
    t.apply(&bailiwick_testkit::fixtures::event(
        "user.created",
        &data,
        t.now(),
    ))
    .await;
    let persona = t.persona(&data).await;
    (data, persona)
}
