//! A payer with its subscription, and what can be bought.

use std::collections::HashMap;

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{gateway, methods, say};
use crate::domain::people;
use crate::error::{Error, Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::model::billing::Payer;
use crate::settings::billing::{Collection, PayerType};
use crate::store;
use crate::store::billing::catalog::{Catalog, Period, Price};
use crate::store::billing::items::{self, Item};
use crate::store::billing::subscriptions::{self, Subscription};

/// Who pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// An organization, by its id.
    Organization(String),
    /// A user, by its id.
    User(String),
}

impl Owner {
    fn id(&self) -> &str {
        match self {
            Self::Organization(id) | Self::User(id) => id,
        }
    }

    fn payer_type(&self) -> PayerType {
        match self {
            Self::Organization(_) => PayerType::Org,
            Self::User(_) => PayerType::User,
        }
    }
}

/// A payer with its subscription, and what can be bought.
#[derive(Clone, Debug)]
pub struct Account {
    /// The subscription.
    pub subscription: Subscription,
    /// Its items that are not over: the one in force, then the one that comes next.
    pub items: Vec<Item>,
    /// Plans, and the prices of the items.
    pub catalog: Catalog,
    /// Whose it is.
    pub payer: Payer,
}

impl Account {
    /// The item in force.
    #[must_use]
    pub fn current(&self) -> Option<&Item> {
        self.items.iter().find(|item| item.is_current())
    }

    /// The item that comes next.
    #[must_use]
    pub fn upcoming(&self) -> Option<&Item> {
        self.items.iter().find(|item| item.status == "upcoming")
    }

    /// What an item costs for one of its periods.
    pub fn amount(&self, item: &Item) -> Result<i64> {
        Ok(self
            .catalog
            .price(&item.price_id)?
            .amount(item.period)
            .unwrap_or(0))
    }

    /// Takes over what an item has become; what is over is no longer among the items.
    pub(super) fn put(&mut self, item: &Item) {
        self.items.retain(|own| own.id != item.id);
        if item.is_current() {
            self.items.insert(0, item.clone());
        } else if item.status == "upcoming" {
            self.items.push(item.clone());
        }
    }
}

/// The refusal where payers of this kind are not billed.
fn disabled() -> Refusal {
    let text = "Billing is not enabled for this instance.";
    Refusal::new(StatusCode::NOT_FOUND, "billing_not_enabled", text)
}

/// The account of an owner who exists; begun on the default plan where there is none yet.
pub async fn read(idp: &Idp, tx: &mut Tx, owner: &Owner) -> Result<Account> {
    if !idp.settings().billing.is_enabled(owner.payer_type()) {
        return Err(disabled().into());
    }
    match subscriptions::find(tx, owner.id()).await? {
        Some(subscription) => load(tx, subscription).await,
        None => open(idp, tx, owner).await,
    }
}

/// The same, locked until the transaction's end.
pub async fn lock(idp: &Idp, tx: &mut Tx, owner: &Owner) -> Result<Account> {
    if !idp.settings().billing.is_enabled(owner.payer_type()) {
        return Err(disabled().into());
    }
    match subscriptions::find_locked(tx, owner.id()).await? {
        Some(subscription) => load(tx, subscription).await,
        None => open(idp, tx, owner).await,
    }
}

/// The account of a subscription, locked until the transaction's end.
pub async fn lock_subscription(tx: &mut Tx, id: &str) -> Result<Account> {
    let subscription = subscriptions::load_locked(tx, id)
        .await?
        .ok_or_else(|| Refusal::not_found("Subscription"))?;
    load(tx, subscription).await
}

/// The account that an item belongs to, locked until the transaction's end; 404 where there is no
/// such item.
pub async fn lock_item(tx: &mut Tx, item_id: &str) -> Result<(Account, Item)> {
    let missing = || Refusal::not_found("Subscription item");
    let item = items::find(tx, item_id).await?.ok_or_else(missing)?;
    let account = lock_subscription(tx, &item.subscription_id).await?;
    // Once more: it may have changed while its subscription was waited for.
    let item = items::find(tx, item_id).await?.ok_or_else(missing)?;
    Ok((account, item))
}

