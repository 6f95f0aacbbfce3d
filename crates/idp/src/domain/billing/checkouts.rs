//! Offers: made, looked at, taken.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::SignedDuration;

use super::changes::{self, Choice, Payment};
use super::quote::{Quote, quote};
use super::{Account, account, gateway, methods};
use crate::error::{Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::model::billing::checkout::totals;
use crate::settings::billing::Collection;
use crate::store;
use crate::store::billing::catalog::Period;
use crate::store::billing::checkouts::{self, Checkout};
use crate::store::billing::methods::Method;

/// How long an offer holds.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// The most offers that wait for one payer; older ones give way.
const MAX_OPEN: i64 = 20;

/// Makes an offer to a locked account. 422 for a plan that is unknown, not for this payer or not
/// sold by the period; 409 for the one that is in force.
pub async fn create(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    plan: &str,
    period: Period,
    method: Option<&Method>,
) -> Result<Checkout> {
    let choice = choose(account, plan, period)?;
    let now = store::now(idp.env());
    let quote = quote(account, &choice, now)?;
    let shown = totals(&quote, &choice, account, needs_payment_method(idp, &quote));
    let checkout = Checkout {
        id: ids::new(idp.env(), ids::Kind::Checkout),
        subscription_id: account.subscription.id.clone(),
        subscription_version: account.subscription.updated_at,
        plan_id: choice.plan.id,
        price_id: choice.price.id,
        period,
        status: "needs_confirmation".to_owned(),
        totals: shown,
        due_now: quote.due_now,
        credit: quote.credit,
        item_id: None,
        payment_method_id: method.map(|method| method.id.clone()),
        expires_at: now.saturating_add(LIFETIME).unwrap_or(now),
        created_at: now,
    };
    checkouts::insert(tx, &checkout, MAX_OPEN).await?;
    Ok(checkout)
}

fn choose(account: &Account, plan: &str, period: Period) -> Result<Choice> {
    let unknown = || Refusal::format("plan_id", "There is no such plan.");
    let payer_type = account.subscription.payer_type();
    let plan = account.catalog.offered(plan);
    let plan = plan
        .filter(|plan| plan.payer_type == payer_type)
        .ok_or_else(unknown)?;
    Ok(Choice {
        plan: plan.clone(),
        price: account.catalog.default_price(&plan.id)?.clone(),
        period,
    })
}

/// Whether somebody has to say what to pay with.
fn needs_payment_method(idp: &Idp, quote: &Quote) -> bool {
    let billing = &idp.settings().billing;
    if billing.collection == Collection::Invoice {
        return false;
    }
    quote.due_now > 0
        || (quote.trial_ends_at.is_some() && billing.free_trial_requires_payment_method)
}

/// An offer to this payer; 404 for any other id, whoever's it is; 410 for one that is over.
pub async fn get(idp: &Idp, tx: &mut Tx, account: &Account, id: &str) -> Result<Checkout> {
    let checkout = find(tx, account, id).await?;
    if is_over(idp, &checkout) {
        let text = "The checkout has expired. Please start again.";
        return Err(Refusal::new(StatusCode::GONE, "checkout_expired", text).into());
    }
    Ok(checkout)
}

async fn find(tx: &mut Tx, account: &Account, id: &str) -> Result<Checkout> {
    let found = checkouts::find(tx, id, &account.subscription.id).await?;
    Ok(found.ok_or_else(|| Refusal::not_found("Checkout"))?)
}

fn is_over(idp: &Idp, checkout: &Checkout) -> bool {
    checkout.status != "completed" && checkout.expires_at <= store::now(idp.env())
}

/// Applies a promotion code to an offer, or takes it away. There are no promotions: 422 for every
/// code, and nothing to take away.
pub async fn set_promo_code(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    id: &str,
    code: &str,
) -> Result<Checkout> {
    let checkout = get(idp, tx, account, id).await?;
    if !code.trim().is_empty() {
        let text = "This promotion code is not valid.";
        return Err(Refusal::format("promo_code", text).into());
    }
    Ok(checkout)
}

/// What somebody wants to pay with: at most one of these.
#[derive(Clone, Debug, Default)]
pub struct With {
    /// A stored method.
    pub method_id: Option<String>,
    /// A new card.
    pub token: Option<String>,
    /// A new card that works.
    pub test_card: bool,
}

/// Takes an offer of a locked account. Repeating it changes nothing: what is completed stays so,
/// and is charged once. 422 where it is over, where the subscription is no longer what it was made
/// for, and where there is nothing to pay with. A refused charge is answered in the second place,
/// with everything on record.
pub async fn confirm(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    id: &str,
    with: &With,
) -> Result<(Checkout, Option<Refusal>)> {
    let mut checkout = find(tx, account, id).await?;
    if checkout.status == "completed" {
        return Ok((checkout, None));
    }
    let refused = |code: &str, text: &str| {
        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, text).into())
    };
    if is_over(idp, &checkout) {
        let text = "The checkout has expired. Please start again.";
        return refused("checkout_expired", text);
    }
    if checkout.subscription_version != account.subscription.updated_at {
        let text = "The subscription has changed meanwhile. Please start again.";
        return refused("checkout_stale", text);
    }
    let method = pay_with(idp, tx, account, &checkout, with).await?;
    let choice = Choice {
        plan: account.catalog.plan(&checkout.plan_id)?.clone(),
        price: account::price(tx, account, &checkout.price_id).await?,
        period: checkout.period,
    };
    let now = store::now(idp.env());
    // What was shown is what is charged, however the day went on since.
    let quote = Quote {
        due_now: checkout.due_now,
        credit: checkout.credit,
        ..quote(account, &choice, now)?
    };
    if method.is_none() && needs_payment_method(idp, &quote) {
        let text = "A payment method is required.";
        return refused("payment_method_required", text);
    }
    let item_id = checkout.item_id.clone();
    let payment = Payment {
        method: method.as_ref(),
        checkout_id: Some(id),
        item_id: item_id.as_deref(),
    };
    let (item, paid) = changes::apply(idp, tx, account, &choice, &quote, &payment).await?;
    checkout.item_id = Some(item.id);
    checkout.payment_method_id = method.map(|method| method.id);
    checkout.subscription_version = account.subscription.updated_at;
    let refusal = match paid {
        Ok(()) => {
            "completed".clone_into(&mut checkout.status);
            None
        }
        Err(declined) => {
            let text = "The payment was declined. Please try another payment method.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Some(Refusal::new(status, declined.0, text).param("payment_method_id"))
        }
    };
    checkouts::save(tx, &checkout, now).await?;
    Ok((checkout, refusal))
}

async fn pay_with(
    idp: &Idp,
    tx: &mut Tx,
    account: &Account,
    checkout: &Checkout,
    with: &With,
) -> Result<Option<Method>> {
    let subscription_id = &account.subscription.id;
    if let Some(token) = &with.token {
        return methods::add(idp, tx, subscription_id, token)
            .await
            .map(Some);
    }
    if with.test_card {
        return methods::add(idp, tx, subscription_id, gateway::WORKING)
            .await
            .map(Some);
    }
    let chosen = with
        .method_id
        .as_ref()
        .or(checkout.payment_method_id.as_ref());
    match chosen {
        Some(id) => methods::get(tx, account, id).await.map(Some),
        None => methods::usual(tx, subscription_id).await,
    }
}
