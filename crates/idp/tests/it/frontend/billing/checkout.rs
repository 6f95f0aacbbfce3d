//! From the pricing table to the plan.

use bailiwick_idp::settings::billing::Collection;
use serde_json::json;

use super::{FAILING, Shop, WORKING, plan};
use crate::frontend::world::World;

#[tokio::test]
async fn every_organization_begins_on_the_default_plan() {
    let mut shop = Shop::new().await;
    let subscription = shop.subscription().await;
    let items = subscription["subscription_items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["plan"]["slug"], "starter");
    assert_eq!(
        (&items[0]["period_end"], &items[0]["canceled_at"]),
        (&json!(null), &json!(null))
    );
    assert!(subscription.get("next_payment").is_none());
    assert_eq!(subscription["eligible_for_free_trial"], true);
    let claims = shop.claims().await;
    assert_eq!(
        (&claims["pla"], &claims["fea"]),
        (&json!("o:starter"), &json!("o:max_members_2"))
    );
    assert_eq!(
        shop.said(0).await,
        [
            "subscription.created",
            "subscriptionItem.active",
            "subscription.active"
        ]
    );
    let said = shop.last("subscription.created").await;
    assert_eq!(said["items"][0]["plan"]["slug"], "starter");
    assert_eq!(said["payer"]["organization_id"], shop.id.as_str());
    let list = shop.get("/subscription_items").await;
    assert_eq!(list.ok()["data"], subscription["subscription_items"]);
}

#[tokio::test]
async fn an_upgrade_is_paid_with_the_stored_card_and_in_force_at_once() {
    let mut shop = Shop::new().await;
    let cards = shop.get("/payment_methods").await.ok().clone();
    assert_eq!(
        (&cards["total_count"], &cards["data"][0]["last4"]),
        (&json!(1), &json!("4242"))
    );

    let checkout = shop.checkout("pro", "month").await;
    assert_eq!(checkout["status"], "needs_confirmation");
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 4900);
    assert_eq!(
        checkout["totals"]["total_due_per_period"]["amount_formatted"],
        "49.00"
    );
    assert!(
        checkout["is_immediate_plan_change"] == true && checkout["needs_payment_method"] == true
    );
    assert_eq!(checkout["payer"]["organization_id"], shop.id.as_str());
    let id = checkout["id"].as_str().unwrap();
    let again = shop.get(&format!("/checkouts/{id}")).await;
    assert_eq!(again.ok(), &checkout);

    let card = cards["data"][0]["id"].as_str().unwrap();
    let done = shop
        .confirm(&checkout, &[("payment_method_id", card)])
        .await;
    assert_eq!(done.ok()["status"], "completed");
    assert_eq!(done.ok()["subscription_item"]["status"], "active");
    assert_eq!(done.ok()["payment_method"]["id"], card);
    // The browser is told at once.
    let token = &done.client()["sessions"][0]["last_active_token"]["jwt"];
    let claims = shop.world.claims(token.as_str().unwrap()).await;
    assert_eq!(claims["pla"], "o:pro");
    assert_eq!(claims["fea"], "o:dedicated_schema,o:max_members_10");

    let subscription = shop.subscription().await;
    assert_eq!(
        shop.items().await,
        [("pro".to_owned(), "active".to_owned())]
    );
    assert_eq!(subscription["next_payment"]["amount"]["amount"], 4900);
    let item = &subscription["subscription_items"][0];
    assert_eq!(item["period_end"], json!(1_775_044_800_000_i64));
    assert_eq!(item["lifetime_paid"]["amount"], 4900);
    assert_eq!(
        shop.said(3).await,
        [
            "paymentAttempt.created",
            "paymentAttempt.updated",
            "subscriptionItem.ended",
            "subscriptionItem.active",
            "subscription.updated"
        ]
    );
    let paid = shop.last("paymentAttempt.updated").await;
    assert_eq!(
        (&paid["status"], &paid["charge_type"]),
        (&json!("paid"), &json!("checkout"))
    );
    assert_eq!(paid["totals"]["grand_total"]["amount"], 4900);
    let said = shop.last("subscription.updated").await;
    assert_eq!(said["items"][0]["plan"]["slug"], "pro");
    assert_eq!(said["latest_payment_id"], paid["payment_id"]);
}

