//! What must not work.

use bailiwick_pg::sql;
use serde_json::json;

use super::{ADA, Shop};
use crate::frontend::world::Browser;

sql! {
    /// Takes everything from the members' role that has to do with billing.
    NO_BILLING() = "
        update idp.roles set permissions = '{org:sys_memberships:read}' where key = 'org:member'";
    /// A second plan in force beside the first.
    SECOND() = "
        insert into idp.billing_items (id, subscription_id, plan_id, price_id, plan_period, status,
            anchor_at, period_start, created_at, updated_at)
        select 'csub_item_second', subscription_id, plan_id, price_id, plan_period, 'active',
               anchor_at, period_start, created_at, updated_at
        from idp.billing_items where status = 'active'";
    /// Payments that were made.
    PAID() = "select count(*) from idp.billing_payments where status = 'paid'";
    /// Makes a user a member.
    JOIN(TEXT) = "
        insert into idp.memberships (id, organization_id, user_id, role, created_at, updated_at)
        select 'orgmem_test', o.id, $1, 'org:member', o.created_at, o.created_at
        from idp.organizations o";
}

async fn paid(shop: &Shop) -> i64 {
    shop.world.pool.query(&PAID, &[]).await.unwrap()[0].get(0)
}

/// A member who is no admin.
async fn member(shop: &Shop) -> Browser {
    let mut browser = shop.world.signed_up("bob@example.com").await;
    let user = browser.session().await["user"]["id"].clone();
    let user = user.as_str().unwrap().to_owned();
    shop.world.pool.query(&JOIN, &[&user]).await.unwrap();
    browser
}

#[tokio::test]
async fn a_member_reads_and_changes_nothing() {
    let mut shop = Shop::new().await;
    let item = shop.current().await;
    let plan = shop.plan_id("pro").await;
    let card = shop.get("/payment_methods").await.ok()["data"][0]["id"].clone();
    let card = card.as_str().unwrap().to_owned();
    let checkout = shop.checkout("pro", "month").await["id"].clone();
    let checkout = checkout.as_str().unwrap().to_owned();
    let admin = shop.browser.clone();
    shop.browser = member(&shop).await;
    shop.subscription().await;
    let choice = [("plan_id", plan.as_str()), ("plan_period", "month")];
    let form = [("gateway", "stripe"), ("payment_token", super::WORKING)];
    let default = [("payment_method_id", card.as_str())];
    let refused = [
        shop.post("/checkouts", &choice).await,
        shop.get(&format!("/checkouts/{checkout}")).await,
        shop.call(
            "PATCH",
            &format!("/checkouts/{checkout}"),
            &[("promo_code", "")],
        )
        .await,
        shop.call("PATCH", &format!("/checkouts/{checkout}/confirm"), &[])
            .await,
        shop.cancel(&item).await,
        shop.post("/payment_methods", &form).await,
        shop.post("/payment_methods/initialize", &[]).await,
        shop.call("DELETE", &format!("/payment_methods/{card}"), &[])
            .await,
        shop.call("PUT", "/payers/default_payment_method", &default)
            .await,
    ];
    for reply in &refused {
        let meta = reply.refused(403, "missing_organization_permission");
        assert_eq!(meta["permissions"], json!(["org:sys_billing:manage"]));
    }
    shop.world.pool.query(&NO_BILLING, &[]).await.unwrap();
    for path in [
        "/subscription",
        "/payment_methods",
        "/statements",
        "/payment_attempts",
        "/credits",
    ] {
        shop.get(path)
            .await
            .refused(403, "missing_organization_permission");
    }
    shop.browser = admin;
    assert_eq!(
        shop.items().await,
        [("starter".to_owned(), "active".to_owned())]
    );
}

#[tokio::test]
async fn what_others_have_is_not_there() {
    let mut shop = Shop::new().await;
    shop.buy("pro", "month").await;
    let item = shop.current().await;
    let checkout = shop.checkout("pro", "annual").await["id"].clone();
    let card = shop.get("/payment_methods").await.ok()["data"][0]["id"].clone();
    let payment = shop.get("/payment_attempts").await.ok()["data"][0]["id"].clone();
    let statement = shop.get("/statements").await.ok()["data"][0]["id"].clone();
    let [checkout, card, payment, statement] =
        [checkout, card, payment, statement].map(|id| id.as_str().unwrap().to_owned());
    let theirs = shop.id.clone();

    shop.browser = shop.world.signed_up("eve@example.com").await;
    shop.get("/subscription")
        .await
        .refused(404, "resource_not_found");
    shop.post("/checkouts", &[("plan_id", "pro")])
        .await
        .refused(404, "resource_not_found");
    // With an organization of one's own, and the ids of the other.
    shop.id = shop.browser.create_organization("Eve").await;
    let own = shop.checkout("pro", "month").await;
    let form = [("payment_method_id", card.as_str())];
    let plan = shop.plan_id("pro").await;
    let with = [
        ("plan_id", plan.as_str()),
        ("payment_method_id", card.as_str()),
    ];
    let refused = [
        shop.cancel(&item).await,
        shop.get(&format!("/checkouts/{checkout}")).await,
        shop.call("PATCH", &format!("/checkouts/{checkout}/confirm"), &[])
            .await,
        shop.call(
            "PATCH",
            &format!("/checkouts/{checkout}"),
            &[("promo_code", "")],
        )
        .await,
        shop.call("DELETE", &format!("/payment_methods/{card}"), &[])
            .await,
        shop.confirm(&own, &form).await,
        shop.post("/checkouts", &with).await,
        shop.get(&format!("/payment_attempts/{payment}")).await,
        shop.get(&format!("/statements/{statement}")).await,
    ];
    for reply in &refused {
        reply.refused(404, "resource_not_found");
    }
    shop.call("PUT", "/payers/default_payment_method", &form)
        .await
        .refused_param(422, "form_param_format_invalid", "payment_method_id");
    assert_eq!(paid(&shop).await, 1);

    let mut browser = shop.world.browser();
    let path = format!("/v1/organizations/{theirs}/billing/subscription");
    browser.get(&path).await.refused(401, "signed_out");
    browser.sign_in(ADA).await.ok();
    let path = browser.own(&path).await;
    browser.get(&path).await.ok();
}

