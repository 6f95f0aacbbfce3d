//! What the provider says of items decides the plan, and nothing else that it says.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, event};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{DAY, Item, by_plan, on, pair, plan, subscription, told};

#[tokio::test]
async fn an_active_item_raises_the_plan_and_a_subscription_alone_does_not() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    let free = Item::new("item_free", "starter", t.now());
    let pro = Item::new("item_pro", "pro", t.now()).became("incomplete", t.now());
    for what in ["created", "updated", "active"] {
        t.apply(&subscription(what, org, &[], t.now())).await;
    }
    assert_eq!(on(&t, &acme).await, pair("none", "starter"));
    let both = [free.clone(), pro.clone()];
    t.advance(SignedDuration::from_secs(1));
    t.apply(&subscription("active", org, &both, t.now())).await;
    assert_eq!(on(&t, &acme).await, pair("starter", "starter"));
    for status in ["upcoming", "abandoned", "new"] {
        t.advance(SignedDuration::from_secs(1));
        t.apply(&pro.became(status, t.now()).event(org)).await;
        assert_eq!(on(&t, &acme).await, pair("starter", "starter"), "{status}");
    }
    for other in ["enterprise", "PRO"] {
        t.apply(&Item::new(other, other, t.now()).event(org)).await;
        assert_eq!(on(&t, &acme).await, pair("starter", "starter"), "{other}");
    }
    let facts = told(&t).await.len();
    assert_eq!(facts, 1, "the plan that everybody begins with");

    t.advance(SignedDuration::from_secs(1));
    let active = pro.became("active", t.now()).event(org);
    t.apply(&active).await;
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));
    let expected = json!({
        "action": "organizations.plan", "is_of_tenant": true,
        "before": {"planSlug": "starter", "planUntil": null, "tier": "starter"},
        "after": {"planSlug": "pro", "planUntil": null, "tier": "pro"},
    });
    assert_eq!(told(&t).await[facts..], [expected]);
    // Again, and something older: no news.
    t.apply(&active).await;
    t.apply(&pro.event(org)).await;
    t.apply(&subscription("created", org, &both, t.now())).await;
    assert_eq!(told(&t).await.len(), facts + 1);
    // What is owed for stays while the provider asks for the money.
    t.advance(DAY * 31);
    t.apply(&pro.became("past_due", t.now()).event(org)).await;
    t.advance(DAY * 6);
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));
}

#[tokio::test]
async fn what_was_canceled_lasts_until_it_is_paid_for_and_three_days_more() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    let (begin, pro) = (t.now(), Item::new("item_pro", "pro", t.now()));
    t.apply(&pro.event(org)).await;
    t.advance(DAY * 10);
    let canceled = pro.became("canceled", t.now());
    t.apply(&canceled.event(org)).await;
    let until = json!((begin + DAY * 33).to_string());
    let told_until = |found: &Value| {
        let at: jiff::Timestamp = found["plan_until"].as_str().unwrap().parse().unwrap();
        json!(at.to_string())
    };
    assert_eq!(told_until(&plan(&t, org).await), until);
    t.advance(DAY * 20);
    t.settle().await;
    // The free plan is in force again; the other still is, a little.
    let free = Item {
        period: (t.now(), None),
        ..Item::new("item_free", "starter", t.now())
    };
    let ended = canceled.became("ended", t.now());
    t.apply(&subscription("updated", org, &[ended, free], t.now()))
        .await;
    t.advance(DAY * 3 - SignedDuration::from_secs(1));
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));

    // Who was to see to it dies with the job in hand.
    t.advance(SignedDuration::from_secs(1));
    let lost = t.app.store().claim_jobs(t.now(), t.now() + DAY / 24, 16);
    assert!(!lost.await.unwrap().is_empty());
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));
    t.advance(DAY / 12);
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("starter", "starter"));
}

/// Who comes back in time notices nothing, and the end of what was canceled is nobody's end.
#[tokio::test]
async fn who_subscribes_again_stays() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let org = acme.clerk_org_id.as_str();
    let pro = Item::new("item_pro", "pro", t.now());
    t.apply(&pro.event(org)).await;
    t.advance(DAY);
    t.apply(&pro.became("canceled", t.now()).event(org)).await;
    t.advance(DAY * 29);
    let again = Item::new("item_again", "pro", t.now());
    let ended = pro.became("ended", t.now());
    t.apply(&ended.event(org)).await;
    t.apply(&again.event(org)).await;
    assert_eq!(plan(&t, org).await["plan_until"], Value::Null);
    t.advance(DAY * 20);
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("pro", "pro"));
}

