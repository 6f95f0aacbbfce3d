//! What time brings: renewals, the ends of trials and periods, arrears.

use bailiwick_pg::Tx;
use jiff::{SignedDuration, Timestamp};

use super::changes::{self, Payment};
use super::{Account, account, cancel, dues};
use crate::error::Result;
use crate::instance::Idp;
use crate::store;
use crate::store::billing::items::{self, Item};
use crate::store::billing::{checkouts, subscriptions};

/// A payment that is owed is tried again after this.
pub(super) const RETRY: SignedDuration = SignedDuration::from_hours(24);
/// The most that is done about one payer at once, for clocks that jump: ten years of months.
const MAX_STEPS: u32 = 120;

const PAYMENT: Payment<'static> = Payment {
    method: None,
    checkout_id: None,
    item_id: None,
};

/// Does what is due for one payer, in one transaction; whether there was one.
pub async fn renew(idp: &Idp) -> Result<bool> {
    let now = store::now(idp.env());
    let mut tx = idp.pool().begin().await?;
    let did = match subscriptions::due(&mut tx, now).await? {
        Some(id) => {
            let mut account = account::lock_subscription(&mut tx, &id).await?;
            for _ in 0..MAX_STEPS {
                if !step(idp, &mut tx, &mut account, now).await? {
                    break;
                }
            }
            true
        }
        None => give_up(idp, &mut tx, now).await?,
    };
    tx.commit().await?;
    Ok(did)
}

/// Gives up the item of a checkout that was tried, not paid, and is over by now.
async fn give_up(idp: &Idp, tx: &mut Tx, now: Timestamp) -> Result<bool> {
    let Some((subscription_id, item_id)) = checkouts::abandoned(tx, now).await? else {
        return Ok(false);
    };
    let mut account = account::lock_subscription(tx, &subscription_id).await?;
    if let Some(item) = items::find(tx, &item_id).await? {
        changes::abandon(idp, tx, &mut account, item).await?;
    }
    Ok(true)
}

/// Does the next thing that is due; whether there was one.
async fn step(idp: &Idp, tx: &mut Tx, account: &mut Account, now: Timestamp) -> Result<bool> {
    let Some(item) = account.current().cloned() else {
        return Ok(false);
    };
    if item.due_at.is_none_or(|due| due > now) {
        return Ok(false);
    }
    let ends = item.period_end.is_none_or(|end| end <= now);
    match item.status.as_str() {
        "past_due" => dun(idp, tx, account, item, now).await?,
        _ if !ends => notice(idp, tx, account, item).await?,
        _ if item.canceled_at.is_some() => succeed(idp, tx, account, item).await?,
        _ => {
            let mut item = item;
            let _declined = dues::renew(idp, tx, account, &mut item, &PAYMENT).await?;
        }
    }
    Ok(true)
}

/// Says that a trial will end.
async fn notice(idp: &Idp, tx: &mut Tx, account: &mut Account, mut item: Item) -> Result<()> {
    let says = item.is_free_trial && !item.trial_ending_said && item.canceled_at.is_none();
    item.trial_ending_said = true;
    item.due_at = item.period_end;
    let event = says.then_some("subscriptionItem.freeTrialEnding");
    changes::save(idp, tx, account, &mut item, event).await
}

/// Tries again what is owed, or ends it when that has lasted too long.
async fn dun(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    mut item: Item,
    now: Timestamp,
) -> Result<()> {
    let days = i64::from(idp.settings().billing.grace_days);
    let since = item.past_due_at.unwrap_or(now);
    let over = since
        .saturating_add(SignedDuration::from_hours(days * 24))
        .is_ok_and(|over| over <= now);
    if over {
        cancel::end_now(idp, tx, account, item).await?;
    } else {
        let _declined = dues::renew(idp, tx, account, &mut item, &PAYMENT).await?;
    }
    Ok(())
}

/// Ends what was canceled; what was to come next takes its place.
async fn succeed(idp: &Idp, tx: &mut Tx, account: &mut Account, item: Item) -> Result<()> {
    let Some(mut next) = account.upcoming().cloned() else {
        cancel::end_now(idp, tx, account, item).await?;
        return Ok(());
    };
    changes::end(idp, tx, account, item).await?;
    let start = next.period_start;
    if account.amount(&next)? == 0 {
        "active".clone_into(&mut next.status);
        (next.period_end, next.due_at) = (None, None);
        let event = Some("subscriptionItem.active");
        changes::save(idp, tx, account, &mut next, event).await?;
        return changes::finish(idp, tx, account).await;
    }
    // In force before it is paid, so that what follows a refusal is what always does.
    "active".clone_into(&mut next.status);
    next.period_end = Some(start);
    let event = Some("subscriptionItem.active");
    changes::save(idp, tx, account, &mut next, event).await?;
    let _declined = dues::renew(idp, tx, account, &mut next, &PAYMENT).await?;
    Ok(())
}
