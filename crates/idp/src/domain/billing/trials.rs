//! Free trials.

use bailiwick_pg::Tx;
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{Account, changes};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store;
use crate::store::billing::items::Item;

/// How long before its end it is said that a trial will end.
const NOTICE: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The longest extension.
const MAX_EXTENSION: SignedDuration = SignedDuration::from_hours(365 * 24);

/// When it is said that a trial will end.
pub(super) fn notice_at(end: Timestamp) -> Timestamp {
    end.saturating_sub(NOTICE).unwrap_or(end)
}

/// Lets the trial of a locked account's item end later, and says so. The same end once more
/// changes nothing. 422 for an end in the past or more than a year after the old one, 400 for what
/// is on no trial.
pub async fn extend(
    idp: &Idp,
    tx: &mut Tx,
    account: &mut Account,
    mut item: Item,
    to: Timestamp,
) -> Result<Item> {
    let now = store::now(idp.env());
    let Some(end) = item
        .period_end
        .filter(|_| item.is_free_trial && item.status == "active")
    else {
        let text = "The subscription item is not on a free trial.";
        let code = "subscription_item_not_on_trial";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    };
    if to == end {
        return Ok(item);
    }
    let latest = end.saturating_add(MAX_EXTENSION).unwrap_or(end);
    if to <= now || to > latest {
        let text = "It must be in the future and within a year of the end of the trial.";
        return Err(Refusal::format("extend_to", text).into());
    }
    item.period_end = Some(to);
    item.anchor_at = to;
    item.trial_ending_said = false;
    item.due_at = Some(notice_at(to));
    if let Some(mut next) = account.upcoming().cloned() {
        next.period_start = to;
        next.anchor_at = to;
        changes::save(
            idp,
            tx,
            account,
            &mut next,
            Some("subscriptionItem.updated"),
        )
        .await?;
    }
    let event = Some("subscriptionItem.updated");
    changes::save(idp, tx, account, &mut item, event).await?;
    changes::finish(idp, tx, account).await?;
    Ok(item)
}