#[tokio::test]
async fn a_checkout_is_paid_once_however_often_it_is_confirmed() {
    let mut shop = Shop::new().await;
    let checkout = shop.checkout("pro", "month").await;
    let path = shop
        .path(&format!(
            "/checkouts/{}/confirm",
            checkout["id"].as_str().unwrap()
        ))
        .await;
    let confirm = |mut browser: Browser| {
        let path = path.clone();
        async move { browser.call("PATCH", &path, &[]).await.ok()["status"].clone() }
    };
    let (a, b, c) = tokio::join!(
        confirm(shop.browser.clone()),
        confirm(shop.browser.clone()),
        confirm(shop.browser.clone())
    );
    assert_eq!([a, b, c], ["completed", "completed", "completed"]);
    shop.confirm(&checkout, &[]).await.ok();
    assert_eq!(paid(&shop).await, 1);
    assert_eq!(
        shop.items().await,
        [("pro".to_owned(), "active".to_owned())]
    );
}

#[tokio::test]
async fn of_two_offers_one_is_taken() {
    let mut shop = Shop::new().await;
    let month = shop.checkout("pro", "month").await;
    let year = shop.checkout("pro", "annual").await;
    shop.confirm(&month, &[]).await.ok();
    // The amount was computed for somebody who had no plan.
    shop.confirm(&year, &[])
        .await
        .refused(422, "checkout_stale");
    assert_eq!(paid(&shop).await, 1);
    assert_eq!(
        shop.items().await,
        [("pro".to_owned(), "active".to_owned())]
    );
    // Whatever goes wrong, there is one plan in force.
    let error = shop.world.pool.query(&SECOND, &[]).await.unwrap_err();
    assert_eq!(error.constraint(), Some("billing_items_one_current"));
}

#[tokio::test]
async fn an_offer_holds_for_an_hour() {
    let mut shop = Shop::new().await;
    let checkout = shop.checkout("pro", "month").await;
    shop.world.time.advance(jiff::SignedDuration::from_hours(1));
    let id = checkout["id"].as_str().unwrap().to_owned();
    shop.get(&format!("/checkouts/{id}"))
        .await
        .refused(410, "checkout_expired");
    shop.confirm(&checkout, &[])
        .await
        .refused(422, "checkout_expired");
    assert_eq!(paid(&shop).await, 0);
}

#[tokio::test]
async fn what_the_browser_says_of_amounts_is_not_heard() {
    let mut shop = Shop::new().await;
    let plan = shop.plan_id("pro").await;
    let form = [
        ("plan_id", plan.as_str()),
        ("plan_period", "month"),
        ("amount", "1"),
        ("price_id", "cprice_of_my_own"),
        ("due_now", "0"),
        ("totals", "{\"total_due_now\":{\"amount\":0}}"),
        ("free_trial_days", "365"),
        ("needs_payment_method", "false"),
    ];
    let checkout = shop.post("/checkouts", &form).await.ok().clone();
    assert_eq!(checkout["totals"]["total_due_now"]["amount"], 4900);
    shop.confirm(&checkout, &[("amount", "1"), ("due_now", "0")])
        .await
        .ok();
    let payment = shop.get("/payment_attempts").await;
    assert_eq!(payment.ok()["data"][0]["amount"]["amount"], 4900);
}

#[tokio::test]
async fn a_plan_of_users_is_not_for_organizations() {
    let with = |config: &mut bailiwick_idp::IdpConfig| {
        let mut own = super::plan("plus", 900);
        own.payer = bailiwick_idp::settings::billing::PayerType::User;
        config.settings.billing.plans.push(own);
        let mut free = super::plan("basic", 0);
        free.payer = bailiwick_idp::settings::billing::PayerType::User;
        free.default = true;
        config.settings.billing.plans.push(free);
        config.settings.billing.users = true;
    };
    let mut shop = Shop::of(crate::frontend::world::World::with(with).await).await;
    for slug in ["plus", "basic"] {
        shop.begin(slug, "month")
            .await
            .refused_param(422, "form_param_format_invalid", "plan_id");
    }
    let mut open = Vec::new();
    for _ in 0..25 {
        open.push(shop.checkout("pro", "month").await);
        shop.world.time.advance(jiff::SignedDuration::from_secs(1));
    }
    // No more than twenty wait at once.
    let first = open[0]["id"].as_str().unwrap().to_owned();
    shop.get(&format!("/checkouts/{first}"))
        .await
        .refused(404, "resource_not_found");
    shop.confirm(&open[24], &[]).await.ok();
}
