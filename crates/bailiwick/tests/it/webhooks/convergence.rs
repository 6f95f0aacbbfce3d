//! Whatever is lost, repeated or late: the mirror ends as the provider.

use bailiwick_testkit::fixtures::{self, changed, deleted, event};
use bailiwick_testkit::{Dice, TestApp};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::ada;

/// What happens at the provider, in the order in which it happens. The stub knows how it ends.
fn history(t: &TestApp) -> Vec<Value> {
    let start = t.now();
    let at = |second: i64| start + SignedDuration::from_secs(second);
    let user = |id: &str, name: &str| {
        fixtures::user(id, name, "Person", &format!("{id}@example.com"), start)
    };
    let (u1, u2, u3) = (
        user("user_1", "One"),
        user("user_2", "Two"),
        user("user_3", "Three"),
    );
    let kept = fixtures::organization("org_kept", "Kept", "kept", "user_1", at(1));
    let lost = fixtures::organization("org_lost", "Lost", "lost", "user_2", at(1));
    let renamed_user = changed(&u1, at(20), json!({"first_name": "Uno"}));
    let renamed = changed(&kept, at(21), json!({"name": "Kept and renamed"}));
    let member = |org: &Value, user: &Value, role: &str, second| {
        fixtures::membership(org, user, role, at(second))
    };
    let (m1, m2, m3) = (
        member(&kept, &u1, "org:admin", 2),
        member(&kept, &u2, "org:member", 3),
        member(&kept, &u3, "org:member", 4),
    );
    let (m2_again, of_lost) = (
        member(&kept, &u2, "org:admin", 12),
        member(&lost, &u2, "org:admin", 2),
    );
    let (leaving, left, back) = (
        member(&kept, &u2, "org:admin", 12),
        at(30),
        member(&kept, &u2, "org:member", 40),
    );
    for known in [&renamed_user, &u2, &renamed, &m1, &back] {
        t.provider.know(known);
    }
    vec![
        event("user.created", &u1, start),
        event("user.created", &u2, start),
        event("user.created", &u3, start),
        event("organization.created", &kept, at(1)),
        event("organization.created", &lost, at(1)),
        event("organizationMembership.created", &m1, at(2)),
        event("organizationMembership.created", &of_lost, at(2)),
        event("organizationMembership.created", &m2, at(3)),
        event("organizationMembership.created", &m3, at(4)),
        event(
            "organizationMembership.updated",
            &member(&kept, &u2, "org:viewer", 6),
            at(6),
        ),
        event(
            "organizationMembership.updated",
            &member(&kept, &u2, "org:manager", 8),
            at(8),
        ),
        event(
            "organizationMembership.updated",
            &member(&kept, &u1, "org:member", 9),
            at(9),
        ),
        event(
            "organizationMembership.updated",
            &member(&kept, &u1, "org:admin", 10),
            at(10),
        ),
        event("organizationMembership.updated", &m2_again, at(12)),
        event("user.updated", &renamed_user, at(20)),
        event("organization.updated", &renamed, at(21)),
        event("organizationMembership.deleted", &m3, at(22)),
        event("user.deleted", &deleted(&u3), at(23)),
        event("organization.deleted", &deleted(&lost), at(24)),
        event("organizationMembership.deleted", &leaving, left),
        event("organizationMembership.created", &back, at(40)),
    ]
}

/// Everything that anybody can notice of the mirror.
async fn mirror(t: &TestApp) -> Vec<Value> {
    let mut seen = Vec::new();
    for query in [
        "select clerk_user_id, email, full_name from control.users where deleted_at is null order by 1",
        "select clerk_org_id, name, slug, provisioning_status from control.organizations
         where deleted_at is null order by 1",
        "select u.clerk_user_id, o.clerk_org_id, m.role, m.status, m.provider_role, m.clerk_updated_at
         from control.memberships m join control.users u on u.id = m.user_id
         join control.organizations o on o.id = m.organization_id where m.status <> 'removed' order by 1, 2",
        "select u.clerk_user_id, m.role, m.status from tenant_shared.members m
         join control.users u on u.id = m.id join control.organizations o on o.id = m.tenant_id
         where m.status <> 'removed' and o.deleted_at is null order by 1",
    ] {
        seen.extend(t.rows(query).await);
    }
    seen
}

#[tokio::test]
async fn whatever_the_order_and_however_often_the_mirror_ends_the_same() {
    let t = TestApp::start().await;
    for event in history(&t) {
        t.apply(&event).await;
    }
    let expected = mirror(&t).await;
    insta::assert_json_snapshot!("mirror", expected);
    drop(t);
    for seed in 1..=16 {
        let t = TestApp::start().await;
        let mut events = history(&t);
        let mut dice = Dice::new(seed);
        for _ in 0..6 {
            let again = events[dice.below(events.len())].clone();
            events.push(again);
        }
        while !events.is_empty() {
            let event = events.swap_remove(dice.below(events.len()));
            t.deliver(&event).await;
            if dice.below(3) == 0 {
                t.settle().await;
            }
        }
        t.settle_within(SignedDuration::from_secs(5)).await;
        assert_eq!(mirror(&t).await, expected, "seed {seed}");
    }
}

/// `updated_at` of the same second, as providers that count in seconds send it, must not let the
/// later of two events win by its arrival.
#[tokio::test]
async fn an_event_as_old_as_what_is_here_changes_nothing() {
    let t = TestApp::start().await;
    let user = ada(&t);
    let at: Timestamp = t.now();
    t.apply(&event("user.created", &user, at)).await;
    let other = changed(&user, at, json!({"first_name": "Other"}));
    t.apply(&event("user.updated", &other, at)).await;
    let rows = t.rows("select full_name from control.users").await;
    assert_eq!(rows, [json!({"full_name": "Ada Lovelace"})]);
}
