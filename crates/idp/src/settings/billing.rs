//! Settings: plans and what they grant.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

/// Section `[billing]`: plans and what they grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Billing {
    /// Whether organizations are on plans.
    pub organizations: bool,
    /// Whether users are.
    pub users: bool,
    /// Of all amounts, as ISO 4217 has it.
    pub currency: String,
    /// How fees are collected.
    pub collection: Collection,
    /// Whether a free trial can only be begun with a payment method.
    pub free_trial_requires_payment_method: bool,
    /// Days for which a plan whose renewal was not paid stays in force; it is tried again each day.
    pub grace_days: u32,
    /// The plans, in the order in which they are shown.
    pub plans: Vec<Plan>,
    /// What plans can grant.
    pub features: Vec<Feature>,
}

/// How fees are collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collection {
    /// From test cards that the provider keeps itself; each payer is given one that works.
    TestCard,
    /// By invoices, outside of the provider: nobody is asked for a payment method.
    Invoice,
}

/// Who can be on a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerType {
    /// Organizations.
    #[default]
    Org,
    /// Users.
    User,
}

impl PayerType {
    /// As the protocol names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::User => "user",
        }
    }
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Unique; what tokens name.
    pub slug: String,
    /// For people.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Who can be on it.
    #[serde(default)]
    pub payer: PayerType,
    /// For a month, in the smallest unit; none where it is not sold by the month. 0 is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_amount: Option<i64>,
    /// For a whole year, in the smallest unit; none where it is not sold by the year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_amount: Option<i64>,
    /// Slugs of the features that it grants.
    #[serde(default)]
    pub features: Vec<String>,
    /// Days that cost nothing, once for each payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_trial_days: Option<u32>,
    /// Whether every payer begins on it, and falls back on it. There is one for each kind of
    /// payer, and it is free.
    #[serde(default)]
    pub default: bool,
    /// Whether it is shown to be chosen.
    #[serde(default = "yes")]
    pub visible: bool,
}

/// Something that plans grant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feature {
    /// Unique; what tokens name.
    pub slug: String,
    /// For people.
    pub name: String,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

fn yes() -> bool {
    true
}

/// The largest number of plans, and of features.
const MAX: usize = 100;
/// The largest amount: ten million of a currency with cents.
const MAX_AMOUNT: i64 = 1_000_000_000;

impl Default for Billing {
    fn default() -> Self {
        let feature = |slug: &str, name: &str, description: &str| Feature {
            slug: slug.to_owned(),
            name: name.to_owned(),
            description: Some(description.to_owned()),
        };
        let plan = |slug: &str, name: &str, description: &str, features: &[&str]| Plan {
            slug: slug.to_owned(),
            name: name.to_owned(),
            description: Some(description.to_owned()),
            payer: PayerType::Org,
            monthly_amount: Some(0),
            annual_amount: None,
            features: features.iter().map(|slug| (*slug).to_owned()).collect(),
            free_trial_days: None,
            default: false,
            visible: true,
        };
        Self {
            organizations: true,
            users: false,
            currency: "USD".to_owned(),
            collection: Collection::TestCard,
            free_trial_requires_payment_method: false,
            grace_days: 7,
            plans: vec![
                Plan {
                    default: true,
                    ..plan("starter", "Starter", "For a pair.", &["max_members_2"])
                },
                Plan {
                    monthly_amount: Some(4900),
                    annual_amount: Some(46_800),
                    ..plan(
                        "pro",
                        "Pro",
                        "For a team.",
                        &["dedicated_schema", "max_members_10"],
                    )
                },
            ],
            features: vec![
                feature("max_members_2", "2 members", "Up to two members."),
                feature("max_members_10", "10 members", "Up to ten members."),
                feature(
                    "dedicated_schema",
                    "Dedicated schema",
                    "Data in a schema of its own.",
                ),
            ],
        }
    }
}

impl Billing {
    /// Whether payers of this kind are on plans.
    #[must_use]
    pub fn is_enabled(&self, payer: PayerType) -> bool {
        match payer {
            PayerType::Org => self.organizations,
            PayerType::User => self.users,
        }
    }

