//! A user is deleted beside what makes them a member: the deletion wins.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{JobId, OrgId, UserId};
use bailiwick_services::jobs::{self, ProjectMember, Provision};
use bailiwick_services::{inbox, provisioning};
use bailiwick_store::jobs::{Job, NewJob};
use bailiwick_testkit::fixtures::{self, deleted, event};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::Value;

use super::ada;

/// The job as a worker would have claimed it.
fn claimed(t: &TestApp, new: NewJob) -> Job {
    Job {
        id: JobId::from(t.app.env().uuid()),
        kind: new.kind.to_owned(),
        payload: new.payload,
        attempt: 1,
        max_attempts: new.max_attempts,
    }
}

/// Fails where anything still lets `user` in.
async fn assert_out(t: &TestApp, org: OrgId, user: UserId, what: &str) {
    let placement = t.app.store().find_placement(org).await.unwrap();
    let schema = placement.unwrap().schema;
    for query in [
        format!(
            "select 1 from control.memberships where user_id = '{user}' and status <> 'removed'"
        ),
        format!("select 1 from {schema}.members where id = '{user}' and status <> 'removed'"),
    ] {
        assert_eq!(t.count(&query).await, 0, "{what}: {query}");
    }
}

async fn our_id(t: &TestApp, user: &Value) -> UserId {
    t.persona(user).await.user()
}

/// A user of whom a membership and the deletion are in the inbox.
async fn two_messages(t: &TestApp, world: &World, n: usize) -> (Value, [String; 2]) {
    let email = format!("ada{n}@example.com");
    let user = t.user("Ada", "Lovelace", &email).await;
    let now = t.now();
    let user = fixtures::user(user.clerk_user_id(), "Ada", "Lovelace", &email, now);
    let later = now + SignedDuration::from_secs(1);
    let membership = fixtures::membership(&world.resource, &user, "org:member", later);
    let joined = event("organizationMembership.created", &membership, later);
    let left = event("user.deleted", &deleted(&user), now);
    let messages = [t.deliver(&joined).await, t.deliver(&left).await];
    (user, messages)
}

#[tokio::test]
async fn a_deletion_before_and_after_a_membership_ends_it() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        for order in [[0, 1], [1, 0]] {
            let (user, messages) = two_messages(&t, &acme, order[0]).await;
            let id = our_id(&t, &user).await;
            for n in order {
                inbox::process(&t.app, &messages[n]).await.unwrap();
            }
            t.settle().await;
            assert_out(&t, acme.id, id, &format!("{order:?}")).await;
        }
    }
}

#[tokio::test]
async fn a_deletion_beside_a_membership_ends_it() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        for round in 0..24 {
            let (user, [joined, left]) = two_messages(&t, &acme, round).await;
            let id = our_id(&t, &user).await;
            let (first, second) = futures::future::join(
                inbox::process(&t.app, &joined),
                inbox::process(&t.app, &left),
            )
            .await;
            first.unwrap();
            second.unwrap();
            t.settle().await;
            assert_out(&t, acme.id, id, &format!("round {round}")).await;
        }
    }
}

/// What stands between the look at the tombstone and the look at the user's row.
#[tokio::test]
async fn a_membership_of_a_deleted_row_is_none() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (user, [joined, left]) = two_messages(&t, &acme, 0).await;
    let id = our_id(&t, &user).await;
    inbox::process(&t.app, &left).await.unwrap();
    t.tamper("delete from control.tombstones").await;
    inbox::process(&t.app, &joined).await.unwrap();
    t.settle().await;
    assert_eq!(t.inbox_state(&joined).await, "done");
    assert_out(&t, acme.id, id, "without the tombstone").await;
}

#[tokio::test]
async fn a_projection_and_the_provisioning_end_alike_in_any_order() {
    let t = TestApp::start().await;
    for (round, order) in ["projection first", "provisioning first"]
        .into_iter()
        .chain(["at once"; 16])
        .enumerate()
    {
        let (ada, now) = (ada(&t), t.now());
        t.apply(&event("user.created", &ada, now)).await;
        let clerk_org_id = format!("org_new_{round}");
        let org = fixtures::organization(&clerk_org_id, "New", &clerk_org_id, "user_x", now);
        let membership = fixtures::membership(&org, &ada, "org:member", now);
        for event in [
            event("organization.created", &org, now),
            event("organizationMembership.created", &membership, now),
            event("user.deleted", &deleted(&ada), now),
        ] {
            let message = t.deliver(&event).await;
            inbox::process(&t.app, &message).await.unwrap();
        }
        let (org, user) = (
            t.organization_id(&clerk_org_id).await,
            our_id(&t, &ada).await,
        );
        let project = claimed(&t, ProjectMember::of(org, user, now));
        let provision = claimed(&t, Provision::of(org, now));
        match order {
            "projection first" => {
                jobs::run(&t.app, &project).await.unwrap();
                jobs::run(&t.app, &provision).await.unwrap();
            }
            "provisioning first" => {
                jobs::run(&t.app, &provision).await.unwrap();
                jobs::run(&t.app, &project).await.unwrap();
            }
            _ => {
                let (first, second) = futures::future::join(
                    jobs::run(&t.app, &project),
                    provisioning::run(&t.app, org),
                )
                .await;
                first.unwrap();
                second.unwrap();
            }
        }
        assert_out(&t, org, user, order).await;
        t.settle().await;
        assert_out(&t, org, user, order).await;
    }
}
