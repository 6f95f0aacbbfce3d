//! What can be bought: plans, their prices and features.

use std::collections::HashMap;

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::{Error, Result};

/// A row of `idp.billing_plans`.
#[derive(Clone, Debug)]
pub struct Plan {
    /// `cplan_…`.
    pub id: String,
    /// Unique; what tokens name.
    pub slug: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// `org` or `user`.
    pub payer_type: String,
    /// Slugs of what it grants.
    pub features: Vec<String>,
    /// Days that cost nothing, once for each payer.
    pub free_trial_days: Option<i64>,
    /// Whether every payer begins on it.
    pub is_default: bool,
    /// Whether it is shown to be chosen.
    pub is_visible: bool,
    /// Whether payers of its type are not billed at present.
    pub is_suspended: bool,
    /// Since when nobody can choose it any more.
    pub retired_at: Option<Timestamp>,
}

impl Plan {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            slug: row.get("slug"),
            name: row.get("name"),
            description: row.get("description"),
            payer_type: row.get("payer_type"),
            features: row.get("features"),
            free_trial_days: row.get("free_trial_days"),
            is_default: row.get("is_default"),
            is_visible: row.get("is_visible"),
            is_suspended: row.get("is_suspended"),
            retired_at: row.get("retired_at"),
        }
    }

    /// Whether somebody can come to be on it.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        !self.is_suspended && self.retired_at.is_none()
    }
}

/// How long one payment lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// A month.
    Month,
    /// A year.
    Annual,
}

impl Period {
    /// As the protocol names it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Annual => "annual",
        }
    }

    /// Reads the protocol's name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "month" => Some(Self::Month),
            "annual" => Some(Self::Annual),
            _ => None,
        }
    }
}

/// A row of `idp.billing_prices`.
#[derive(Clone, Debug)]
pub struct Price {
    /// `cprice_…`.
    pub id: String,
    /// What it is the price of.
    pub plan_id: String,
    /// As ISO 4217 has it.
    pub currency: String,
    /// For a month.
    pub monthly_amount: Option<i64>,
    /// For a whole year.
    pub annual_amount: Option<i64>,
    /// For people.
    pub description: Option<String>,
    /// Whether it is the one that everybody is offered.
    pub is_default: bool,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl Price {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            plan_id: row.get("plan_id"),
            currency: row.get("currency"),
            monthly_amount: row.get("monthly_amount"),
            annual_amount: row.get("annual_amount"),
            description: row.get("description"),
            is_default: row.get("is_default"),
            created_at: row.get("created_at"),
        }
    }

    /// For one period; none where it is not sold by it.
    #[must_use]
    pub fn amount(&self, period: Period) -> Option<i64> {
        match period {
            Period::Month => self.monthly_amount,
            Period::Annual => self.annual_amount,
        }
    }

    /// Whether it costs nothing, however it is paid.
    #[must_use]
    pub fn is_free(&self) -> bool {
        self.monthly_amount.unwrap_or(0) == 0 && self.annual_amount.unwrap_or(0) == 0
    }
}

/// A row of `idp.billing_features`.
#[derive(Clone, Debug)]
pub struct Feature {
    /// `feat_…`.
    pub id: String,
    /// Unique; what tokens name.
    pub slug: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
}

sql! {
    /// All plans, as they are shown.
    PLANS(INT8) = "
        select id, slug, name, description, payer_type, features, free_trial_days, is_default,
               is_visible, is_suspended, retired_at
        from idp.billing_plans order by retired_at nulls first, position, id limit $1";
    /// The prices that everybody is offered, and those of the ids.
    PRICES(TEXT_ARRAY, INT8) = "
        select id, plan_id, currency, monthly_amount, annual_amount, description, is_default,
               created_at
        from idp.billing_prices where is_default or id = any($1) limit $2";
    /// Prices of a plan, or of all; the cheapest first.
    LIST_PRICES(TEXT, INT8, INT8) = "
        select id, plan_id, currency, monthly_amount, annual_amount, description, is_default,
               created_at
        from idp.billing_prices where $1 = '' or plan_id = $1
        order by coalesce(monthly_amount, annual_amount / 12), created_at desc, id
        limit $2 offset $3";
    /// How many [`LIST_PRICES`] has on all pages.
    COUNT_PRICES(TEXT) = "
        select count(*) from idp.billing_prices where $1 = '' or plan_id = $1";
    /// A new price.
    INSERT_PRICE(TEXT, TEXT, TEXT, INT8, INT8, TEXT, BOOL, TIMESTAMPTZ) = "
        insert into idp.billing_prices (id, plan_id, currency, monthly_amount, annual_amount,
            description, is_default, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// All features.
    FEATURES(INT8) = "
        select id, slug, name, description from idp.billing_features order by slug limit $1";
}

/// More than the settings can define, even after many changes.
const MAX: i64 = 10_000;

/// Everything that can be bought, and what somebody has bought before.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// As they are shown; retired ones last.
    pub plans: Vec<Plan>,
    prices: HashMap<String, Price>,
    features: HashMap<String, Feature>,
}

