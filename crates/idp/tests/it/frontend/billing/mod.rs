//! Billing, as the pricing table, the checkout and the billing tab use it.

mod attacks;
mod changes;
mod checkout;
mod history;
mod methods;
mod plans;
mod renewals;
mod users;

use bailiwick_idp::settings::billing::Plan;
use bailiwick_pg::sql;
use serde_json::{Value, json};

use super::world::{Browser, Reply, World};

const ADA: &str = "ada@example.com";
const WORKING: &str = "pm_card_visa";
const FAILING: &str = "pm_card_chargeCustomerFail";

sql! {
    /// Everything that was said of billing, in order.
    SAID() = "
        select event_type, payload from idp.webhook_messages
        where event_type like 'subscription%' or event_type like 'paymentAttempt%'
        order by seq limit 1000";
}

/// An organization and a browser of its admin.
struct Shop {
    world: World,
    browser: Browser,
    id: String,
}

impl Shop {
    async fn new() -> Self {
        Self::of(World::new().await).await
    }

    async fn of(world: World) -> Self {
        let mut browser = world.signed_up(ADA).await;
        let id = browser.create_organization("Acme").await;
        Self { world, browser, id }
    }

    /// A path of the organization's billing, as the components write it.
    async fn path(&mut self, rest: &str) -> String {
        let path = format!("/v1/organizations/{}/billing{rest}", self.id);
        self.browser.own(&path).await
    }

    async fn get(&mut self, rest: &str) -> Reply {
        let path = self.path(rest).await;
        self.browser.get(&path).await
    }

    async fn post(&mut self, rest: &str, form: &[(&str, &str)]) -> Reply {
        let path = self.path(rest).await;
        self.browser.post(&path, form).await
    }

    async fn call(&mut self, method: &str, rest: &str, form: &[(&str, &str)]) -> Reply {
        let path = self.path(rest).await;
        self.browser.call(method, &path, form).await
    }

    async fn plan_id(&mut self, slug: &str) -> String {
        let plan = self.browser.get(&format!("/v1/billing/plans/{slug}")).await;
        assert_eq!(plan.status, 200, "{}", plan.body);
        plan.body["id"].as_str().unwrap().to_owned()
    }

    async fn begin(&mut self, slug: &str, period: &str) -> Reply {
        let plan = self.plan_id(slug).await;
        let form = [("plan_id", plan.as_str()), ("plan_period", period)];
        self.post("/checkouts", &form).await
    }

    /// An offer for a plan.
    async fn checkout(&mut self, slug: &str, period: &str) -> Value {
        self.begin(slug, period).await.ok().clone()
    }

    async fn confirm(&mut self, checkout: &Value, form: &[(&str, &str)]) -> Reply {
        let id = checkout["id"].as_str().unwrap();
        self.call("PATCH", &format!("/checkouts/{id}/confirm"), form)
            .await
    }

    /// Brings the organization on a plan.
    async fn buy(&mut self, slug: &str, period: &str) -> Value {
        let checkout = self.checkout(slug, period).await;
        let reply = self.confirm(&checkout, &[]).await;
        assert_eq!(reply.ok()["status"], "completed");
        reply.ok().clone()
    }

    async fn subscription(&mut self) -> Value {
        self.get("/subscription").await.ok().clone()
    }

    /// Slugs and states of the items that are not over.
    async fn items(&mut self) -> Vec<(String, String)> {
        let subscription = self.subscription().await;
        let items = subscription["subscription_items"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        items
            .iter()
            .map(|item| (text(&item["plan"]["slug"]), text(&item["status"])))
            .collect()
    }

    /// The id of the item in force.
    async fn current(&mut self) -> String {
        let subscription = self.subscription().await;
        let id = &subscription["subscription_items"][0]["id"];
        id.as_str().unwrap().to_owned()
    }

    async fn cancel(&mut self, item: &str) -> Reply {
        self.call("DELETE", &format!("/subscription_items/{item}"), &[])
            .await
    }

    /// Adds a card and makes it the default one; its id.
    async fn use_card(&mut self, token: &str) -> String {
        let form = [("gateway", "stripe"), ("payment_token", token)];
        let card = self.post("/payment_methods", &form).await;
        let id = card.ok()["id"].as_str().unwrap().to_owned();
        let form = [("payment_method_id", id.as_str())];
        let path = "/payers/default_payment_method";
        self.call("PUT", path, &form).await.ok();
        id
    }

    /// What a fresh token says.
    async fn claims(&mut self) -> Value {
        let id = self.id.clone();
        let reply = self.browser.touch(&id).await;
        let jwt = reply.ok()["last_active_token"]["jwt"].as_str().unwrap();
        self.world.claims(jwt).await
    }

    /// Lets days pass and what is due happen, and signs in again where the session is over.
    async fn days(&mut self, days: i64) {
        self.world
            .time
            .advance(jiff::SignedDuration::from_hours(24 * days));
        self.world.idp.sweep(100).await.unwrap();
        let sessions = self.browser.get("/v1/client").await;
        if sessions.body["response"]["sessions"]
            .as_array()
            .is_none_or(Vec::is_empty)
        {
            let mut browser = self.world.browser();
            browser.sign_in(ADA).await.ok();
            browser.touch(&self.id).await.ok();
            self.browser = browser;
        }
    }

    /// Types of what was said of billing after the first `skip`.
    async fn said(&self, skip: usize) -> Vec<String> {
        let rows = self.world.pool.query(&SAID, &[]).await.unwrap();
        rows.iter().skip(skip).map(|row| row.get(0)).collect()
    }

    /// Data of the last event of a type.
    async fn last(&self, event: &str) -> Value {
        let rows = self.world.pool.query(&SAID, &[]).await.unwrap();
        let found = rows.iter().rfind(|row| row.get::<_, &str>(0) == event);
        let payload: Value = serde_json::from_str(found.unwrap().get(1)).unwrap();
        payload["data"].clone()
    }
}

/// A paid plan for organizations.
fn plan(slug: &str, monthly: i64) -> Plan {
    serde_json::from_value(json!({
        "slug": slug, "name": slug, "monthly_amount": monthly, "features": ["dedicated_schema"],
    }))
    .unwrap()
}
