//! What the provider says of its own roles, of invitations and of who pays: kept in its latest state.

use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, deleted, event};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

fn role(at: Timestamp) -> Value {
    let at = at.as_millisecond();
    json!({
        "object": "role", "id": "role_1", "key": "org:auditor", "name": "Auditor",
        "description": "", "is_creator_eligible": false,
        "permissions": [{
            "object": "permission", "id": "perm_1", "key": "org:reports:read", "name": "Read",
            "description": "", "type": "user", "created_at": at, "updated_at": at
        }],
        "created_at": at, "updated_at": at
    })
}

fn subscription(status: &str, at: Timestamp) -> Value {
    let at = at.as_millisecond();
    let payer = json!({
        "object": "commerce_payer", "id": "cpayer_1", "user_id": "", "organization_id": "org_1"
    });
    json!({
        "object": "commerce_subscription", "id": "csub_1", "status": status, "payer": payer,
        "created_at": at, "updated_at": at,
        "items": [{
            "object": "commerce_subscription_item", "id": "csub_item_1", "status": status,
            "is_free_trial": false, "plan_id": "cplan_1", "interval": "month",
            "plan": {"id": "cplan_1", "slug": "pro", "name": "Pro"},
            "period_start": at, "period_end": null, "seats": {"quantity": 10},
            "created_at": at, "updated_at": at
        }]
    })
}

async fn subscriptions(t: &TestApp) -> Vec<Value> {
    t.rows(
        "select s.clerk_org_id, s.status, i.status as item, i.plan_slug, i.seats
         from control.subscriptions s
         join control.subscription_items i using (clerk_subscription_id)",
    )
    .await
}

#[tokio::test]
async fn the_latest_state_of_a_role_whatever_the_order() {
    let t = TestApp::start().await;
    let (start, second) = (t.now(), SignedDuration::from_secs(1));
    let first = role(start);
    let renamed = changed(&first, start + second, json!({"key": "org:controller"}));
    for event in [
        event("role.updated", &renamed, start + second),
        event("role.created", &first, start),
        event("role.updated", &renamed, start + second),
    ] {
        t.apply(&event).await;
    }
    let keys = "select key, permissions from control.provider_roles where deleted_at is null";
    let expected = json!({"key": "org:controller", "permissions": ["org:reports:read"]});
    assert_eq!(t.rows(keys).await, [expected]);
    assert_eq!(t.audit().await, ["providerRoles.update"], "news alone");

    t.apply(&event("role.deleted", &deleted(&first), start + second * 2))
        .await;
    let late = changed(&first, start + second * 9, json!({"key": "org:late"}));
    t.apply(&event("role.updated", &late, start + second * 9))
        .await;
    assert_eq!(t.count(keys).await, 0, "nothing revives it");
}

#[tokio::test]
async fn a_permission_that_is_gone_before_it_came_stays_gone() {
    let t = TestApp::start().await;
    let permission = role(t.now())["permissions"][0].clone();
    for event_type in [
        "permission.deleted",
        "permission.created",
        "permission.updated",
    ] {
        let data = match event_type {
            "permission.deleted" => deleted(&permission),
            _ => permission.clone(),
        };
        t.apply(&event(event_type, &data, t.now())).await;
    }
    let living = "select key from control.provider_permissions where deleted_at is null";
    assert_eq!(t.count(living).await, 0);
    assert_eq!(t.audit().await, ["providerPermissions.delete"]);
}

#[tokio::test]
async fn a_subscription_is_as_the_provider_said_last() {
    let t = TestApp::start().await;
    let (start, second) = (t.now(), SignedDuration::from_secs(1));
    let active = subscription("active", start + second);
    let overdue = subscription("past_due", start + second * 2);
    // `created` carries the same time as `active`: then the event's own time decides.
    for event in [
        event("subscription.pastDue", &overdue, start + second * 2),
        event("subscription.active", &active, start + second),
        event(
            "subscription.created",
            &subscription("incomplete", start),
            start,
        ),
    ] {
        t.apply(&event).await;
    }
    let expected = |status: &str| json!({"clerk_org_id": "org_1", "status": status, "item": status, "plan_slug": "pro", "seats": 10});
    assert_eq!(subscriptions(&t).await, [expected("past_due")]);

    // The same time of the subscription: the later event counts, in whichever order they come.
    let later = subscription("canceled", start + second * 2);
    t.apply(&event("subscription.updated", &later, start + second * 3))
        .await;
    t.apply(&event("subscription.pastDue", &overdue, start + second * 2))
        .await;
    assert_eq!(subscriptions(&t).await, [expected("canceled")]);

    // An item speaks for itself, and without the payer it keeps the one that is known.
    let mut item = later["items"][0].clone();
    item["status"] = json!("ended");
    item["updated_at"] = json!((start + second * 5).as_millisecond());
    t.apply(&event("subscriptionItem.ended", &item, start + second * 5))
        .await;
    let rows = subscriptions(&t).await;
    assert_eq!(
        (&rows[0]["item"], &rows[0]["clerk_org_id"]),
        (&json!("ended"), &json!("org_1"))
    );
}

#[tokio::test]
async fn every_event_of_a_session_is_a_fact() {
    let t = TestApp::start().await;
    for status in ["active", "ended", "removed", "revoked"] {
        let event_type = match status {
            "active" => "session.created".to_owned(),
            other => format!("session.{other}"),
        };
        let session = json!({"id": "sess_1", "user_id": "user_1", "status": status});
        t.apply(&event(&event_type, &session, t.now())).await;
    }
    assert_eq!(
        t.audit().await,
        [
            "sessions.active",
            "sessions.ended",
            "sessions.removed",
            "sessions.revoked"
        ]
    );
}
