//! Ending a plan.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::quote::{Effect, Quote};
use super::{Account, Choice, changes};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::store::billing::catalog::Period;
use crate::store::billing::items::Item;
use crate::store::{self, billing::items};

/// Cancels an item of a locked account, and says so. What was paid stays in force until its period
/// ends, and then the default plan follows; with `now`, and where a payment is owed, it follows at
/// once. What has not begun is given up. 400 for the default plan, which nobody can leave, and for
/// what is over.
pub async fn cancel(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: Item,
    now: bool,
) -> Result<Item> {
    let refused =
        |code: &str, text: &str| Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    let is_default = account.catalog.plan(&item.plan_id)?.is_default;
    match item.status.as_str() {
        "upcoming" => give_up(idp, tx, account, item).await,
        "active" | "past_due" if is_default => {
            let text = "The default plan cannot be canceled.";
            refused("subscription_item_not_cancelable", text)
        }
        "past_due" => end_now(idp, tx, account, item).await,
        "active" if now || item.period_end.is_none() => end_now(idp, tx, account, item).await,
        // What is canceled already stays so.
        "active" if item.canceled_at.is_some() => Ok(item),
        "active" => at_period_end(idp, tx, account, item).await,
        _ => refused("subscription_item_over", "The subscription item is over."),
    }
}

/// The default plan of the payer, which costs nothing.
pub(super) fn default_choice(account: &Account) -> Result<Choice> {
    let plan = account
        .catalog
        .default_plan(account.subscription.payer_type());
    let plan = plan.ok_or_else(|| Error::Internal("there is no default plan".to_owned()))?;
    let price = account.catalog.default_price(&plan.id)?;
    Ok(Choice {
        plan: plan.clone(),
        price: price.clone(),
        period: if price.monthly_amount.is_some() {
            Period::Month
        } else {
            Period::Annual
        },
    })
}

fn free(idp: &Idp, effect: Effect, starts_at: Option<jiff::Timestamp>) -> Quote {
    Quote {
        effect,
        per_period: 0,
        proration: None,
        past_due: 0,
        credit: 0,
        due_now: 0,
        trial_ends_at: None,
        starts_at: starts_at.unwrap_or_else(|| store::now(idp.env())),
    }
}

/// Does what costs nothing.
async fn take(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    choice: &Choice,
    quote: &Quote,
) -> Result<()> {
    let unpaid = changes::Payment {
        method: None,
        checkout_id: None,
        item_id: None,
    };
    let (_, paid) = changes::apply(idp, tx, account, choice, quote, &unpaid).await?;
    paid.map_err(|_| Error::Internal("nothing was charged, and that was declined".to_owned()))
}

async fn at_period_end(idp: &Idp, tx: &mut Tx, account: &mut Account, item: Item) -> Result<Item> {
    let choice = default_choice(account)?;
    let quote = free(idp, Effect::AtPeriodEnd, item.period_end);
    take(idp, tx, account, &choice, &quote).await?;
    reread(tx, item).await
}

/// Ends what is in force; the default plan takes its place.
pub(super) async fn end_now(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: Item,
) -> Result<Item> {
    let choice = default_choice(account)?;
    let quote = free(idp, Effect::Immediate, None);
    take(idp, tx, account, &choice, &quote).await?;
    reread(tx, item).await
}

async fn give_up(idp: &Idp, tx: &mut Tx, account: &mut Account, item: Item) -> Result<Item> {
    let plan = account.catalog.plan(&item.plan_id)?;
    if plan.is_default {
        changes::resume(idp, tx, account).await?;
    } else {
        // What is in force ends all the same, and then there is the default plan.
        let choice = default_choice(account)?;
        let quote = free(idp, Effect::AtPeriodEnd, Some(item.period_start));
        take(idp, tx, account, &choice, &quote).await?;
    }
    reread(tx, item).await
}

async fn reread(tx: &mut Tx, item: Item) -> Result<Item> {
    let found = items::find(tx, &item.id).await?;
    Ok(found.unwrap_or(item))
}
