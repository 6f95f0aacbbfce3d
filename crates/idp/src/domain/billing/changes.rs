//! Changing the plan.

use bailiwick_pg::Tx;

use super::charges::{self, Charge, Declined};
use super::quote::{Effect, Quote, first_end};
use super::{Account, dues, say};
use crate::error::{Error, Result};
use crate::ids;
use crate::instance::Idp;
use crate::store::billing::catalog::{Period, Plan, Price};
use crate::store::billing::items::{self, Item};
use crate::store::billing::methods::Method;
use crate::store::{self, billing::subscriptions};

/// What somebody wants to be on.
#[derive(Clone, Debug)]
pub struct Choice {
    /// The plan.
    pub plan: Plan,
    /// At which of its prices.
    pub price: Price,
    /// How long one payment lasts.
    pub period: Period,
}

/// How a change is paid.
pub(super) struct Payment<'a> {
    /// What with; not needed where nothing is due.
    pub method: Option<&'a Method>,
    /// Which offer is taken.
    pub checkout_id: Option<&'a str>,
    /// The item of an earlier try.
    pub item_id: Option<&'a str>,
}

/// Does what was quoted on a locked account, and says so. A refused charge changes nothing but
/// that it is on record, with an item that is incomplete.
pub(super) async fn apply(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    choice: &Choice,
    quote: &Quote,
    payment: &Payment<'_>,
) -> Result<(Item, Result<(), Declined>)> {
    account.catalog.learn(&choice.price);
    match quote.effect {
        Effect::Immediate => replace(idp, tx, account, choice, quote, payment).await,
        Effect::AtPeriodEnd => {
            let item = follow(idp, tx, account, choice, quote, payment).await?;
            Ok((item, Ok(())))
        }
        Effect::Resume => Ok((resume(idp, tx, account).await?, Ok(()))),
        Effect::Settle => settle(idp, tx, account, payment).await,
    }
}

fn current(account: &Account) -> Result<Item> {
    let found = account.current().cloned();
    found.ok_or_else(|| Error::Internal("a subscription without a plan".to_owned()))
}

/// Saves an item, takes it over into the account, and says so where there is something to say.
pub(super) async fn save(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: &mut Item,
    event: Option<&str>,
) -> Result<()> {
    items::save(tx, item, store::now(idp.env())).await?;
    account.put(item);
    if let Some(event) = event {
        say::item(idp, tx, account, item, event).await?;
    }
    Ok(())
}

/// Brings the subscription itself to what its items say, and says so.
pub(super) async fn finish(idp: &Idp, tx: &mut Tx, account: &mut Account) -> Result<()> {
    let now = store::now(idp.env());
    let is_past_due = account
        .current()
        .is_some_and(|item| item.status == "past_due");
    let was_past_due = account.subscription.status == "past_due";
    let status = if is_past_due { "past_due" } else { "active" };
    status.clone_into(&mut account.subscription.status);
    account.subscription.past_due_at = account.current().and_then(|item| item.past_due_at);
    subscriptions::save(tx, &mut account.subscription, now).await?;
    match (was_past_due, is_past_due) {
        (false, true) => say::subscription(idp, tx, account, "subscription.pastDue").await?,
        (true, false) => say::subscription(idp, tx, account, "subscription.active").await?,
        _ => {}
    }
    say::subscription(idp, tx, account, "subscription.updated").await
}

/// A new item in a state; it is not in force yet.
async fn make(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    choice: &Choice,
    quote: &Quote,
    (status, method): (&str, Option<&Method>),
) -> Result<Item> {
    let now = store::now(idp.env());
    let end = first_end(choice, quote);
    let item = Item {
        id: ids::new(idp.env(), ids::Kind::SubscriptionItem),
        subscription_id: account.subscription.id.clone(),
        plan_id: choice.plan.id.clone(),
        price_id: choice.price.id.clone(),
        period: choice.period,
        status: status.to_owned(),
        is_free_trial: quote.trial_ends_at.is_some(),
        trial_ending_said: false,
        // A trial is followed by whole periods.
        anchor_at: quote.trial_ends_at.unwrap_or(quote.starts_at),
        period_start: quote.starts_at,
        period_end: end,
        due_at: end,
        payment_method_id: method.map(|method| method.id.clone()),
        lifetime_paid: 0,
        canceled_at: None,
        past_due_at: None,
        ended_at: None,
        created_at: now,
        updated_at: now,
    };
    items::insert(tx, &item).await?;
    Ok(item)
}

