//! Billing, as servers see and order it.

use bailiwick_idp::IdpConfig;
use bailiwick_idp::settings::billing::{PayerType, Plan};
use bailiwick_pg::sql;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{World, ids};

sql! {
    /// Types of everything that was said of billing, in order.
    SAID() = "
        select event_type from idp.webhook_messages
        where event_type like 'subscription%' or event_type like 'paymentAttempt%'
        order by seq limit 1000";
}

fn settings(config: &mut IdpConfig) {
    let billing = &mut config.settings.billing;
    billing.plans[1].free_trial_days = Some(14);
    for (slug, amount, payer) in [
        ("team", 1900, PayerType::Org),
        ("scale", 9800, PayerType::Org),
        ("basic", 0, PayerType::User),
    ] {
        billing.plans.push(Plan {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            description: None,
            payer,
            monthly_amount: Some(amount),
            annual_amount: None,
            features: vec!["dedicated_schema".to_owned()],
            free_trial_days: None,
            default: amount == 0,
            visible: slug != "scale",
        });
    }
    billing.users = true;
}

/// An organization and its owner.
struct Shop {
    world: World,
    organization: String,
    user: String,
}

impl Shop {
    async fn new() -> Self {
        let world = World::with(settings).await;
        let user = world.user("ada@example.com").await;
        let organization = world.organization("Acme", &user).await;
        Self {
            world,
            organization,
            user,
        }
    }

    async fn said(&self, skip: usize) -> Vec<String> {
        let rows = self.world.pool.query(&SAID, &[]).await.unwrap();
        rows.iter().skip(skip).map(|row| row.get(0)).collect()
    }

    async fn subscription(&self) -> Value {
        let path = format!("/organizations/{}/billing/subscription", self.organization);
        self.world.get(&path).await.ok()
    }

    async fn current(&self) -> Value {
        self.subscription().await["subscription_items"][0].clone()
    }

