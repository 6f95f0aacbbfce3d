//! Members: who may change whom, and that both sides end the same whatever gets lost on the way.

mod departures;
mod embedded;
mod faults;
mod kills;
mod orders;
mod owners;
mod random;
mod roles;
mod suspension;

use bailiwick_testkit::{Answer, Persona, TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Longer than any claim: what was left behind is taken up.
const LATER: SignedDuration = SignedDuration::from_secs(70);

/// The path of somebody's membership.
fn path(world: &World, person: &Persona) -> String {
    format!("/organizations/{}/members/{}", world.id, person.user())
}

/// Gives somebody another role.
async fn give(actor: &Persona, world: &World, person: &Persona, role: &str) -> Answer {
    actor
        .patch(path(world, person), json!({"role": role}))
        .await
}

/// Everything that the mirror holds of who belongs to an organization.
async fn mirror(t: &TestApp, world: &World) -> Vec<Value> {
    let query = format!(
        "select u.email, m.role, m.status, m.provider_role from control.memberships m
         join control.users u on u.id = m.user_id where m.organization_id = '{}' order by 1",
        world.id
    );
    t.rows(&query).await
}

/// What the queue left behind is taken up, and what the provider has to say arrives.
async fn catch_up(t: &TestApp) {
    t.provider.recover();
    t.advance(LATER);
    t.settle().await;
    t.echo().await;
}
