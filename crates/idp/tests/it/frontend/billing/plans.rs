//! Plans, and what the settings make of them.

use bailiwick_idp::settings::billing::Billing;
use serde_json::{Value, json};

use super::{Shop, plan};
use crate::frontend::world::World;

fn slugs(list: &Value) -> Vec<&str> {
    let plans = list["data"].as_array().unwrap();
    plans
        .iter()
        .map(|plan| plan["slug"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn anybody_sees_the_plans() {
    let world = World::new().await;
    let mut browser = world.browser();
    let list = browser
        .get("/v1/billing/plans?payer_type=org&limit=50")
        .await
        .body;
    assert_eq!(
        (slugs(&list), &list["total_count"]),
        (vec!["starter", "pro"], &json!(2))
    );
    let pro = &list["data"][1];
    assert_eq!(pro["fee"]["amount_formatted"], "49.00");
    assert_eq!(pro["annual_monthly_fee"]["amount"], 3900);
    assert!(pro["has_base_fee"] == true && pro["is_default"] == false);
    let features: Vec<&str> = pro["features"]
        .as_array()
        .unwrap()
        .iter()
        .map(|feature| feature["slug"].as_str().unwrap())
        .collect();
    assert_eq!(features, ["dedicated_schema", "max_members_10"]);
    let id = pro["id"].as_str().unwrap();
    assert!(id.starts_with("cplan_"));
    for name in [id, "pro"] {
        let one = browser.get(&format!("/v1/billing/plans/{name}")).await;
        assert_eq!(&one.body, pro);
    }
    let users = browser.get("/v1/billing/plans?payer_type=user").await.body;
    assert_eq!(users["data"], json!([]));
    browser
        .get("/v1/billing/plans?payer_type=dog")
        .await
        .refused_param(422, "form_param_format_invalid", "payer_type");
    browser
        .get("/v1/billing/plans/none")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn settings_change_plans_without_changing_who_is_on_them() {
    let mut shop = Shop::new().await;
    let pro = shop.plan_id("pro").await;
    shop.buy("pro", "month").await;

    // Dearer: for others. A new name is a new name for all.
    let mut billing = Billing::default();
    billing.plans[1].monthly_amount = Some(9900);
    billing.plans[1].name = "Professional".to_owned();
    let patch = serde_json::to_value(&billing).unwrap();
    shop.world
        .idp
        .change_settings("billing", &patch)
        .await
        .unwrap();
    assert_eq!(shop.plan_id("pro").await, pro);
    let plan_now = shop.browser.get("/v1/billing/plans/pro").await.body;
    assert_eq!(plan_now["fee"]["amount"], 9900);
    let own = &shop.subscription().await["subscription_items"][0];
    assert_eq!(
        (&own["amount"]["amount"], &own["plan"]["name"]),
        (&json!(4900), &json!("Professional"))
    );

    // Gone: nobody can choose it, who is on it stays.
    billing.plans[1] = plan("team", 2900);
    let patch = serde_json::to_value(&billing).unwrap();
    shop.world
        .idp
        .change_settings("billing", &patch)
        .await
        .unwrap();
    let list = shop
        .browser
        .get("/v1/billing/plans?payer_type=org")
        .await
        .body;
    assert_eq!(slugs(&list), ["starter", "team"]);
    shop.browser
        .get("/v1/billing/plans/pro")
        .await
        .refused(404, "resource_not_found");
    assert_eq!(
        shop.items().await,
        [("pro".to_owned(), "active".to_owned())]
    );
    assert_eq!(shop.claims().await["pla"], "o:pro");

    // Back again under its old id.
    let patch = serde_json::to_value(Billing::default()).unwrap();
    shop.world
        .idp
        .change_settings("billing", &patch)
        .await
        .unwrap();
    assert_eq!(shop.plan_id("pro").await, pro);

    // What cannot work is refused and changes nothing.
    let broken = json!({ "plans": [] });
    shop.world
        .idp
        .change_settings("billing", &broken)
        .await
        .unwrap_err();
    assert_eq!(shop.plan_id("pro").await, pro);
}

#[tokio::test]
async fn without_billing_nothing_is_billed_and_nothing_lost() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let off = json!({ "organizations": false });
    shop.world
        .idp
        .change_settings("billing", &off)
        .await
        .unwrap();
    shop.get("/subscription")
        .await
        .refused(404, "billing_not_enabled");
    let claims = shop.claims().await;
    assert!(claims.get("pla").is_none() && claims.get("fea").is_none());
    let environment = shop.browser.get("/v1/environment").await.body;
    let billing = &environment["commerce_settings"]["billing"];
    assert_eq!(
        billing["organization"],
        json!({ "enabled": false, "has_paid_plans": false })
    );
    let later = shop.browser.create_organization("Later").await;

    let on = json!({ "organizations": true });
    shop.world
        .idp
        .change_settings("billing", &on)
        .await
        .unwrap();
    assert_eq!(shop.claims().await["pla"], "o:pro");
    // Who came meanwhile begins on the default plan.
    shop.id = later;
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
}
