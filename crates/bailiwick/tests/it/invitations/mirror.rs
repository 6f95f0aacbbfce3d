//! Invitations that were made in the provider's own panel.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{changed, event};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{invite, listed};

fn theirs(t: &TestApp, acme: &World, email: &str, private: &Value) -> Value {
    let at = t.now().as_millisecond();
    json!({
        "object": "organization_invitation", "id": "orginv_theirs", "email_address": email,
        "role": "org:admin", "organization_id": acme.clerk_org_id, "status": "pending",
        "public_metadata": {"bailiwick": private}, "private_metadata": {"bailiwick": private},
        "expires_at": at + 1_000_000, "created_at": at, "updated_at": at
    })
}

#[tokio::test]
async fn they_are_mirrored_and_end_as_they_end_there() {
    for status in ["accepted", "revoked"] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        let made = theirs(&t, &acme, "new@example.com", &json!(null));
        let later = t.now() + SignedDuration::from_secs(5);
        let ended = changed(&made, later, json!({"status": status}));
        let created = event("organizationInvitation.created", &made, t.now());
        let ended = event(&format!("organizationInvitation.{status}"), &ended, later);
        for (first, second) in [(&created, &ended), (&ended, &created)] {
            t.apply(first).await;
            t.apply(second).await;
            let row = (
                "new@example.com".to_owned(),
                "admin".to_owned(),
                status.to_owned(),
            );
            assert_eq!(listed(&acme).await, [row]);
            t.tamper("delete from control.invitations").await;
        }
    }
}

/// An event whose mark names an invitation of another organization, or nothing that there is, is an
/// invitation like any other.
#[tokio::test]
async fn a_mark_is_believed_in_its_own_organization_alone() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let made = invite(globex.owner(), &globex, "victim@example.com", "viewer").await;
    let id = made.assert_status(201).id();
    for mark in [
        json!({"invitation": id, "sending": 1}),
        json!({"invitation": "x", "sending": "1"}),
        json!([1, 2]),
    ] {
        let forged = theirs(&t, &acme, "new@example.com", &mark);
        t.apply(&event("organizationInvitation.created", &forged, t.now()))
            .await;
        assert_eq!(listed(&acme).await.len(), 1);
        assert_eq!(listed(&globex).await[0].0, "victim@example.com");
        t.tamper("delete from control.invitations where clerk_invitation_id = 'orginv_theirs'")
            .await;
    }
}

/// The organization's own webhook comes later than its invitation's.
#[tokio::test]
async fn an_invitation_waits_for_its_organization() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let creator = t.unseen_user("New", "Owner", "owner@late.example");
    let late =
        bailiwick_testkit::fixtures::organization("org_late", "Late", "late", "user_x", t.now());
    t.provider.know(&late);
    drop(creator);
    let mut made = theirs(&t, &acme, "new@example.com", &json!(null));
    made["organization_id"] = json!("org_late");
    t.apply(&event("organizationInvitation.created", &made, t.now()))
        .await;
    let rows = t
        .rows("select o.slug from control.invitations i join control.organizations o on o.id = i.organization_id")
        .await;
    assert_eq!(rows, [json!({"slug": "late"})]);
}
