//! What is paid with.

use serde_json::json;

use super::{FAILING, Shop, WORKING};

#[tokio::test]
async fn cards_are_added_made_the_default_and_removed() {
    let mut shop = Shop::new().await;
    let begun = shop
        .post("/payment_methods/initialize", &[("gateway", "stripe")])
        .await;
    assert_eq!(begun.ok()["payment_method_order"], json!(["card"]));
    let form = [
        ("gateway", "stripe"),
        ("payment_token", "pm_card_mastercard"),
    ];
    let card = shop.post("/payment_methods", &form).await.ok().clone();
    assert_eq!(
        (&card["card_type"], &card["last4"]),
        (&json!("mastercard"), &json!("4444"))
    );
    assert_eq!(card["is_default"], false);
    let id = card["id"].as_str().unwrap();
    let form = [("payment_method_id", id)];
    let default = shop
        .call("PUT", "/payers/default_payment_method", &form)
        .await;
    assert_eq!(default.ok()["is_default"], true);
    let list = shop.get("/payment_methods").await.ok().clone();
    assert_eq!(
        (&list["data"][0]["id"], &list["total_count"]),
        (&json!(id), &json!(2))
    );
    assert_eq!(list["data"][1]["is_default"], false);

    let gone = shop
        .call("DELETE", &format!("/payment_methods/{id}"), &[])
        .await;
    assert_eq!(gone.ok()["status"], "disconnected");
    let list = shop.get("/payment_methods").await.ok().clone();
    assert_eq!(
        (&list["total_count"], &list["data"][0]["is_default"]),
        (&json!(1), &json!(true))
    );
    shop.call("DELETE", &format!("/payment_methods/{id}"), &[])
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn who_pays_keeps_a_card() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let list = shop.get("/payment_methods").await.ok().clone();
    assert_eq!(list["data"][0]["is_removable"], false);
    let path = format!(
        "/payment_methods/{}",
        list["data"][0]["id"].as_str().unwrap()
    );
    shop.call("DELETE", &path, &[])
        .await
        .refused(400, "payment_method_in_use");
    shop.use_card(WORKING).await;
    shop.call("DELETE", &path, &[]).await.ok();
    // Who does not pay needs none, and has to name one to begin to.
    let mut free = Shop::new().await;
    let list = free.get("/payment_methods").await.ok().clone();
    let path = format!(
        "/payment_methods/{}",
        list["data"][0]["id"].as_str().unwrap()
    );
    free.call("DELETE", &path, &[]).await.ok();
    let checkout = free.checkout("pro", "month").await;
    free.confirm(&checkout, &[])
        .await
        .refused(422, "payment_method_required");
    free.confirm(&checkout, &[("use_test_card", "true")])
        .await
        .ok();
}

#[tokio::test]
async fn tokens_of_unknown_cards_and_too_many_cards_are_refused() {
    let mut shop = Shop::new().await;
    for token in ["pm_1234", "tok_visa", "'; drop table x", "4242424242424242"] {
        let form = [("gateway", "stripe"), ("payment_token", token)];
        shop.post("/payment_methods", &form).await.refused_param(
            422,
            "form_param_format_invalid",
            "payment_token",
        );
    }
    for _ in 0..19 {
        let form = [("gateway", "stripe"), ("payment_token", FAILING)];
        shop.post("/payment_methods", &form).await.ok();
    }
    let form = [("gateway", "stripe"), ("payment_token", FAILING)];
    shop.post("/payment_methods", &form)
        .await
        .refused(422, "payment_method_quota_exceeded");
}