    /// The price that everybody is offered a plan for.
    async fn price(&self, slug: &str) -> String {
        let plans = self.world.get("/billing/plans?payer_type=org").await.ok();
        let plan = plans["data"]
            .as_array()
            .unwrap()
            .iter()
            .find(|plan| plan["slug"] == slug);
        let path = format!(
            "/billing/prices?plan_id={}",
            plan.unwrap()["id"].as_str().unwrap()
        );
        let prices = self.world.get(&path).await.ok();
        let prices = prices["data"].as_array().unwrap();
        let price = prices.iter().find(|price| price["is_default"] == true);
        price.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Moves the item in force to another price.
    async fn transition(&self, to: &str) -> super::world::Reply {
        let item = self.current().await;
        let path = format!(
            "/billing/subscription_items/{}/price_transition",
            item["id"].as_str().unwrap()
        );
        let body = json!({ "from_price_id": item["price_id"], "to_price_id": to });
        self.world.post(&path, body).await
    }

    /// Brings the organization on a plan.
    async fn buy(&self, slug: &str) -> Value {
        let price = self.price(slug).await;
        self.transition(&price).await.ok()
    }
}

#[tokio::test]
async fn plans_and_prices_are_listed() {
    let shop = Shop::new().await;
    let plans = shop
        .world
        .get("/billing/plans?paginated=true&payer_type=org")
        .await
        .ok();
    // Hidden ones too.
    let slugs: Vec<&str> = plans["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|plan| plan["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["starter", "pro", "team", "scale"]);
    assert_eq!(plans["total_count"], 4);
    let page = shop.world.get("/billing/plans?limit=1&offset=4").await.ok();
    assert_eq!(
        (&page["data"][0]["slug"], &page["total_count"]),
        (&json!("basic"), &json!(5))
    );
    shop.world
        .get("/billing/plans?payer_type=dog")
        .await
        .refused(422, "form_param_format_invalid", "payer_type");
    let prices = shop.world.get("/billing/prices").await.ok();
    let amounts: Vec<i64> = prices["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|price| price["amount"].as_i64().unwrap())
        .collect();
    assert_eq!(amounts, [0, 0, 1900, 4900, 9800]);
    shop.world
        .get("/billing/prices?plan_id=cplan_none")
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn a_price_of_ones_own_is_made_and_given() {
    let shop = Shop::new().await;
    let plans = shop.world.get("/billing/plans").await.ok();
    let pro = plans["data"][1]["id"].as_str().unwrap();
    let body = json!({
        "plan_id": pro, "amount": 2500, "annual_monthly_amount": 2000, "currency": "usd",
        "description": "For a friend", "supported_billing_periods": "both",
    });
    let price = shop.world.post("/billing/prices", body).await.ok();
    assert_eq!(
        (&price["amount"], &price["is_default"]),
        (&json!(2500), &json!(false))
    );
    assert_eq!(price["supported_billing_periods"], "both");
    // Those who are not given it pay the usual one.
    shop.buy("team").await;
    let done = shop.transition(price["id"].as_str().unwrap()).await.ok();
    assert_eq!(done["transition"]["effective_mode"], "immediate");
    assert_eq!(done["transition"]["previous_plan"]["slug"], "team");
    assert_eq!(done["subscription_item"]["amount"]["amount"], 2500);
    assert_eq!(shop.current().await["plan"]["fee"]["amount"], 2500);

    for (body, param) in [
        (json!({ "plan_id": pro }), "supported_billing_periods"),
        (json!({ "plan_id": pro, "amount": -1 }), "amount"),
        (
            json!({ "plan_id": pro, "amount": 1, "currency": "EUR" }),
            "currency",
        ),
        (
            json!({ "plan_id": pro, "amount": 1, "supported_billing_periods": "both" }),
            "supported_billing_periods",
        ),
    ] {
        let reply = shop.world.post("/billing/prices", body).await;
        let (status, errors) = reply.refusal();
        assert_eq!((status, errors[0].1), (422, param));
    }
    let body = json!({ "plan_id": "cplan_none", "amount": 1 });
    shop.world
        .post("/billing/prices", body)
        .await
        .refused(404, "resource_not_found", "");
}

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

#[tokio::test]
async fn statements_are_listed_with_their_payments() {
    let shop = Shop::new().await;
    shop.buy("team").await;
    let list = shop.world.get("/billing/statements").await.ok();
    assert_eq!(
        (&list["total_count"], &list["data"][0]["status"]),
        (&json!(1), &json!("open"))
    );
    let id = ids(&list)[0].to_owned();
    let one = shop
        .world
        .get(&format!("/billing/statements/{id}"))
        .await
        .ok();
    assert_eq!(one, list["data"][0]);
    assert_eq!(one["totals"]["grand_total"]["amount"], 1900);
    let payments = shop
        .world
        .get(&format!("/billing/statements/{id}/payment_attempts"))
        .await
        .ok();
    assert_eq!(payments["data"][0], one["groups"][0]["items"][0]);
    for path in [
        "/billing/statements/none",
        "/billing/statements/none/payment_attempts",
    ] {
        shop.world
            .get(path)
            .await
            .refused(404, "resource_not_found", "");
    }
}

#[tokio::test]
async fn credits_are_given_once_for_each_key_and_used_first() {
    let shop = Shop::new().await;
    let path = format!("/organizations/{}/billing/credits", shop.organization);
    let order = |amount: i64, action: &str, key: &str| json!({ "amount": amount, "action": action, "idempotency_key": key, "note": "Sorry" });
    for _ in 0..2 {
        let entry = shop
            .world
            .post(&path, order(1000, "increase", "a"))
            .await
            .ok();
        assert_eq!(entry["amount"]["amount"], 1000);
    }
    assert_eq!(shop.world.get(&path).await.ok()["balance"]["amount"], 1000);
    shop.world
        .post(&path, order(999, "increase", "a"))
        .await
        .refused(409, "idempotency_key_reused", "");
    shop.world
        .post(&path, order(1001, "decrease", "b"))
        .await
        .refused(422, "form_param_format_invalid", "amount");
    let taken = shop
        .world
        .post(&path, order(100, "decrease", "c"))
        .await
        .ok();
    assert_eq!(taken["amount"]["amount"], -100);

    let up = shop.buy("team").await;
    assert_eq!(up["transition"]["immediate_charge"]["amount"], 1000);
    assert_eq!(shop.world.get(&path).await.ok()["balance"]["amount"], 0);

    let path = format!("/users/{}/billing/credits", shop.user);
    assert_eq!(shop.world.get(&path).await.ok()["balance"]["amount"], 0);
    shop.world.post(&path, order(5, "increase", "a")).await.ok();
    assert_eq!(shop.world.get(&path).await.ok()["balance"]["amount"], 5);
    for (body, param) in [
        (order(0, "increase", "d"), "amount"),
        (order(1, "double", "d"), "action"),
        (order(1, "increase", &"x".repeat(256)), "idempotency_key"),
        (
            json!({ "amount": 1, "action": "increase" }),
            "idempotency_key",
        ),
        (
            json!({ "amount": 1, "action": "increase", "idempotency_key": "d", "currency": "EUR" }),
            "currency",
        ),
    ] {
        let reply = shop.world.post(&path, body).await;
        let (status, errors) = reply.refusal();
        assert_eq!((status, errors[0].1), (422, param));
    }
    for path in [
        "/organizations/org_none/billing/credits",
        "/users/user_none/billing/subscription",
    ] {
        shop.world
            .get(path)
            .await
            .refused(404, "resource_not_found", "");
    }
}
