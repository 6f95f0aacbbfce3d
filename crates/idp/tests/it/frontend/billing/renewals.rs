//! What time brings.

use serde_json::{Value, json};

use super::{FAILING, Shop, WORKING};
use crate::frontend::world::World;

async fn statuses(shop: &mut Shop) -> Vec<String> {
    let payments = shop.get("/payment_attempts?limit=100").await.ok().clone();
    let payments = payments["data"].as_array().unwrap();
    let status = |payment: &Value| payment["status"].as_str().unwrap().to_owned();
    payments.iter().map(status).collect()
}

#[tokio::test]
async fn a_plan_is_renewed_month_by_month() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let said = shop.said(0).await.len();
    shop.days(30).await;
    assert_eq!(statuses(&mut shop).await.len(), 1);
    shop.days(1).await;
    assert_eq!(statuses(&mut shop).await, ["paid", "paid"]);
    assert_eq!(
        shop.said(said).await,
        [
            "paymentAttempt.created",
            "paymentAttempt.updated",
            "subscriptionItem.updated",
            "subscription.updated"
        ]
    );
    let item = shop.last("subscriptionItem.updated").await;
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    assert_eq!(item["period_start"], at("2026-04-01T12:00:00Z"));
    assert_eq!(item["period_end"], at("2026-05-01T12:00:00Z"));
    // Who was not there for a long time catches up, period by period, and once.
    shop.days(92).await;
    assert_eq!(statuses(&mut shop).await.len(), 5);
    shop.days(0).await;
    assert_eq!(statuses(&mut shop).await.len(), 5);
    let subscription = shop.subscription().await;
    assert_eq!(
        subscription["subscription_items"][0]["lifetime_paid"]["amount"],
        5 * 4900
    );
}

#[tokio::test]
async fn what_is_owed_is_tried_again_and_paid_with_a_better_card() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    shop.use_card(FAILING).await;
    let said = shop.said(0).await.len();
    shop.days(31).await;
    let subscription = shop.subscription().await;
    assert_eq!(subscription["status"], "past_due");
    assert_eq!(subscription["subscription_items"][0]["status"], "past_due");
    assert!(subscription["past_due_at"].is_i64());
    assert_eq!(
        shop.said(said).await,
        [
            "paymentAttempt.created",
            "paymentAttempt.updated",
            "subscriptionItem.pastDue",
            "subscription.pastDue",
            "subscription.updated"
        ]
    );
    // It stays in force for a while.
    assert_eq!(shop.claims().await["pla"], "o:pro");
    shop.days(1).await;
    assert_eq!(statuses(&mut shop).await, ["failed", "failed", "paid"]);

    shop.world.time.advance(jiff::SignedDuration::from_secs(60));
    shop.use_card(WORKING).await;
    shop.days(0).await;
    let subscription = shop.subscription().await;
    assert_eq!(
        (&subscription["status"], &subscription["past_due_at"]),
        (&json!("active"), &json!(null))
    );
    assert_eq!(
        statuses(&mut shop).await,
        ["paid", "failed", "failed", "paid"]
    );
    assert_eq!(shop.last("subscription.active").await["status"], "active");
}

#[tokio::test]
async fn what_is_owed_can_be_paid_by_hand() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    shop.use_card(FAILING).await;
    shop.days(31).await;
    shop.world.time.advance(jiff::SignedDuration::from_secs(60));
    let checkout = shop.checkout("pro", "month").await;
    assert_eq!(checkout["totals"]["past_due"]["amount"], 4900);
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 4900);
    shop.confirm(&checkout, &[("use_test_card", "true")])
        .await
        .ok();
    assert_eq!(shop.subscription().await["status"], "active");
    assert_eq!(statuses(&mut shop).await, ["paid", "failed", "paid"]);
}

#[tokio::test]
async fn what_stays_unpaid_ends() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    shop.use_card(FAILING).await;
    shop.days(31).await;
    for _ in 0..7 {
        assert_eq!(
            shop.items().await,
            [("pro".to_owned(), "past_due".to_owned())]
        );
        shop.days(1).await;
    }
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
    assert_eq!(shop.subscription().await["status"], "active");
    assert_eq!(shop.claims().await["pla"], "o:starter");
}

#[tokio::test]
async fn who_cancels_what_is_owed_leaves_at_once() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    shop.use_card(FAILING).await;
    shop.days(31).await;
    let item = shop.current().await;
    let ended = shop.cancel(&item).await;
    assert_eq!(ended.ok()["status"], "ended");
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
}

#[tokio::test]
async fn a_free_trial_is_announced_to_end_and_then_paid() {
    let with = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.billing.plans[1].free_trial_days = Some(14);
    };
    let mut shop = Shop::of(World::with(with).await).await;
    let checkout = shop.checkout("pro", "month").await;
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 0);
    assert_eq!(
        checkout["totals"]["total_due_after_free_trial"]["amount"],
        4900
    );
    assert!(checkout["free_trial_ends_at"].is_i64());
    assert_eq!(checkout["needs_payment_method"], false);
    shop.confirm(&checkout, &[]).await.ok();
    let subscription = shop.subscription().await;
    assert_eq!(subscription["eligible_for_free_trial"], false);
    assert_eq!(subscription["subscription_items"][0]["is_free_trial"], true);
    assert_eq!(shop.claims().await["pla"], "o:pro");
    assert!(statuses(&mut shop).await.is_empty());

    let said = shop.said(0).await.len();
    shop.days(10).await;
    assert!(shop.said(said).await.is_empty());
    shop.days(1).await;
    assert_eq!(shop.said(said).await, ["subscriptionItem.freeTrialEnding"]);
    shop.days(3).await;
    let subscription = shop.subscription().await;
    assert_eq!(
        subscription["subscription_items"][0]["is_free_trial"],
        false
    );
    assert_eq!(statuses(&mut shop).await, ["paid"]);

    // There is one for each payer.
    let item = shop.current().await;
    shop.cancel(&item).await.ok();
    shop.days(31).await;
    let checkout = shop.checkout("pro", "month").await;
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 4900);
}

#[tokio::test]
async fn a_canceled_trial_costs_nothing() {
    let with = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.billing.plans[1].free_trial_days = Some(14);
    };
    let mut shop = Shop::of(World::with(with).await).await;
    shop.buy("pro", "month").await;
    let item = shop.current().await;
    shop.cancel(&item).await.ok();
    shop.days(15).await;
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
    assert!(statuses(&mut shop).await.is_empty());
    assert!(
        !shop
            .said(0)
            .await
            .contains(&"subscriptionItem.freeTrialEnding".to_owned())
    );
}
