//! What a change of plan would do and cost.

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use super::{Account, Choice, periods};
use crate::error::{Refusal, Result};
use crate::store::billing::items::Item;

/// What a change of plan would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The new plan takes the old one's place at once.
    Immediate,
    /// It follows when the period of the old one is over.
    AtPeriodEnd,
    /// The plan that was canceled goes on.
    Resume,
    /// The plan whose renewal is owed is paid.
    Settle,
}

/// What is given back for the part of a period that was paid and not used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proration {
    /// How much.
    pub amount: i64,
    /// Days that are left, the begun one included.
    pub days_remaining: i64,
    /// Days of the whole period.
    pub days_total: i64,
    /// What is left of the period, in percent.
    pub percent_remaining: f64,
}

/// What a change of plan would do and cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Quote {
    /// What it does.
    pub effect: Effect,
    /// What each period costs.
    pub per_period: i64,
    /// What is given back for the old plan.
    pub proration: Option<Proration>,
    /// What is owed for the old plan.
    pub past_due: i64,
    /// What of the payer's credits is used up.
    pub credit: i64,
    /// What is charged at once.
    pub due_now: i64,
    /// When the free trial ends, if one begins.
    pub trial_ends_at: Option<Timestamp>,
    /// When the plan begins.
    pub starts_at: Timestamp,
}

/// Computes what the choice would do now. Refused: a plan that is not sold by that period, and the
/// one that is in force.
pub fn quote(account: &Account, choice: &Choice, now: Timestamp) -> Result<Quote> {
    let unsold = || Refusal::format("plan_period", "The plan is not available for this period.");
    let per_period = choice.price.amount(choice.period).ok_or_else(unsold)?;
    let mut quote = Quote {
        effect: Effect::Immediate,
        per_period,
        proration: None,
        past_due: 0,
        credit: 0,
        due_now: 0,
        trial_ends_at: None,
        starts_at: now,
    };
    let Some(current) = account.current() else {
        return Ok(charged(account, quote, per_period));
    };
    let running = account.amount(current)?;
    let is_same = current.plan_id == choice.plan.id
        && current.price_id == choice.price.id
        && (current.period == choice.period || running == 0 && per_period == 0);
    if is_same {
        return same(account, current, quote);
    }
    if current.status == "past_due" {
        quote.past_due = running;
        return Ok(charged(account, quote, per_period + running));
    }
    let trial = choice
        .plan
        .free_trial_days
        .filter(|_| running == 0 && per_period > 0 && account.subscription.trial_used_at.is_none());
    if let Some(days) = trial {
        quote.trial_ends_at = now
            .saturating_add(SignedDuration::from_hours(days * 24))
            .ok();
        return Ok(quote);
    }
    if current.is_free_trial && per_period > 0 {
        return Ok(charged(account, quote, per_period));
    }
    match current.period_end {
        Some(end) if per_period <= running => {
            quote.effect = Effect::AtPeriodEnd;
            quote.starts_at = end;
            Ok(quote)
        }
        Some(end) => {
            let proration = prorate(running, current.period_start, end, now);
            quote.proration = Some(proration);
            Ok(charged(account, quote, per_period - proration.amount))
        }
        None => Ok(charged(account, quote, per_period)),
    }
}

/// The plan in force is chosen once more.
fn same(account: &Account, current: &Item, mut quote: Quote) -> Result<Quote> {
    if current.status == "past_due" {
        quote.effect = Effect::Settle;
        quote.past_due = quote.per_period;
        let due = quote.per_period;
        return Ok(charged(account, quote, due));
    }
    if let (Some(_), Some(end)) = (current.canceled_at, current.period_end) {
        quote.effect = Effect::Resume;
        quote.starts_at = end;
        return Ok(quote);
    }
    let text = "You are already subscribed to this plan.";
    Err(Refusal::new(StatusCode::CONFLICT, "already_subscribed", text).into())
}

fn charged(account: &Account, mut quote: Quote, amount: i64) -> Quote {
    let amount = amount.max(0);
    quote.credit = amount.min(account.subscription.credits);
    quote.due_now = amount - quote.credit;
    quote
}

/// What is left of a period that was paid with `amount`, rounded down.
fn prorate(amount: i64, start: Timestamp, end: Timestamp, now: Timestamp) -> Proration {
    let span = |from: Timestamp, to: Timestamp| to.duration_since(from).as_millis().max(0);
    let total = span(start, end).max(1);
    let left = span(now, end).min(total);
    let days = |millis: i128| i64::try_from((millis + 86_399_999) / 86_400_000).unwrap_or(0);
    Proration {
        amount: i64::try_from(i128::from(amount) * left / total).unwrap_or(0),
        days_remaining: days(left),
        days_total: days(total),
        percent_remaining: ((left * 10_000 / total) as f64) / 100.0,
    }
}

/// The end of the first period of what begins at `start`, or of its trial.
pub(super) fn first_end(choice: &Choice, quote: &Quote) -> Option<Timestamp> {
    if quote.per_period == 0 {
        return None;
    }
    let start = quote.starts_at;
    Some(
        quote
            .trial_ends_at
            .unwrap_or_else(|| periods::following(start, start, choice.period)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_period_is_half_the_amount() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (start, end) = (at("2026-03-01T00:00:00Z"), at("2026-03-31T00:00:00Z"));
        let found = prorate(4901, start, end, at("2026-03-16T00:00:00Z"));
        assert_eq!(
            (found.amount, found.days_remaining, found.days_total),
            (2450, 15, 30)
        );
        assert!((found.percent_remaining - 50.0).abs() < 0.001);
        // Neither before its beginning nor after its end is more or less than all of it left.
        assert_eq!(prorate(4901, start, end, end).amount, 0);
        assert_eq!(
            prorate(4901, start, end, at("2026-02-01T00:00:00Z")).amount,
            4901
        );
    }
}
