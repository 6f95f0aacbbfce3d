//! The answer and the webhook, in either order.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, TestApp, World};
use serde_json::Value;

use super::{LATER, give, mirror, path};

/// What is done to the member, or to the admin.
const CHANGES: [&str; 4] = ["promote", "demote", "remove", "transfer"];

async fn act(acme: &World, change: &str) -> Answer {
    let owner = acme.owner();
    match change {
        "promote" => give(owner, acme, acme.member(), "admin").await,
        "demote" => give(owner, acme, acme.admin(), "viewer").await,
        "remove" => owner.delete(path(acme, acme.admin())).await,
        "transfer" => {
            let path = format!("/organizations/{}/transfer-ownership", acme.id);
            let to = serde_json::json!({"memberId": acme.member().user()});
            owner.post(path, to).await
        }
        other => panic!("{other}"),
    }
}

/// The answer comes first; then the webhook changes nothing and adds no fact.
async fn answer_first(change: &str, tier: Tier) -> Vec<Value> {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", tier).await;
    let done = act(&acme, change).await.assert_status(200);
    assert!(done.json()["change"].is_null(), "{change}: {done:#?}");
    let (before, facts) = (mirror(&t, &acme).await, t.audit().await);
    let events = t.provider.take_events();
    assert_eq!(events.len(), 1, "{change}");
    for event in events.iter().chain(&events) {
        t.apply(event).await;
    }
    assert_eq!(mirror(&t, &acme).await, before, "{change}");
    assert_eq!(t.audit().await, facts, "{change}");
    before
}

/// The provider does it and its answer is lost; the webhook comes first, then the job.
async fn webhook_first(change: &str, tier: Tier) -> Vec<Value> {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", tier).await;
    t.provider.lose_answers(500);
    let pending = act(&acme, change).await.assert_status(202);
    assert_eq!(pending.json()["change"]["state"], "pending", "{change}");
    t.echo().await;
    t.provider.recover();
    t.advance(LATER);
    t.settle().await;
    t.echo().await;
    let open = t
        .count("select 1 from control.outbound_intents where state <> 'done'")
        .await;
    assert_eq!(open, 0, "{change}");
    mirror(&t, &acme).await
}

#[tokio::test]
async fn both_orders_end_the_same() {
    for change in CHANGES {
        for tier in Tier::ALL {
            let expected = answer_first(change, *tier).await;
            assert_eq!(webhook_first(change, *tier).await, expected, "{change}");
        }
    }
}

/// The projection that the tenant's foreign keys point to follows as well.
#[tokio::test]
async fn the_projection_follows() {
    for change in CHANGES {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        let _ = act(&acme, change).await.assert_status(200);
        t.echo().await;
        let differ = "
            select m.user_id from control.memberships m join tenant_shared.members p
              on p.id = m.user_id and p.tenant_id = m.organization_id
            where (p.role, p.status) is distinct from (m.role, m.status)";
        assert_eq!(t.count(differ).await, 0, "{change}");
    }
}
