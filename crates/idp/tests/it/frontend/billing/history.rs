//! What was paid.

use serde_json::json;

use super::{FAILING, Shop};

#[tokio::test]
async fn statements_hold_the_payments_of_a_month() {
    let mut shop = Shop::new().await;
    assert_eq!(shop.get("/statements").await.ok()["data"], json!([]));
    shop.buy("pro", "month").await;
    shop.use_card(FAILING).await;
    shop.days(31).await;
    let list = shop.get("/statements").await.ok().clone();
    assert_eq!(list["total_count"], 2);
    let (april, march) = (&list["data"][0], &list["data"][1]);
    assert_eq!(
        (&march["status"], &april["status"]),
        (&json!("closed"), &json!("open"))
    );
    assert_eq!(march["totals"]["grand_total"]["amount"], 4900);
    // What was refused is there, and counts nothing.
    assert_eq!(april["totals"]["grand_total"]["amount"], 0);
    assert_eq!(april["groups"][0]["items"][0]["status"], "failed");
    let id = march["id"].as_str().unwrap();
    assert_eq!(shop.get(&format!("/statements/{id}")).await.ok(), march);

    let payment = &march["groups"][0]["items"][0];
    let path = format!("/payment_attempts/{}", payment["id"].as_str().unwrap());
    assert_eq!(shop.get(&path).await.ok(), payment);
    // The components read payments without an envelope.
    let bare = shop.get(&format!("{path}?_clerk_js_version=6.34.1")).await;
    assert_eq!(&bare.body, payment);
    let bare = shop.get("/payment_attempts?_clerk_js_version=6.34.1").await;
    assert_eq!(bare.body["total_count"], 2);
}

#[tokio::test]
async fn credits_begin_at_nothing() {
    let mut shop = Shop::new().await;
    let balance = shop.get("/credits").await.ok().clone();
    assert_eq!(balance["balance"]["amount"], 0);
    let history = shop.get("/credits/history").await.ok().clone();
    assert_eq!(history, json!({ "data": [], "total_count": 0 }));
}