impl Catalog {
    /// The whole of it, with the named prices beside those that everybody is offered.
    pub async fn load(tx: &mut Tx, prices: &[String]) -> Result<Self> {
        let plans = tx.query(&PLANS, &[&MAX]).await?;
        let prices = tx.query(&PRICES, &[&prices, &MAX]).await?;
        let features = tx.query(&FEATURES, &[&MAX]).await?;
        let feature = |row: &Row| Feature {
            id: row.get("id"),
            slug: row.get("slug"),
            name: row.get("name"),
            description: row.get("description"),
        };
        Ok(Self {
            plans: plans.iter().map(Plan::read).collect(),
            prices: prices
                .iter()
                .map(|row| (row.get("id"), Price::read(row)))
                .collect(),
            features: features
                .iter()
                .map(|row| (row.get("slug"), feature(row)))
                .collect(),
        })
    }

    /// The plan of that id.
    pub fn plan(&self, id: &str) -> Result<&Plan> {
        self.plans
            .iter()
            .find(|plan| plan.id == id)
            .ok_or_else(|| Error::Internal(format!("no plan {id}")))
    }

    /// A plan that somebody can choose, by id or slug.
    #[must_use]
    pub fn offered(&self, id_or_slug: &str) -> Option<&Plan> {
        self.plans
            .iter()
            .find(|plan| plan.is_offered() && (plan.id == id_or_slug || plan.slug == id_or_slug))
    }

    /// The plan that payers of a type begin on.
    #[must_use]
    pub fn default_plan(&self, payer_type: &str) -> Option<&Plan> {
        self.plans
            .iter()
            .find(|plan| plan.is_offered() && plan.is_default && plan.payer_type == payer_type)
    }

    /// The price of that id, which must have been loaded.
    pub fn price(&self, id: &str) -> Result<&Price> {
        self.prices
            .get(id)
            .ok_or_else(|| Error::Internal(format!("no price {id}")))
    }

    /// Takes a price up that was loaded otherwise.
    pub fn learn(&mut self, price: &Price) {
        self.prices.insert(price.id.clone(), price.clone());
    }

    /// What everybody is offered a plan for.
    pub fn default_price(&self, plan_id: &str) -> Result<&Price> {
        self.prices
            .values()
            .find(|price| price.is_default && price.plan_id == plan_id)
            .ok_or_else(|| Error::Internal(format!("plan {plan_id} has no price")))
    }

    /// The features of a plan, in its order.
    pub fn features<'a>(&'a self, plan: &'a Plan) -> impl Iterator<Item = &'a Feature> {
        plan.features
            .iter()
            .filter_map(|slug| self.features.get(slug))
    }
}

/// A page of the prices of a plan, or of all where `plan_id` is empty, and how many there are.
pub async fn list_prices(
    tx: &mut Tx,
    plan_id: &str,
    page: super::super::Page,
) -> Result<(Vec<Price>, i64)> {
    let rows = tx
        .query(&LIST_PRICES, &[&plan_id, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT_PRICES, &[&plan_id]).await?.get(0);
    Ok((rows.iter().map(Price::read).collect(), count))
}

/// Stores a new price.
pub async fn insert_price(tx: &mut Tx, price: &Price) -> Result<()> {
    tx.execute(
        &INSERT_PRICE,
        &[
            &price.id,
            &price.plan_id,
            &price.currency,
            &price.monthly_amount,
            &price.annual_amount,
            &price.description,
            &price.is_default,
            &price.created_at,
        ],
    )
    .await?;
    Ok(())
}