async fn replace(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    choice: &Choice,
    quote: &Quote,
    payment: &Payment<'_>,
) -> Result<(Item, Result<(), Declined>)> {
    let tried = match payment.item_id {
        Some(id) => items::find(tx, id)
            .await?
            .filter(|item| item.status == "incomplete"),
        None => None,
    };
    let with = ("incomplete", payment.method);
    let mut item = match tried {
        Some(item) => item,
        None => make(idp, tx, account, choice, quote, with).await?,
    };
    let end = first_end(choice, quote);
    (item.period_start, item.period_end, item.due_at) = (quote.starts_at, end, end);
    item.anchor_at = quote.trial_ends_at.unwrap_or(quote.starts_at);
    item.payment_method_id = payment.method.map(|method| method.id.clone());
    if let Some(trial_end) = quote.trial_ends_at {
        item.due_at = Some(super::trials::notice_at(trial_end));
        account.subscription.trial_used_at = Some(quote.starts_at);
    }
    if quote.due_now > 0 || quote.credit > 0 {
        let charge = Charge {
            amount: quote.due_now,
            credit: quote.credit,
            method: payment.method,
            charge_type: "checkout",
            checkout_id: payment.checkout_id,
        };
        if let Err(declined) = charges::charge(idp, tx, account, &mut item, &charge).await? {
            save(
                idp,
                tx,
                account,
                &mut item,
                Some("subscriptionItem.incomplete"),
            )
            .await?;
            let now = store::now(idp.env());
            subscriptions::save(tx, &mut account.subscription, now).await?;
            return Ok((item, Err(declined)));
        }
    }
    if let Some(old) = account.current().cloned() {
        self::end(idp, tx, account, old).await?;
    }
    drop_upcoming(idp, tx, account).await?;
    "active".clone_into(&mut item.status);
    save(idp, tx, account, &mut item, Some("subscriptionItem.active")).await?;
    finish(idp, tx, account).await?;
    Ok((item, Ok(())))
}

/// Ends an item now.
pub(super) async fn end(idp: &Idp, tx: &mut Tx, account: &mut Account, item: Item) -> Result<Item> {
    let mut item = item;
    "ended".clone_into(&mut item.status);
    item.ended_at = Some(store::now(idp.env()));
    item.due_at = None;
    save(idp, tx, account, &mut item, Some("subscriptionItem.ended")).await?;
    Ok(item)
}

/// Gives up what was to come next.
pub(super) async fn drop_upcoming(idp: &Idp, tx: &mut Tx, account: &mut Account) -> Result<()> {
    if let Some(item) = account.upcoming().cloned() {
        abandon(idp, tx, account, item).await?;
    }
    Ok(())
}

/// Gives up an item that never came to be in force.
pub(super) async fn abandon(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: Item,
) -> Result<Item> {
    let mut item = item;
    "abandoned".clone_into(&mut item.status);
    item.ended_at = Some(store::now(idp.env()));
    item.due_at = None;
    save(
        idp,
        tx,
        account,
        &mut item,
        Some("subscriptionItem.abandoned"),
    )
    .await?;
    Ok(item)
}

/// Lets the choice follow what is in force, which is canceled thereby.
async fn follow(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    choice: &Choice,
    quote: &Quote,
    payment: &Payment<'_>,
) -> Result<Item> {
    drop_upcoming(idp, tx, account).await?;
    let mut old = current(account)?;
    if old.canceled_at.is_none() {
        old.canceled_at = Some(store::now(idp.env()));
        save(
            idp,
            tx,
            account,
            &mut old,
            Some("subscriptionItem.canceled"),
        )
        .await?;
    }
    let with = ("upcoming", payment.method);
    let mut item = make(idp, tx, account, choice, quote, with).await?;
    save(
        idp,
        tx,
        account,
        &mut item,
        Some("subscriptionItem.upcoming"),
    )
    .await?;
    finish(idp, tx, account).await?;
    Ok(item)
}

/// Takes a cancellation back.
pub(super) async fn resume(idp: &Idp, tx: &mut Tx, account: &mut Account) -> Result<Item> {
    drop_upcoming(idp, tx, account).await?;
    let mut item = current(account)?;
    item.canceled_at = None;
    save(
        idp,
        tx,
        account,
        &mut item,
        Some("subscriptionItem.updated"),
    )
    .await?;
    finish(idp, tx, account).await?;
    Ok(item)
}

/// Pays what is owed for the plan in force.
async fn settle(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    payment: &Payment<'_>,
) -> Result<(Item, Result<(), Declined>)> {
    let mut item = current(account)?;
    if let Some(method) = payment.method {
        item.payment_method_id = Some(method.id.clone());
    }
    let paid = dues::renew(idp, tx, account, &mut item, payment).await?;
    Ok((item, paid))
}