async fn load(tx: &mut Tx, subscription: Subscription) -> Result<Account> {
    let items = items::live(tx, &subscription.id).await?;
    let prices: Vec<String> = items.iter().map(|item| item.price_id.clone()).collect();
    let catalog = Catalog::load(tx, &prices).await?;
    let payer = payers(tx, std::slice::from_ref(&subscription))
        .await?
        .remove(&subscription.id)
        .ok_or_else(|| Error::Internal("a subscription of nobody".to_owned()))?;
    Ok(Account {
        subscription,
        items,
        catalog,
        payer,
    })
}

/// Whose the subscriptions are, by their ids.
pub async fn payers(tx: &mut Tx, of: &[Subscription]) -> Result<HashMap<String, Payer>> {
    let ids = |read: fn(&Subscription) -> Option<&String>| -> Vec<String> {
        of.iter().filter_map(read).cloned().collect()
    };
    let organizations = ids(|subscription| subscription.organization_id.as_ref());
    let organizations = store::organizations::load(tx, &organizations).await?;
    let users = ids(|subscription| subscription.user_id.as_ref());
    let mut people = if users.is_empty() {
        HashMap::new()
    } else {
        people::load(tx, &users).await?
    };
    let mut payers = HashMap::new();
    for subscription in of {
        let organization = organizations
            .iter()
            .find(|own| Some(&own.id) == subscription.organization_id.as_ref());
        let payer = match (organization, &subscription.user_id) {
            (Some(organization), _) => Some(Payer::Organization(Box::new(organization.clone()))),
            (None, Some(id)) => people
                .remove(id)
                .map(|person| Payer::User(Box::new(person))),
            (None, None) => None,
        };
        if let Some(payer) = payer {
            payers.insert(subscription.id.clone(), payer);
        }
    }
    Ok(payers)
}

/// Begins a subscription on the default plan, and says so.
pub async fn open(idp: &Idp, tx: &mut Tx, owner: &Owner) -> Result<Account> {
    let env = idp.env();
    let now = store::now(env);
    let (organization_id, user_id) = match owner {
        Owner::Organization(id) => (Some(id.clone()), None),
        Owner::User(id) => (None, Some(id.clone())),
    };
    let subscription = Subscription {
        id: ids::new(env, ids::Kind::Subscription),
        payer_id: ids::new(env, ids::Kind::Payer),
        organization_id,
        user_id,
        status: "active".to_owned(),
        credits: 0,
        trial_used_at: None,
        past_due_at: None,
        latest_payment_id: None,
        created_at: now,
        updated_at: now,
    };
    subscriptions::insert(tx, &subscription).await?;
    let mut account = load(tx, subscription).await?;
    let plan = account
        .catalog
        .default_plan(account.subscription.payer_type());
    let plan = plan.ok_or_else(disabled)?.clone();
    let price = account.catalog.default_price(&plan.id)?;
    let item = Item {
        id: ids::new(env, ids::Kind::SubscriptionItem),
        subscription_id: account.subscription.id.clone(),
        plan_id: plan.id,
        price_id: price.id.clone(),
        period: if price.monthly_amount.is_some() {
            Period::Month
        } else {
            Period::Annual
        },
        status: "active".to_owned(),
        is_free_trial: false,
        trial_ending_said: false,
        anchor_at: now,
        period_start: now,
        period_end: None,
        due_at: None,
        payment_method_id: None,
        lifetime_paid: 0,
        canceled_at: None,
        past_due_at: None,
        ended_at: None,
        created_at: now,
        updated_at: now,
    };
    items::insert(tx, &item).await?;
    account.put(&item);
    if idp.settings().billing.collection == Collection::TestCard {
        methods::add(idp, tx, &account.subscription.id, gateway::WORKING).await?;
    }
    say::subscription(idp, tx, &account, "subscription.created").await?;
    say::item(idp, tx, &account, &item, "subscriptionItem.active").await?;
    say::subscription(idp, tx, &account, "subscription.active").await?;
    Ok(account)
}

/// A price, of the account's catalog or any other.
pub async fn price(tx: &mut Tx, account: &Account, id: &str) -> Result<Price> {
    if let Ok(price) = account.catalog.price(id) {
        return Ok(price.clone());
    }
    let catalog = Catalog::load(tx, &[id.to_owned()]).await?;
    catalog.price(id).cloned()
}
