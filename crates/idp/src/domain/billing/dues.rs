//! Being paid for one period more, or not.

use bailiwick_pg::Tx;
use jiff::Timestamp;

use super::changes::{self, Payment};
use super::charges::{self, Charge, Declined};
use super::{Account, periods};
use crate::error::Result;
use crate::instance::Idp;
use crate::store;
use crate::store::billing::items::Item;

/// Charges the next period of the item in force and brings it there, or into arrears.
pub(super) async fn renew(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: &mut Item,
    payment: &Payment<'_>,
) -> Result<Result<(), Declined>> {
    let now = store::now(idp.env());
    let amount = account.amount(item)?;
    let credit = amount.min(account.subscription.credits);
    let charge = Charge {
        amount: amount - credit,
        credit,
        method: payment.method,
        charge_type: "recurring",
        checkout_id: payment.checkout_id,
    };
    let paid = charges::charge(idp, tx, account, item, &charge).await?;
    match &paid {
        Ok(()) => {
            let start = item.period_end.unwrap_or(now);
            forward(item, start);
            changes::save(idp, tx, account, item, Some("subscriptionItem.updated")).await?;
        }
        Err(_) => fall_behind(idp, tx, account, item).await?,
    }
    changes::finish(idp, tx, account).await?;
    Ok(paid)
}

/// The item's next period, which begins at `start`, is paid.
pub(super) fn forward(item: &mut Item, start: Timestamp) {
    let end = periods::following(item.anchor_at, start, item.period);
    "active".clone_into(&mut item.status);
    (item.is_free_trial, item.past_due_at) = (false, None);
    item.period_start = start;
    (item.period_end, item.due_at) = (Some(end), Some(end));
}

/// The item's next period is owed; it is tried again tomorrow.
pub(super) async fn fall_behind(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    item: &mut Item,
) -> Result<()> {
    let now = store::now(idp.env());
    let is_new = item.status != "past_due";
    "past_due".clone_into(&mut item.status);
    item.is_free_trial = false;
    item.past_due_at = item.past_due_at.or(Some(now));
    item.due_at = now.checked_add(super::renewal::RETRY).ok();
    let event = is_new.then_some("subscriptionItem.pastDue");
    changes::save(idp, tx, account, item, event).await
}
