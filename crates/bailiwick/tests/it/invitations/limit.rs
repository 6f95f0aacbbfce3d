//! As many people as the plan allows, whoever is invited included, and not one more.

use bailiwick_kernel::Tier;
use bailiwick_store::platform;
use bailiwick_testkit::{TestApp, World};
use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{invite, listed, path};

/// Lets an organization have so many people; none for what its plan allows.
async fn limit(t: &TestApp, world: &World, most: Option<i32>) {
    let limited = platform::limit_members(t.app.store(), t.app.env(), &world.slug, most);
    assert!(limited.await.unwrap());
}

/// How many there are, and may be, as those who invite are told.
async fn seats(world: &World) -> Value {
    let path = format!("/organizations/{}/seats", world.id);
    let told = world.admin().get(&path).await.assert_status(200).json();
    for other in [world.manager(), world.viewer()] {
        let refused = other.get(&path).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
    }
    told
}

#[tokio::test]
async fn a_plan_says_how_many_there_may_be() {
    let t = TestApp::options().tiers_as_written().start().await;
    let small = t.tenant("small", Tier::Starter).await;
    limit(&t, &small, None).await;
    let refused = invite(small.owner(), &small, "new@example.com", "viewer").await;
    let refused = refused.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
    let detail = refused.text_of("detail");
    assert!(
        detail.contains("may have 2 people") && detail.contains("plan"),
        "{detail}"
    );
    assert!(listed(&small).await.is_empty());
    assert_eq!(seats(&small).await, json!({"taken": 5, "max": 2}));
    assert!(t.provider.invitations_to("new@example.com").is_empty());

    let large = t.tenant("large", Tier::Pro).await;
    limit(&t, &large, None).await;
    let mut made = Vec::new();
    for at in 0..5 {
        let email = format!("new{at}@example.com");
        let answer = invite(large.owner(), &large, &email, "viewer").await;
        made.push(answer.assert_status(201).id());
    }
    assert_eq!(seats(&large).await, json!({"taken": 10, "max": 10}));
    let one_more = async || invite(large.owner(), &large, "more@example.com", "viewer").await;
    let _ = one_more().await.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
    // Whose seat is free again is somebody else's: an invitation taken back, a member removed.
    let one = format!("{}/{}", path(&large), made[0]);
    let _ = large.owner().delete(one).await.assert_status(200);
    assert_eq!(seats(&large).await, json!({"taken": 9, "max": 10}));
    let _ = one_more().await.assert_status(201);
    let again = invite(large.owner(), &large, "again@example.com", "viewer").await;
    let _ = again.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
    let viewer = format!(
        "/organizations/{}/members/{}",
        large.id,
        large.viewer().user()
    );
    let _ = large.owner().delete(viewer).await.assert_status(200);
    let again = invite(large.owner(), &large, "again@example.com", "viewer").await;
    let _ = again.assert_status(201);
}

/// An invitation whose time is over has no seat, and gets none back where there is none.
#[tokio::test]
async fn the_expired_are_not_counted() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    limit(&t, &acme, Some(6)).await;
    let old = invite(acme.owner(), &acme, "old@example.com", "viewer").await;
    let old = format!("{}/{}/resend", path(&acme), old.assert_status(201).id());
    let _ = acme.owner().post_empty(&old).await.assert_status(200);
    let new = invite(acme.owner(), &acme, "new@example.com", "viewer").await;
    let _ = new.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
    assert_eq!(seats(&acme).await, json!({"taken": 6, "max": 6}));
    t.advance(SignedDuration::from_hours(31 * 24));
    assert_eq!(seats(&acme).await, json!({"taken": 5, "max": 6}));
    let new = invite(acme.owner(), &acme, "new@example.com", "viewer").await;
    let _ = new.assert_status(201);
    let resent = acme.owner().post_empty(&old).await;
    let _ = resent.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
}

/// Many at once, one by one and in bulk, and somebody who comes by the provider meanwhile.
#[tokio::test]
async fn the_last_seats_are_taken_once() {
    for round in 0..3 {
        let t = TestApp::options().pool_max(8).start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        limit(&t, &acme, Some(9)).await;
        let guest = t.unseen_user("Gus", "Guest", "guest@example.com");
        let single = join_all((0..8).map(|at| {
            let (acme, owner) = (&acme, acme.owner());
            async move { invite(owner, acme, &format!("one{at}@example.com"), "viewer").await }
        }));
        let bulk = join_all((0..4).map(|at| {
            let one = |n| json!({"email": format!("many{at}.{n}@example.com"), "role": "viewer"});
            let body = json!({"invitations": [one(0), one(1)]});
            acme.admin().post(format!("{}/bulk", path(&acme)), body)
        }));
        let (single, bulk, ()) = tokio::join!(single, bulk, t.join(&acme, &guest, "org:member"));
        for answer in single.iter().chain(&bulk) {
            let known = ["201", "202", "403 PLAN_LIMIT_EXCEEDED"];
            assert!(known.contains(&answer.outcome().as_str()), "{answer:?}");
        }
        let open = "select 1 from control.invitations where status = 'pending'";
        let members = "select 1 from control.memberships where status = 'active'";
        let (open, members) = (t.count(open).await, t.count(members).await);
        assert_eq!(members, 6, "who is put in at the provider comes in");
        // The guest takes a seat, or came when there was none.
        assert!((3..=4).contains(&open), "round {round}: {open} invited");
        let refused = invite(acme.owner(), &acme, "late@example.com", "viewer").await;
        let _ = refused.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
        t.settle().await;
    }
}
