//! A user is deleted beside what makes them a member: the deletion wins.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{JobId, OrgId, UserId};
use bailiwick_pg::sql;
use bailiwick_services::jobs::{self, ProjectMember, Provision};
use bailiwick_services::{inbox, provisioning};
use bailiwick_store::jobs::{Job, NewJob};
use bailiwick_testkit::fixtures::{self, deleted, event};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::Value;

use super::ada;

sql! {
    /// Holds a tenant's door shut, as a move's cut-over does.
    SHUT_DOOR(UUID) = "select pg_advisory_xact_lock(hashtextextended($1::text, 0))";
}

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

/// As where the deletion comes between the look at the tombstone and the look at the user's row.
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

/// An organization without a tenant yet, and a member of it.
async fn unprovisioned(t: &TestApp, clerk_org_id: &str) -> (OrgId, Value) {
    let (ada, now) = (ada(t), t.now());
    t.apply(&event("user.created", &ada, now)).await;
    let org = fixtures::organization(clerk_org_id, "New", clerk_org_id, "user_x", now);
    let membership = fixtures::membership(&org, &ada, "org:member", now);
    for event in [
        event("organization.created", &org, now),
        event("organizationMembership.created", &membership, now),
    ] {
        let message = t.deliver(&event).await;
        inbox::process(&t.app, &message).await.unwrap();
    }
    (t.organization_id(clerk_org_id).await, ada)
}

async fn delete(t: &TestApp, user: &Value) {
    let gone = event("user.deleted", &deleted(user), t.now());
    let message = t.deliver(&gone).await;
    inbox::process(&t.app, &message).await.unwrap();
}

#[tokio::test]
async fn a_projection_before_and_after_the_provisioning_ends_it() {
    let t = TestApp::start().await;
    for is_first in [true, false] {
        let (org, ada) = unprovisioned(&t, &format!("org_{is_first}")).await;
        let user = our_id(&t, &ada).await;
        delete(&t, &ada).await;
        let project = claimed(&t, ProjectMember::of(org, user, t.now()));
        let provision = claimed(&t, Provision::of(org, t.now()));
        let mut order = [project, provision];
        if !is_first {
            order.reverse();
        }
        for job in &order {
            jobs::run(&t.app, job).await.unwrap();
        }
        assert_out(&t, org, user, order[0].kind.as_str()).await;
        t.settle().await;
        assert_out(&t, org, user, order[0].kind.as_str()).await;
    }
}

/// The provisioning has read who is a member and has not committed when the user is deleted: the
/// projection waits for it, since it would find no tenant to write to.
#[tokio::test]
async fn a_projection_beside_the_provisioning_ends_it() {
    let t = TestApp::start().await;
    let (org, ada) = unprovisioned(&t, "org_new").await;
    let user = our_id(&t, &ada).await;
    let superuser = t.database.superuser().await;
    let mut shut = superuser.begin().await.unwrap();
    shut.query(&SHUT_DOOR, &[&org.uuid()]).await.unwrap();
    let waiting = "
        select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'";
    let app = t.app.clone();
    let provisioning = tokio::spawn(async move { provisioning::run(&app, org).await });
    while t.count(waiting).await == 0 {
        assert!(!provisioning.is_finished());
    }
    delete(&t, &ada).await;
    let (app, job) = (
        t.app.clone(),
        claimed(&t, ProjectMember::of(org, user, t.now())),
    );
    let projection = tokio::spawn(async move { jobs::run(&app, &job).await });
    while t.count(waiting).await < 2 {
        assert!(!projection.is_finished(), "it did not wait");
    }
    shut.commit().await.unwrap();
    provisioning.await.unwrap().unwrap();
    projection.await.unwrap().unwrap();
    assert_out(&t, org, user, "at once").await;
    t.settle().await;
}