    /// Whether payers of this kind can choose a plan that costs something.
    #[must_use]
    pub fn has_paid_plans(&self, payer: PayerType) -> bool {
        self.plans
            .iter()
            .any(|plan| plan.payer == payer && plan.visible && !plan.is_free())
    }

    /// Refuses what cannot work.
    ///
    /// # Errors
    /// What is wrong, with the name of the plan or feature.
    pub fn check(&self) -> Result<(), String> {
        let fail = |text: String| Err(format!("billing: {text}"));
        let slugs: Vec<&str> = self.features.iter().map(|f| f.slug.as_str()).collect();
        let plans: Vec<&str> = self.plans.iter().map(|p| p.slug.as_str()).collect();
        for names in [&slugs, &plans] {
            let mut seen = HashSet::new();
            if let Some(slug) = names
                .iter()
                .find(|slug| !is_slug(slug) || !seen.insert(*slug))
            {
                return fail(format!("{slug:?} is no slug, or is there twice"));
            }
        }
        if slugs.len() > MAX || plans.len() > MAX {
            return fail(format!("more than {MAX} plans or features"));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return fail(format!("{:?} is no currency", self.currency));
        }
        for plan in &self.plans {
            plan.check(&slugs)?;
        }
        for payer in [PayerType::Org, PayerType::User] {
            let own = self.plans.iter().filter(|plan| plan.payer == payer);
            let defaults = own.filter(|plan| plan.default).count();
            if defaults > 1 || (self.is_enabled(payer) && defaults == 0) {
                let payer = payer.as_str();
                return fail(format!("payers of type {payer} need one default plan"));
            }
        }
        Ok(())
    }
}

impl Plan {
    fn is_free(&self) -> bool {
        self.monthly_amount.unwrap_or(0) == 0 && self.annual_amount.unwrap_or(0) == 0
    }

    fn check(&self, features: &[&str]) -> Result<(), String> {
        let fail = |text: &str| Err(format!("billing: plan {}: {text}", self.slug));
        let amounts = [self.monthly_amount, self.annual_amount];
        if amounts
            .iter()
            .flatten()
            .any(|amount| !(0..=MAX_AMOUNT).contains(amount))
        {
            return fail("an amount is out of range");
        }
        if amounts == [None, None] {
            return fail("it has neither a monthly nor an annual amount");
        }
        if self.default && !self.is_free() {
            return fail("the default plan must be free");
        }
        if self
            .free_trial_days
            .is_some_and(|days| days == 0 || days > 365)
        {
            return fail("a free trial has 1 to 365 days");
        }
        if !self
            .features
            .iter()
            .all(|slug| features.contains(&slug.as_str()))
        {
            return fail("it grants a feature that is not defined");
        }
        Ok(())
    }
}

/// What can stand in the lists of a token.
fn is_slug(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_valid() {
        Billing::default().check().unwrap();
        assert!(Billing::default().has_paid_plans(PayerType::Org));
        assert!(!Billing::default().has_paid_plans(PayerType::User));
    }

    #[test]
    fn what_cannot_work_is_refused() {
        for change in [
            (|b| b.currency = "usd".to_owned()) as fn(&mut Billing),
            |b| b.users = true,
            |b| b.plans[1].slug = "starter".to_owned(),
            |b| b.plans[1].slug = "pro,free".to_owned(),
            |b| b.plans[1].default = true,
            |b| b.plans[0].monthly_amount = Some(1),
            |b| b.plans[1].monthly_amount = Some(-1),
            |b| (b.plans[1].monthly_amount, b.plans[1].annual_amount) = (None, None),
            |b| b.plans[1].features.push("unknown".to_owned()),
            |b| b.plans[1].free_trial_days = Some(0),
            |b| b.features[0].slug = "a:b".to_owned(),
        ] {
            let mut billing = Billing::default();
            change(&mut billing);
            assert!(billing.check().is_err(), "{billing:?}");
        }
    }
}
