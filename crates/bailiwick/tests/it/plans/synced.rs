//! `POST /internal/orgs/plan-sync`: what another service says of a plan.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures;
use bailiwick_testkit::{Answer, Persona, TestApp};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use super::{DAY, Item, on, pair, told};

const PATH: &str = "/internal/orgs/plan-sync";

async fn send(persona: &Persona, body: &Value) -> Answer {
    persona
        .request_at(Method::POST, PATH)
        .json(body)
        .send()
        .await
}

async fn sync(t: &TestApp, clerk_org_id: &str, plan: &str) -> Answer {
    let body = json!({"clerkOrgId": clerk_org_id, "planSlug": plan});
    send(&t.operator(), &body).await
}

#[tokio::test]
async fn a_plan_is_put_by_key_and_once_is_as_good_as_twice() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    let body = json!({"clerkOrgId": org, "planSlug": "pro"});
    let wrong = send(&t.operator_with("another"), &body).await;
    let _ = wrong.assert_problem(401, "AUTH_INVALID_KEY");
    let public = send(&t.anonymous(), &body).await;
    assert_eq!(public.status, 404, "not on the public listener");
    assert_eq!(on(&t, &acme).await, pair("none", "starter"));

    for _ in 0..2 {
        let synced = sync(&t, org, "pro").await.assert_status(200).json();
        assert_eq!(
            (&synced["clerkOrgId"], &synced["planSlug"], &synced["tier"]),
            (&json!(org), &json!("pro"), &json!("pro"))
        );
    }
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));
    let facts = told(&t).await;
    assert_eq!(facts.len(), 1, "{facts:?}");
    assert_eq!(facts[0]["after"]["planSlug"], "pro");
    let _ = sync(&t, org, "free").await.assert_status(200);
    assert_eq!(on(&t, &acme).await, pair("free", "starter"));
}

#[tokio::test]
async fn what_is_unknown_changes_nothing() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    for plan in ["enterprise", "", "PRO"] {
        let _ = sync(&t, org, plan).await.assert_invalid(&["planSlug"]);
    }
    let nobody = sync(&t, "org_nobody", "pro").await;
    let _ = nobody.assert_problem(404, "NOT_FOUND");
    for body in [
        json!({}),
        json!({"clerkOrgId": org}),
        json!({"clerkOrgId": org, "planSlug": 1}),
    ] {
        assert_eq!(send(&t.operator(), &body).await.status, 422, "{body}");
    }
    assert_eq!(told(&t).await.len(), 0);
    // One that the mirror has not seen is fetched.
    let unseen = fixtures::organization("org_unseen", "Unseen", "unseen", "user_1", t.now());
    t.provider.know(&unseen);
    let synced = sync(&t, "org_unseen", "pro").await.assert_status(200);
    assert_eq!(synced.text_of("planSlug"), "pro");
    t.settle().await;
}

/// What an operator says holds until the provider says something new, and no longer.
#[tokio::test]
async fn the_providers_next_word_counts() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    let pro = Item::new("item_pro", "pro", t.now());
    t.apply(&pro.event(org)).await;
    t.advance(SignedDuration::from_secs(1));
    let canceled = pro.became("canceled", t.now()).event(org);
    t.apply(&canceled).await;
    let _ = sync(&t, org, "pro").await.assert_status(200);
    t.apply(&canceled).await;
    t.advance(DAY * 40);
    t.settle().await;
    assert_eq!(
        on(&t, &acme).await,
        pair("pro", "pro"),
        "what it had said is over"
    );
    t.apply(&Item::new("item_free", "starter", t.now()).event(org))
        .await;
    assert_eq!(on(&t, &acme).await, pair("starter", "starter"));
}
