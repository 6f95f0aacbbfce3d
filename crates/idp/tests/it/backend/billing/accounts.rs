//! What payers owed, paid and were given.

use serde_json::json;

use super::Shop;
use crate::backend::world::ids;

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
