//! Invitations of which nobody told: a sweep finds them.

use bailiwick_kernel::Tier;
use bailiwick_services::sync::sweep::{Differs, Kind};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::json;

use super::{started, sweep};

/// `(address, status)` of every invitation, as the API lists them.
async fn listed(world: &World) -> Vec<(String, String)> {
    let path = format!("/organizations/{}/invitations", world.id);
    let list = world.owner().get(path).await.assert_status(200);
    let mut rows: Vec<_> = list
        .column("email")
        .into_iter()
        .zip(list.column("status"))
        .collect();
    rows.sort();
    rows
}

async fn invite(world: &World, email: &str) -> String {
    let path = format!("/organizations/{}/invitations", world.id);
    let body = json!({"email": email, "role": "viewer"});
    let made = world.owner().post(path, body).await;
    made.assert_status(201).text_of("clerkInvitationId")
}

async fn nothing_differs(t: &TestApp) {
    assert_eq!(sweep(t).await.counts.total(), 0);
}

#[tokio::test]
async fn what_became_of_invitations_is_found_and_repaired_once() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for email in [
        "open@x.example",
        "taken@x.example",
        "used@x.example",
        "over@x.example",
    ] {
        let _ = invite(&acme, email).await;
    }
    let gone = invite(&acme, "gone@x.example").await;
    drop(t.provider.take_events());
    nothing_differs(&t).await;
    t.advance(SignedDuration::from_mins(1));
    let _ = t
        .provider
        .invite(&acme.clerk_org_id, "made@x.example", "org:member");
    t.provider.set_invitations("taken@x.example", "revoked");
    t.provider.set_invitations("used@x.example", "accepted");
    t.provider.set_invitations("over@x.example", "expired");
    t.provider.forget(&gone);
    let report = sweep(&t).await;
    let of = |differs| report.counts.of(Kind::Invitation, differs);
    let found = (
        of(Differs::Missing),
        of(Differs::Changed),
        of(Differs::Extra),
    );
    assert_eq!(found, (1, 3, 1), "{:?}", report.counts);
    let expected = [
        ("gone@x.example", "revoked"),
        ("made@x.example", "pending"),
        ("open@x.example", "pending"),
        ("over@x.example", "expired"),
        ("taken@x.example", "revoked"),
        ("used@x.example", "accepted"),
    ];
    let expected = expected.map(|(email, status)| (email.to_owned(), status.to_owned()));
    assert_eq!(listed(&acme).await, expected);
    nothing_differs(&t).await;
}

/// The answer was lost, and the webhook too: the mark in it says whose it is.
#[tokio::test]
async fn an_invitation_of_ours_is_known_by_its_mark() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.provider.lose_answers(500);
    let path = format!("/organizations/{}/invitations", acme.id);
    let body = json!({"email": "new@x.example", "role": "viewer"});
    let _ = acme.owner().post(path, body).await.assert_status(202);
    t.provider.recover();
    drop(t.provider.take_events());
    let report = sweep(&t).await;
    assert_eq!(report.counts.of(Kind::Invitation, Differs::Missing), 1);
    let query =
        "select role, status from control.invitations where clerk_invitation_id is not null";
    let expected = [json!({"role": "viewer", "status": "pending"})];
    assert_eq!(t.rows(query).await, expected);
    assert_eq!(t.provider.invitations_to("new@x.example").len(), 1);
    nothing_differs(&t).await;
}
