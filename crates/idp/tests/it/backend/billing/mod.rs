//! Billing, as servers see and order it.

mod accounts;
mod items;
mod plans;

use bailiwick_idp::IdpConfig;
use bailiwick_idp::settings::billing::{PayerType, Plan};
use bailiwick_pg::sql;
use serde_json::{Value, json};

use super::world::World;

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
