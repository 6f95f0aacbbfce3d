//! Moving an item to another price, as an operator orders it.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::changes::{self, Payment};
use super::quote::{Quote, quote};
use super::{Account, Choice, account};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store;
use crate::store::billing::catalog::Period;
use crate::store::billing::items::Item;

/// What a transition did.
pub struct Transition {
    /// The item that is, or will be, in force.
    pub item: Item,
    /// What it cost and when it begins.
    pub quote: Quote,
}

/// Moves the item in force of a locked account to another price, by the rules of a change of plan,
/// and says so. 409 where the item does not have the price that it should, 422 for an unknown
/// price, one of a plan that is not for this payer, and a refused charge.
pub async fn transition(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: &Item,
    from_price_id: &str,
    to_price_id: &str,
) -> Result<Transition> {
    if item.price_id != from_price_id || !item.is_current() {
        let text = "The subscription item does not have this price.";
        let code = "subscription_item_price_mismatch";
        return Err(Refusal::new(StatusCode::CONFLICT, code, text).into());
    }
    let unknown = || Refusal::format("to_price_id", "There is no such price for this payer.");
    let price = account::price(tx, account, to_price_id)
        .await
        .map_err(|_| unknown())?;
    let plan = account.catalog.plan(&price.plan_id)?.clone();
    if !plan.is_offered() || plan.payer_type != account.subscription.payer_type() {
        return Err(unknown().into());
    }
    let other = match item.period {
        Period::Month => Period::Annual,
        Period::Annual => Period::Month,
    };
    let period = if price.amount(item.period).is_some() {
        item.period
    } else {
        other
    };
    let choice = Choice {
        plan,
        price,
        period,
    };
    let quote = quote(account, &choice, store::now(idp.env()))?;
    let payment = Payment {
        method: None,
        checkout_id: None,
        item_id: None,
    };
    let (item, paid) = changes::apply(idp, tx, account, &choice, &quote, &payment).await?;
    if let Err(declined) = paid {
        let text = "The payment was declined.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, declined.0, text).into());
    }
    Ok(Transition { item, quote })
}
