//! Who pays for what. The provider's own documents disagree on the details, so that little is
//! demanded here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{millis, null_default};

/// What a payer has subscribed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subscription {
    /// `csub_…`.
    pub id: String,
    /// `active`, `past_due`, `canceled`, `ended`, …
    pub status: String,
    /// Who pays.
    pub payer: Option<Payer>,
    /// What for: one plan each.
    #[serde(default, deserialize_with = "null_default")]
    pub items: Vec<SubscriptionItem>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// One plan of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubscriptionItem {
    /// `csub_item_…`.
    pub id: String,
    /// `active`, `upcoming`, `canceled`, `ended`, `past_due`, …
    pub status: String,
    /// The subscription that it is part of, where it was sent.
    pub subscription_id: Option<String>,
    /// The plan's id, where it was sent beside the plan.
    pub plan_id: Option<String>,
    /// The plan.
    pub plan: Option<Plan>,
    /// Who pays.
    pub payer: Option<Payer>,
    /// Whether nothing is paid yet.
    #[serde(default, deserialize_with = "null_default")]
    pub is_free_trial: bool,
    /// Paid for from then…
    #[serde(default, with = "millis")]
    pub period_start: Option<Timestamp>,
    /// …until then; none where it has no end.
    #[serde(default, with = "millis")]
    pub period_end: Option<Timestamp>,
    /// Seats, where the plan counts them.
    pub seats: Option<Seats>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// A plan in brief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// `cplan_…`.
    pub id: String,
    /// The name by which products know it.
    pub slug: Option<String>,
}

/// Seats of an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seats {
    /// How many are paid for; none is no bound.
    pub quantity: Option<u32>,
}

/// Who pays: an organization or a user. What does not apply is sent empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    organization_id: Option<String>,
    user_id: Option<String>,
}

impl Payer {
    /// The organization, where one pays.
    #[must_use]
    pub fn organization_id(&self) -> Option<&str> {
        self.organization_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The user, where no organization pays.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        let is_organization = self.organization_id().is_some();
        let user = self.user_id.as_deref().filter(|id| !id.is_empty());
        user.filter(|_| !is_organization)
    }
}

impl SubscriptionItem {
    /// The plan's id, wherever it was sent.
    #[must_use]
    pub fn plan_id(&self) -> Option<&str> {
        let beside = self.plan_id.as_deref().filter(|id| !id.is_empty());
        beside.or_else(|| self.plan.as_ref().map(|plan| plan.id.as_str()))
    }
}