/// Nobody is put out: whoever invites is told, and nobody more is invited.
#[tokio::test]
async fn a_smaller_plan_takes_nobody_away() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    by_plan(&t, &acme).await;
    let org = acme.clerk_org_id.as_str();
    let pro = Item::new("item_pro", "pro", t.now());
    t.apply(&pro.event(org)).await;
    let invite = async |email: &str| {
        let path = format!("/organizations/{}/invitations", acme.id);
        let body = json!({"email": email, "role": "viewer"});
        acme.owner().post(path, body).await
    };
    let _ = invite("one@example.com").await.assert_status(201);
    t.advance(SignedDuration::from_secs(1));
    t.apply(&pro.became("ended", t.now()).event(org)).await;
    t.advance(DAY * 3);
    t.settle().await;
    assert_eq!(on(&t, &acme).await, pair("none", "starter"));
    for (role, _) in bailiwick_testkit::ROLES {
        let _ = acme.persona(role).get("/me").await.assert_status(200);
        let _ = acme.persona(role).get("/projects").await.assert_status(200);
    }
    let seats = format!("/organizations/{}/seats", acme.id);
    let seats = acme.owner().get(seats).await.json();
    assert_eq!(seats, json!({"taken": 6, "max": 2}));
    let refused = invite("two@example.com").await;
    let refused = refused.assert_problem(403, "PLAN_LIMIT_EXCEEDED");
    assert!(refused.text_of("detail").contains("may have 2 people"));
    let crowded = json!({
        "action": "seats.exceeded", "is_of_tenant": true, "before": null,
        "after": {"taken": 6, "max": 2},
    });
    assert_eq!(told(&t).await.pop(), Some(crowded));

    // Who is put in at the provider all the same comes in, and that is told as well.
    let guest = t.user("Gus", "Guest", "guest@example.com").await;
    let data = fixtures::user(
        guest.clerk_user_id(),
        "Gus",
        "Guest",
        "guest@example.com",
        t.now(),
    );
    t.join(&acme, &data, "org:member").await;
    let guest = guest.within(&acme);
    let _ = guest.get("/me/permissions").await.assert_status(200);
    assert_eq!(
        told(&t).await.pop().unwrap()["after"],
        json!({"taken": 7, "max": 2})
    );
}

/// The subscription may be told of before its organization, and an item before its payer.
#[tokio::test]
async fn what_is_told_early_is_not_forgotten() {
    let t = TestApp::start().await;
    let wanda = t.unseen_user("Wanda", "Waiting", "wanda@example.com");
    let item = Item::new("item_pro", "pro", t.now());
    let mut early = item.data("org_new");
    early["payer"] = Value::Null;
    t.apply(&event("subscriptionItem.active", &early, t.now()))
        .await;
    t.apply(&subscription("active", "org_new", &[], t.now()))
        .await;
    let id = wanda["id"].as_str().unwrap();
    let org = fixtures::organization("org_new", "New", "new", id, t.now());
    t.provider.know(&org);
    t.apply(&event("organization.created", &org, t.now())).await;
    let found = plan(&t, "org_new").await;
    assert_eq!(
        (&found["plan_slug"], &found["tier_wanted"]),
        (&json!("pro"), &json!("pro"))
    );
    // A newer state that leaves the payer and the plan out is about the same.
    t.advance(SignedDuration::from_secs(1));
    let mut ended = item.became("ended", t.now()).data("org_new");
    (ended["payer"], ended["plan"], ended["subscription_id"]) =
        (Value::Null, Value::Null, Value::Null);
    t.apply(&event("subscriptionItem.ended", &ended, t.now()))
        .await;
    t.advance(DAY * 3);
    t.settle().await;
    assert_eq!(plan(&t, "org_new").await["tier_wanted"], "starter");
}

/// Two states of one instant: what comes later in an item's life counts, whichever is told first.
#[tokio::test]
async fn of_one_instant_the_end_counts() {
    for is_first in [true, false] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        let org = acme.clerk_org_id.as_str();
        let active = Item::new("item_pro", "pro", t.now());
        let mut events = [
            active.became("canceled", t.now()).event(org),
            subscription("updated", org, &[active], t.now()),
        ];
        if is_first {
            events.reverse();
        }
        for event in &events {
            t.apply(event).await;
        }
        t.advance(DAY * 33);
        t.settle().await;
        assert_eq!(on(&t, &acme).await, pair("none", "starter"));
    }
}
