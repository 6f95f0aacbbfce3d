//! Canceling, coming back, and going down.

use serde_json::json;

use super::{Shop, plan};
use crate::frontend::world::World;

fn items(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(slug, status): &(&str, &str)| ((*slug).to_owned(), (*status).to_owned());
    pairs.iter().map(own).collect()
}

#[tokio::test]
async fn what_is_canceled_stays_in_force_until_its_period_ends() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let said = shop.said(0).await.len();
    let item = shop.current().await;
    let canceled = shop.cancel(&item).await;
    assert_eq!(canceled.ok()["status"], "active");
    assert!(canceled.ok()["canceled_at"].is_i64());
    assert_eq!(
        shop.items().await,
        items(&[("pro", "active"), ("starter", "upcoming")])
    );
    assert!(shop.subscription().await.get("next_payment").is_none());
    let types = [
        "subscriptionItem.canceled",
        "subscriptionItem.upcoming",
        "subscription.updated",
    ];
    assert_eq!(shop.said(said).await, types);
    assert_eq!(
        shop.last("subscriptionItem.canceled").await["status"],
        "canceled"
    );
    // Once more changes nothing.
    shop.cancel(&item).await.ok();
    assert_eq!(shop.said(said).await.len(), 3);

    shop.days(30).await;
    assert_eq!(shop.claims().await["pla"], "o:pro");
    shop.days(1).await;
    assert_eq!(shop.items().await, items(&[("starter", "active")]));
    assert_eq!(shop.claims().await["pla"], "o:starter");
    assert_eq!(
        shop.said(said + 3).await,
        [
            "subscriptionItem.ended",
            "subscriptionItem.active",
            "subscription.updated"
        ]
    );
}

#[tokio::test]
async fn who_comes_back_in_time_pays_nothing_twice() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let item = shop.current().await;
    shop.cancel(&item).await.ok();
    let checkout = shop.checkout("pro", "month").await;
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 0);
    assert_eq!(checkout["needs_payment_method"], false);
    assert_eq!(checkout["is_immediate_plan_change"], false);
    shop.confirm(&checkout, &[]).await.ok();
    assert_eq!(shop.items().await, items(&[("pro", "active")]));
    assert_eq!(shop.current().await, item);
    let payments = shop.get("/payment_attempts").await;
    assert_eq!(payments.ok()["total_count"], 1);

    // The same by giving up what was to come.
    shop.cancel(&item).await.ok();
    let upcoming = shop.subscription().await["subscription_items"][1]["id"].clone();
    shop.cancel(upcoming.as_str().unwrap()).await.ok();
    assert_eq!(shop.items().await, items(&[("pro", "active")]));
    assert_eq!(
        shop.subscription().await["subscription_items"][0]["canceled_at"],
        json!(null)
    );
}

#[tokio::test]
async fn a_cheaper_plan_follows_when_the_dearer_one_is_used_up() {
    let with = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.billing.plans.push(plan("team", 1900));
    };
    let mut shop = Shop::of(World::with(with).await).await;
    shop.buy("pro", "month").await;
    let checkout = shop.checkout("team", "month").await;
    assert_eq!(checkout["is_immediate_plan_change"], false);
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 0);
    shop.confirm(&checkout, &[]).await.ok();
    assert_eq!(
        shop.items().await,
        items(&[("pro", "active"), ("team", "upcoming")])
    );
    let next = &shop.subscription().await["next_payment"];
    assert_eq!(next["amount"]["amount"], 1900);

    shop.days(31).await;
    assert_eq!(shop.items().await, items(&[("team", "active")]));
    let paid = shop.last("paymentAttempt.updated").await;
    assert_eq!(
        (&paid["status"], &paid["charge_type"]),
        (&json!("paid"), &json!("recurring"))
    );
    assert_eq!(paid["totals"]["grand_total"]["amount"], 1900);
    // A month later it is renewed at its own price.
    shop.days(30).await;
    assert_eq!(shop.get("/payment_attempts").await.ok()["total_count"], 3);
}

#[tokio::test]
async fn from_month_to_year_at_once_and_back_at_the_end() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let year = shop.checkout("pro", "annual").await;
    assert_eq!(year["is_immediate_plan_change"], true);
    assert_eq!(year["totals"]["total_due_now"]["amount"], 46_800 - 4900);
    shop.confirm(&year, &[]).await.ok();
    let month = shop.checkout("pro", "month").await;
    assert_eq!(month["is_immediate_plan_change"], false);
    shop.confirm(&month, &[]).await.ok();
    assert_eq!(
        shop.items().await,
        items(&[("pro", "active"), ("pro", "upcoming")])
    );
}

#[tokio::test]
async fn the_default_plan_cannot_be_left_nor_bought_again() {
    let mut shop = Shop::new().await;
    let item = shop.current().await;
    shop.cancel(&item)
        .await
        .refused(400, "subscription_item_not_cancelable");
    shop.begin("starter", "month")
        .await
        .refused(409, "already_subscribed");
    shop.begin("pro", "week")
        .await
        .refused_param(422, "form_param_format_invalid", "plan_period");
    shop.begin("starter", "annual").await.refused_param(
        422,
        "form_param_format_invalid",
        "plan_period",
    );
    shop.buy("pro", "month").await;
    shop.begin("pro", "month")
        .await
        .refused(409, "already_subscribed");
    shop.cancel(&item)
        .await
        .refused(400, "subscription_item_over");
}
