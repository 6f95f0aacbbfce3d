//! The plan that an organization is on: what it follows from, how it ends, and what it allows.

mod follows;
mod gives;
mod orders;
mod races;
mod synced;

use bailiwick_store::seats;
use bailiwick_testkit::fixtures::event;
use bailiwick_testkit::{TestApp, World};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What the provider says of one plan of an organization's subscription.
#[derive(Debug, Clone)]
struct Item {
    id: String,
    plan: String,
    status: String,
    /// Paid for from then until then.
    period: (Timestamp, Option<Timestamp>),
    changed_at: Timestamp,
}

impl Item {
    /// One that is paid for a month from `at`.
    fn new(id: &str, plan: &str, at: Timestamp) -> Self {
        Self {
            id: id.to_owned(),
            plan: plan.to_owned(),
            status: "active".to_owned(),
            period: (at, Some(at + DAY * 30)),
            changed_at: at,
        }
    }

    fn became(&self, status: &str, at: Timestamp) -> Self {
        Self {
            status: status.to_owned(),
            changed_at: at,
            ..self.clone()
        }
    }

    fn data(&self, clerk_org_id: &str) -> Value {
        let ms = |at: Timestamp| at.as_millisecond();
        json!({
            "object": "commerce_subscription_item", "id": self.id, "status": self.status,
            "is_free_trial": false, "interval": "month", "subscription_id": subscription_id(clerk_org_id),
            "plan_id": format!("cplan_{}", self.plan),
            "plan": {"id": format!("cplan_{}", self.plan), "slug": self.plan, "name": self.plan},
            "payer": {"object": "commerce_payer", "id": "cpayer_1", "user_id": "",
                      "organization_id": clerk_org_id},
            "period_start": ms(self.period.0), "period_end": self.period.1.map(ms),
            "created_at": ms(self.period.0), "updated_at": ms(self.changed_at)
        })
    }

    /// The event that says so.
    fn event(&self, clerk_org_id: &str) -> Value {
        let name = match self.status.as_str() {
            "past_due" => "pastDue",
            other => other,
        };
        let name = format!("subscriptionItem.{name}");
        event(&name, &self.data(clerk_org_id), self.changed_at)
    }
}

fn subscription_id(clerk_org_id: &str) -> String {
    format!("csub_{clerk_org_id}")
}

/// An event that says all of a subscription at once.
fn subscription(what: &str, clerk_org_id: &str, items: &[Item], at: Timestamp) -> Value {
    let told: Vec<Value> = items.iter().map(|item| item.data(clerk_org_id)).collect();
    let data = json!({
        "object": "commerce_subscription", "id": subscription_id(clerk_org_id), "status": "active",
        "payer": {"object": "commerce_payer", "id": "cpayer_1", "user_id": "",
                  "organization_id": clerk_org_id},
        "created_at": at.as_millisecond(), "updated_at": at.as_millisecond(), "items": told
    });
    event(&format!("subscription.{what}"), &data, at)
}

/// The plan, the tier that is wanted for it, and when it ends.
async fn plan(t: &TestApp, clerk_org_id: &str) -> Value {
    let query = format!(
        "select plan_slug, tier_wanted, plan_until from control.organizations where clerk_org_id = '{clerk_org_id}'"
    );
    t.rows(&query).await.remove(0)
}

/// The plan and the tier that is wanted for it.
async fn on(t: &TestApp, world: &World) -> (String, String) {
    let plan = plan(t, &world.clerk_org_id).await;
    let text = |name: &str| plan[name].as_str().unwrap_or("none").to_owned();
    (text("plan_slug"), text("tier_wanted"))
}

fn pair(plan: &str, tier: &str) -> (String, String) {
    (plan.to_owned(), tier.to_owned())
}

/// The facts of plans and seats, in their order.
async fn told(t: &TestApp) -> Vec<Value> {
    t.rows(
        "select action, before, after, tenant_id is not null as is_of_tenant from control.audit
         where action in ('organizations.plan', 'seats.exceeded') order by ctid",
    )
    .await
}

/// As many people as the plan says.
async fn by_plan(t: &TestApp, world: &World) {
    let mut tx = t.app.store().control().await.unwrap();
    let set = seats::set_members_max(&mut tx, world.id, None, t.now());
    set.await.unwrap();
    tx.commit().await.unwrap();
}
