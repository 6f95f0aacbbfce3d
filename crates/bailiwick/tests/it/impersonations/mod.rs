//! Operators who act for users: who may, what they may not, when it ends, and what is left of it.

mod acting;
mod attacks;
mod ends;
mod facts;
mod starting;

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp, World};
use serde_json::Value;

/// Where impersonations are started and listed.
const PATH: &str = "/platform/impersonations";
/// The one answer to whoever may not act for somebody.
const INVALID: &str = "AUTH_IMPERSONATION_INVALID";

/// An installation with an organization, and somebody who operates it.
struct Stage {
    t: TestApp,
    acme: World,
    operator: Persona,
}

async fn stage(tier: Tier) -> Stage {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", tier).await;
    let operator = t.staff("super_admin").await;
    Stage { t, acme, operator }
}

/// Somebody more of the operators.
async fn another_operator(t: &TestApp, name: &str, platform_role: &str) -> Persona {
    let email = format!("{name}@staff.example");
    let persona = t.user("Staff", name, &email).await;
    let store = t.app.store();
    let granted = bailiwick_store::platform::grant(store, t.app.env(), &email, platform_role);
    assert_eq!(granted.await.unwrap(), 1);
    persona
}

fn path_of(impersonation: &Value) -> String {
    format!("{PATH}/{}", impersonation["id"].as_str().unwrap())
}
