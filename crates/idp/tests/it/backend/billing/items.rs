//! What payers are on, and how that changes.

use jiff::SignedDuration;
use serde_json::json;

use super::Shop;

#[tokio::test]
async fn transitions_up_are_paid_at_once_and_down_at_the_end() {
    let shop = Shop::new().await;
    let said = shop.said(0).await.len();
    let up = shop.buy("team").await;
    let transition = &up["transition"];
    assert_eq!(transition["effective_mode"], "immediate");
    assert_eq!(transition["immediate_charge"]["amount"], 1900);
    assert_eq!(transition["previous_subscription_item_status"], "ended");
    assert_eq!(transition["previous_plan"]["slug"], "starter");
    assert_eq!(
        shop.said(said).await,
        [
            "paymentAttempt.created",
            "paymentAttempt.updated",
            "subscriptionItem.ended",
            "subscriptionItem.active",
            "subscription.updated"
        ]
    );
    shop.buy("scale").await;
    let down = shop.buy("team").await;
    let transition = &down["transition"];
    assert_eq!(transition["effective_mode"], "end_of_period");
    assert_eq!(transition["charged_immediately"], false);
    assert_eq!(down["subscription_item"]["status"], "upcoming");
    let price = shop.price("pro").await;
    shop.transition("cprice_none")
        .await
        .refused(422, "form_param_format_invalid", "to_price_id");
    let path = format!(
        "/billing/subscription_items/{}/price_transition",
        shop.current().await["id"].as_str().unwrap()
    );
    let body = json!({ "from_price_id": price, "to_price_id": price });
    shop.world
        .post(&path, body)
        .await
        .refused(409, "subscription_item_price_mismatch", "");
    let users = shop.world.get("/billing/plans?payer_type=user").await.ok();
    let path = format!(
        "/billing/prices?plan_id={}",
        users["data"][0]["id"].as_str().unwrap()
    );
    let theirs = shop.world.get(&path).await.ok()["data"][0]["id"].clone();
    shop.transition(theirs.as_str().unwrap()).await.refused(
        422,
        "form_param_format_invalid",
        "to_price_id",
    );
}

#[tokio::test]
async fn items_of_all_payers_are_listed_and_canceled() {
    let shop = Shop::new().await;
    let list = shop.world.get("/billing/subscription_items").await.ok();
    assert_eq!(list, json!({ "data": [], "total_count": 0 }));
    let all = "/billing/subscription_items?include_free=true&paginated=true";
    // The organization and its owner both begin on a plan.
    assert_eq!(shop.world.get(all).await.ok()["total_count"], 2);
    let path = format!("/users/{}/billing/subscription", shop.user);
    let own = shop.world.get(&path).await.ok();
    assert_eq!(own["subscription_items"][0]["plan"]["slug"], "basic");
    shop.buy("team").await;
    for (filter, count) in [
        ("status=active", 1),
        ("status=ended", 0),
        ("status=ended&include_free=true", 1),
        ("status=free_trial", 0),
        ("status=upcoming", 0),
        ("include_free=true&payer_type=user", 1),
        ("include_free=true&payer_type=org", 2),
        ("query=acm", 1),
        ("query=zzz", 0),
        ("plan_id=cplan_none", 0),
    ] {
        let path = format!("/billing/subscription_items?{filter}");
        assert_eq!(
            shop.world.get(&path).await.ok()["total_count"],
            count,
            "{filter}"
        );
    }
    shop.world
        .get("/billing/subscription_items?status=odd")
        .await
        .refused(422, "form_param_format_invalid", "status");

    let item = shop.current().await["id"].as_str().unwrap().to_owned();
    let path = format!("/billing/subscription_items/{item}");
    let canceled = shop.world.delete(&path).await.ok();
    assert_eq!(canceled["status"], "active");
    assert!(canceled["canceled_at"].is_i64());
    let items = shop.subscription().await["subscription_items"].clone();
    assert_eq!(
        (&items[1]["plan"]["slug"], &items[1]["status"]),
        (&json!("starter"), &json!("upcoming"))
    );
    let ended = shop
        .world
        .delete(&format!("{path}?end_now=true"))
        .await
        .ok();
    assert_eq!(ended["status"], "ended");
    assert_eq!(shop.current().await["plan"]["slug"], "starter");
    shop.world
        .delete(&path)
        .await
        .refused(400, "subscription_item_over", "");
    shop.world
        .delete("/billing/subscription_items/csub_item_none")
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn a_trial_is_extended() {
    let shop = Shop::new().await;
    shop.buy("pro").await;
    let item = shop.current().await;
    assert_eq!(item["is_free_trial"], true);
    let path = format!(
        "/billing/subscription_items/{}/extend_free_trial",
        item["id"].as_str().unwrap()
    );
    let end = shop.world.time.now() + SignedDuration::from_hours(24 * 30);
    let body = json!({ "extend_to": end.to_string() });
    let said = shop.said(0).await.len();
    for _ in 0..2 {
        let extended = shop.world.post(&path, body.clone()).await.ok();
        assert_eq!(extended["period_end"], end.as_millisecond());
    }
    // The second one changed nothing.
    assert_eq!(
        shop.said(said).await,
        ["subscriptionItem.updated", "subscription.updated"]
    );
    for bad in ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"] {
        shop.world
            .post(&path, json!({ "extend_to": bad }))
            .await
            .refused(422, "form_param_format_invalid", "extend_to");
    }
    shop.world
        .post(&path, json!({}))
        .await
        .refused(422, "form_param_missing", "extend_to");
    shop.buy("scale").await;
    let path = format!(
        "/billing/subscription_items/{}/extend_free_trial",
        shop.current().await["id"].as_str().unwrap()
    );
    shop.world
        .post(&path, body)
        .await
        .refused(400, "subscription_item_not_on_trial", "");
}
