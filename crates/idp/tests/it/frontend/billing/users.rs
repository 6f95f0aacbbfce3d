//! Users who pay for themselves.

use bailiwick_idp::IdpConfig;
use bailiwick_idp::settings::billing::PayerType;
use serde_json::json;

use super::{ADA, WORKING, plan};
use crate::frontend::world::{Browser, Reply, World};

fn with_users(config: &mut IdpConfig) {
    let billing = &mut config.settings.billing;
    let (mut free, mut plus) = (plan("basic", 0), plan("plus", 900));
    for own in [&mut free, &mut plus] {
        own.payer = PayerType::User;
        own.features.clear();
    }
    free.default = true;
    plus.features.push("dedicated_schema".to_owned());
    billing.plans.extend([free, plus]);
    billing.users = true;
}

async fn get(browser: &mut Browser, rest: &str) -> Reply {
    let path = browser.own(&format!("/v1/me/billing{rest}")).await;
    browser.get(&path).await
}

async fn call(browser: &mut Browser, method: &str, rest: &str, form: &[(&str, &str)]) -> Reply {
    let path = browser.own(&format!("/v1/me/billing{rest}")).await;
    browser.call(method, &path, form).await
}

#[tokio::test]
async fn a_user_chooses_pays_and_cancels() {
    let world = World::with(with_users).await;
    let mut ada = world.signed_up(ADA).await;
    let own = get(&mut ada, "/subscription").await.ok().clone();
    assert_eq!(own["subscription_items"][0]["plan"]["slug"], "basic");
    assert_eq!(own["subscription_items"][0]["payer"]["email"], ADA);

    let form = [("plan_id", "plus"), ("plan_period", "month")];
    let checkout = call(&mut ada, "POST", "/checkouts", &form)
        .await
        .ok()
        .clone();
    let path = format!("/checkouts/{}", checkout["id"].as_str().unwrap());
    assert_eq!(get(&mut ada, &path).await.ok(), &checkout);
    call(&mut ada, "PATCH", &path, &[("promo_code", "")])
        .await
        .ok();
    let done = call(&mut ada, "PATCH", &format!("{path}/confirm"), &[]).await;
    assert_eq!(done.ok()["status"], "completed");
    let item = done.ok()["subscription_item"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let items = get(&mut ada, "/subscription_items?paginated=true").await;
    assert_eq!(items.ok()["data"][0]["id"], item.as_str());

    // What the user has is said beside what the organization has.
    let organization = ada.create_organization("Acme").await;
    for (active, pla, fea) in [
        (
            organization.as_str(),
            "o:starter,u:plus",
            "o:max_members_2,u:dedicated_schema",
        ),
        ("", "u:plus", "u:dedicated_schema"),
    ] {
        let reply = ada.touch(active).await;
        let jwt = &reply.ok()["last_active_token"]["jwt"];
        let claims = world.claims(jwt.as_str().unwrap()).await;
        assert_eq!((&claims["pla"], &claims["fea"]), (&json!(pla), &json!(fea)));
    }

    call(&mut ada, "POST", "/payment_methods/initialize", &[])
        .await
        .ok();
    let form = [("gateway", "stripe"), ("payment_token", WORKING)];
    let card = call(&mut ada, "POST", "/payment_methods", &form)
        .await
        .ok()
        .clone();
    let card = card["id"].as_str().unwrap();
    let form = [("payment_method_id", card)];
    let path = "/payers/default_payment_method";
    call(&mut ada, "PUT", path, &form).await.ok();
    let cards = get(&mut ada, "/payment_methods").await;
    assert_eq!(cards.ok()["data"][0]["id"], card);
    call(&mut ada, "DELETE", &format!("/payment_methods/{card}"), &[])
        .await
        .ok();

    let payments = get(&mut ada, "/payment_attempts").await.ok().clone();
    assert_eq!(payments["data"][0]["amount"]["amount"], 900);
    let path = format!(
        "/payment_attempts/{}",
        payments["data"][0]["id"].as_str().unwrap()
    );
    get(&mut ada, &path).await.ok();
    let statements = get(&mut ada, "/statements").await.ok().clone();
    let path = format!(
        "/statements/{}",
        statements["data"][0]["id"].as_str().unwrap()
    );
    get(&mut ada, &path).await.ok();
    get(&mut ada, "/credits").await.ok();
    let path = format!("/subscription_items/{item}");
    let canceled = call(&mut ada, "DELETE", &path, &[]).await;
    assert!(canceled.ok()["canceled_at"].is_i64());

    // Not even another user of the same browser's.
    let mut bob = world.signed_up("bob@example.com").await;
    call(&mut bob, "DELETE", &path, &[])
        .await
        .refused(404, "resource_not_found");
    get(&mut bob, "/checkouts/cchk_none")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn users_are_not_billed_unless_the_settings_say_so() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    for path in ["/subscription", "/payment_methods", "/statements"] {
        let reply = get(&mut ada, path).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.body["errors"][0]["code"]),
            (404, &json!("billing_not_enabled"))
        );
    }
}
