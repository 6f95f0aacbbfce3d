//! Plans and prices, one's own among them.

use serde_json::json;

use super::Shop;

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