#[tokio::test]
async fn by_invoice_nobody_is_asked_for_a_card() {
    let invoice = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.billing.collection = Collection::Invoice;
    };
    let mut shop = Shop::of(World::with(invoice).await).await;
    assert_eq!(shop.get("/payment_methods").await.ok()["data"], json!([]));
    let checkout = shop.checkout("pro", "annual").await;
    assert_eq!(checkout["needs_payment_method"], false);
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 46_800);
    assert_eq!(checkout["totals"]["base_fee"]["amount"], 3900);
    shop.confirm(&checkout, &[]).await.ok();
    let subscription = shop.subscription().await;
    assert_eq!(
        subscription["subscription_items"][0]["plan_period"],
        "annual"
    );
    // What stands for the invoice is no payment method.
    assert_eq!(shop.get("/payment_methods").await.ok()["data"], json!([]));
    let payment = shop.last("paymentAttempt.updated").await;
    assert_eq!(payment["payment_source"]["payment_method"], "link");
}

#[tokio::test]
async fn a_declined_card_changes_nothing_and_another_one_can_be_tried() {
    let mut shop = Shop::new().await;
    let checkout = shop.checkout("pro", "month").await;
    let form = [("gateway", "stripe"), ("payment_token", FAILING)];
    shop.confirm(&checkout, &form)
        .await
        .refused_param(422, "card_declined", "payment_method_id");
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
    assert_eq!(shop.claims().await["pla"], "o:starter");
    let attempts = shop.get("/payment_attempts").await.ok().clone();
    assert_eq!(attempts["data"][0]["status"], "failed");
    assert_eq!(
        attempts["data"][0]["failed_reason"]["code"],
        "card_declined"
    );
    assert_eq!(
        shop.said(3).await,
        [
            "paymentAttempt.created",
            "paymentAttempt.updated",
            "subscriptionItem.incomplete"
        ]
    );

    let form = [("gateway", "stripe"), ("payment_token", WORKING)];
    let done = shop.confirm(&checkout, &form).await;
    assert_eq!(done.ok()["status"], "completed");
    let item = shop.last("subscriptionItem.incomplete").await;
    assert_eq!(done.ok()["subscription_item"]["id"], item["id"]);
    assert_eq!(
        shop.items().await,
        [("pro".to_owned(), "active".to_owned())]
    );
}

#[tokio::test]
async fn what_was_tried_and_left_is_abandoned() {
    let mut shop = Shop::new().await;
    let checkout = shop.checkout("pro", "month").await;
    let form = [("gateway", "stripe"), ("payment_token", FAILING)];
    shop.confirm(&checkout, &form)
        .await
        .refused(422, "card_declined");
    shop.days(1).await;
    let said = shop.said(6).await;
    assert_eq!(said, ["subscriptionItem.abandoned"]);
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
}

#[tokio::test]
async fn what_was_not_used_of_the_old_plan_is_given_back() {
    let with = |config: &mut bailiwick_idp::IdpConfig| {
        config.settings.billing.plans.push(plan("scale", 9800));
    };
    let mut shop = Shop::of(World::with(with).await).await;
    shop.buy("pro", "month").await;
    // March has 31 days; half of them later half of 4900 is left.
    shop.world
        .time
        .advance(jiff::SignedDuration::from_hours(31 * 12));
    let mut browser = shop.world.browser();
    browser.sign_in(super::ADA).await.ok();
    shop.browser = browser;
    let checkout = shop.checkout("scale", "month").await;
    assert_eq!(
        checkout["totals"]["credits"]["proration"]["amount"]["amount"],
        2450
    );
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 9800 - 2450);
    shop.confirm(&checkout, &[]).await.ok();
    assert_eq!(
        shop.items().await,
        [("scale".to_owned(), "active".to_owned())]
    );
    let paid = shop.last("paymentAttempt.updated").await;
    assert_eq!(paid["totals"]["grand_total"]["amount"], 9800 - 2450);
}

#[tokio::test]
async fn there_are_no_promotions() {
    let mut shop = Shop::new().await;
    let checkout = shop.checkout("pro", "month").await;
    let path = format!("/checkouts/{}", checkout["id"].as_str().unwrap());
    shop.call("PATCH", &path, &[("promo_code", "HALF")])
        .await
        .refused_param(422, "form_param_format_invalid", "promo_code");
    let same = shop.call("PATCH", &path, &[("promo_code", "")]).await;
    assert_eq!(same.ok(), &checkout);
}
