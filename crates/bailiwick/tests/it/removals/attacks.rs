//! What comes late, and what comes under an old name.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, event, membership};
use jiff::SignedDuration;
use serde_json::json;

use super::{delete, furnished, remove, step, subscription, traces};

#[tokio::test]
async fn nothing_late_revives_it() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    delete(&t, &acme).await;
    remove(&t).await;
    let before = traces(&t, &acme).await;
    t.advance(SignedDuration::from_secs(60));
    let user = json!({"id": acme.member().clerk_user_id(), "first_name": "A", "last_name": "B"});
    let renamed = changed(&acme.resource, t.now(), json!({"name": "Revived"}));
    let joined = membership(&acme.resource, &user, "org:admin", t.now());
    for late in [
        event("organization.updated", &renamed, t.now()),
        event("organization.created", &acme.resource, t.now()),
        event("organizationMembership.created", &joined, t.now()),
        event("subscription.active", &subscription(&t, &acme), t.now()),
        event(
            "organization.deleted",
            &json!({"id": acme.clerk_org_id, "object": "organization", "deleted": true}),
            t.now(),
        ),
    ] {
        t.apply(&late).await;
    }
    t.tamper("delete from control.webhook_inbox").await;
    assert_eq!(traces(&t, &acme).await, before);
    assert_eq!(step(&t, &acme).await, "DONE");
}

/// Another organization under the same name is another organization.
#[tokio::test]
async fn the_same_slug_gets_nothing() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = furnished(&t, "acme", *tier).await;
        delete(&t, &acme).await;
        let owner = acme.owner();
        let again = json!({"id": owner.clerk_user_id()});
        // While it is kept, and after it is gone.
        let second = t.organization("acme", &again, *tier).await;
        t.join(&second, &user_of(owner), "org:admin").await;
        let during = owner.clone().within(&second);
        assert_eq!(
            during
                .get("/projects")
                .await
                .assert_status(200)
                .column("name"),
            [""; 0]
        );
        remove(&t).await;
        assert_eq!(step(&t, &acme).await, "DONE");
        assert_eq!(
            during
                .get("/projects")
                .await
                .assert_status(200)
                .column("name"),
            [""; 0]
        );
        let _ = during.create_project("mine").await;
        let facts = t.rows("select 1 from control.removals").await;
        assert_eq!(facts.len(), 1, "the one that lives is not being removed");
    }
}

fn user_of(persona: &bailiwick_testkit::Persona) -> serde_json::Value {
    let (first, last) = persona.name().split_once(' ').unwrap_or_default();
    json!({"id": persona.clerk_user_id(), "first_name": first, "last_name": last})
}
