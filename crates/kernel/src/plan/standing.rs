//! From what an organization pays for to the plan that it is on: a function of the latest state of
//! each item, so that it does not matter in which order they were told, or how often.

use jiff::{SignedDuration, Timestamp};

use super::Tier;

/// What the provider said last of one plan of a subscription.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// The plan, by the name that products know.
    pub plan: Option<&'a str>,
    /// The provider's word: `active`, `upcoming`, `past_due`, `canceled`, `ended`, …
    pub status: &'a str,
    /// Paid for from then.
    pub period_start: Option<Timestamp>,
    /// Until then.
    pub period_end: Option<Timestamp>,
    /// The provider's time of this state.
    pub changed_at: Timestamp,
}

/// The plan that follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing<'a> {
    /// Its tier; the smallest where nothing that is known is in force.
    pub tier: Tier,
    /// Its name at the provider; none where nothing that is known is in force.
    pub plan: Option<&'a str>,
    /// It ends then, unless the provider says otherwise before. The look is to be repeated then.
    pub until: Option<Timestamp>,
}

/// For how long an item holds its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    Until(Timestamp),
    Open,
}

impl Hold {
    const fn end(self) -> Option<Timestamp> {
        match self {
            Self::Until(end) => Some(end),
            Self::Open => None,
        }
    }
}

impl Item<'_> {
    /// What is active holds, and so does what is owed for: the provider asks again for the money,
    /// and says when it gives up. What was canceled holds as long as it is paid for, and what ended
    /// or was canceled for `grace` longer. What never began holds nothing, and neither does a word
    /// that nobody has heard of.
    fn hold(&self, grace: SignedDuration, now: Timestamp) -> Option<Hold> {
        let end = match self.status {
            "active" | "past_due" => return Some(Hold::Open),
            "canceled" => self.period_end.unwrap_or(self.changed_at),
            "ended" => {
                let paid = self.period_end.unwrap_or(self.changed_at);
                paid.min(self.changed_at)
            }
            _ => return None,
        };
        let has_begun = self
            .period_start
            .is_none_or(|start| start < end && start <= self.changed_at);
        let end = end.checked_add(grace).unwrap_or(Timestamp::MAX);
        (has_begun && now < end).then_some(Hold::Until(end))
    }
}

impl<'a> Standing<'a> {
    /// The plan that follows from all items of an organization at `now`: the greatest that one of
    /// them holds. Plans that are not known raise nothing.
    #[must_use]
    pub fn of(items: &[Item<'a>], grace: SignedDuration, now: Timestamp) -> Self {
        let held = items.iter().filter_map(|item| {
            let plan = item.plan?;
            Some((Tier::from_plan(plan)?, item.hold(grace, now)?, plan))
        });
        match held.max() {
            None => Self {
                tier: Tier::Starter,
                plan: None,
                until: None,
            },
            Some((tier, hold, plan)) => Self {
                tier,
                plan: Some(plan),
                until: hold.end(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 24 * 3600;
    const GRACE: SignedDuration = SignedDuration::from_hours(72);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// Paid for from day 0 to day 30, in this state since a day.
    fn item(plan: &'static str, status: &'static str, day: i64) -> Item<'static> {
        Item {
            plan: Some(plan),
            status,
            period_start: Some(at(0)),
            period_end: Some(at(30 * DAY)),
            changed_at: at(day * DAY),
        }
    }

    fn tier(items: &[Item<'_>], day: i64) -> Tier {
        Standing::of(items, GRACE, at(day * DAY)).tier
    }

    #[test]
    fn only_what_is_in_force_gives_a_plan() {
        for (status, expected) in [
            ("active", Tier::Pro),
            ("past_due", Tier::Pro),
            ("canceled", Tier::Pro),
            ("ended", Tier::Pro),
            ("upcoming", Tier::Starter),
            ("incomplete", Tier::Starter),
            ("abandoned", Tier::Starter),
            ("expired", Tier::Starter),
            ("trialing", Tier::Starter),
            ("", Tier::Starter),
        ] {
            assert_eq!(tier(&[item("pro", status, 1)], 1), expected, "{status}");
        }
        assert_eq!(tier(&[], 1), Tier::Starter);
        assert_eq!(tier(&[item("starter", "active", 1)], 1), Tier::Starter);
    }

    #[test]
    fn plans_that_nobody_knows_raise_nothing() {
        for plan in ["enterprise", "PRO", "pro ", ""] {
            let standing = Standing::of(&[item(plan, "active", 1)], GRACE, at(DAY)).plan;
            assert_eq!(standing, None, "{plan:?}");
        }
        let unnamed = Item {
            plan: None,
            ..item("pro", "active", 1)
        };
        assert_eq!(tier(&[unnamed], 1), Tier::Starter);
        let beside = [item("enterprise", "active", 1), item("free", "active", 1)];
        assert_eq!(Standing::of(&beside, GRACE, at(DAY)).plan, Some("free"));
    }

    #[test]
    fn what_was_canceled_lasts_as_long_as_it_is_paid_for_and_a_little_longer() {
        let canceled = [item("pro", "canceled", 10), item("starter", "upcoming", 10)];
        let standing = Standing::of(&canceled, GRACE, at(11 * DAY));
        assert_eq!(standing.until, Some(at(33 * DAY)));
        assert_eq!(tier(&canceled, 32), Tier::Pro);
        assert_eq!(tier(&canceled, 33), Tier::Starter);
        // Ended before its time: what was paid for and given back is not owed.
        let ended = [item("pro", "ended", 12), item("starter", "active", 12)];
        assert_eq!(tier(&ended, 14), Tier::Pro);
        assert_eq!(tier(&ended, 15), Tier::Starter);
        let standing = Standing::of(&ended, GRACE, at(15 * DAY));
        assert_eq!((standing.plan, standing.until), (Some("starter"), None));
        // Told of again later, as ended since then.
        assert_eq!(tier(&[item("pro", "ended", 50)], 50), Tier::Starter);
    }

    #[test]
    fn what_never_began_holds_nothing() {
        for status in ["canceled", "ended"] {
            let given_up = Item {
                period_start: Some(at(5 * DAY)),
                ..item("pro", status, 2)
            };
            for day in [2, 5, 6, 31] {
                assert_eq!(tier(&[given_up], day), Tier::Starter, "{status}, day {day}");
            }
        }
    }

    fn any_item() -> impl Strategy<Value = Item<'static>> {
        let plan = prop_oneof![
            Just(None),
            Just(Some("pro")),
            Just(Some("starter")),
            Just(Some("other"))
        ];
        let statuses = [
            "active",
            "past_due",
            "canceled",
            "ended",
            "upcoming",
            "incomplete",
            "new",
        ];
        let status = prop::sample::select(statuses.to_vec());
        let time = || prop::option::of((0..60_i64).prop_map(|day| at(day * DAY)));
        (plan, status, time(), time(), 0..60_i64).prop_map(
            |(plan, status, period_start, period_end, day)| Item {
                plan,
                status,
                period_start,
                period_end,
                changed_at: at(day * DAY),
            },
        )
    }

    proptest! {
        #[test]
        fn neither_order_nor_repetition_matters(
            items in prop::collection::vec(any_item(), 0..6).prop_shuffle(),
            again in any::<prop::sample::Index>(),
            day in 0..70_i64,
        ) {
            let now = at(day * DAY);
            let expected = Standing::of(&items, GRACE, now);
            let mut other = items.clone();
            if !items.is_empty() {
                other.push(items[again.index(items.len())]);
            }
            other.reverse();
            prop_assert_eq!(Standing::of(&other, GRACE, now), expected);
        }

        #[test]
        fn it_holds_until_it_says_and_then_is_less(
            items in prop::collection::vec(any_item(), 0..6),
            day in 0..70_i64,
        ) {
            let now = at(day * DAY);
            let standing = Standing::of(&items, GRACE, now);
            let Some(until) = standing.until else {
                prop_assert_eq!(Standing::of(&items, GRACE, at(1000 * DAY)), standing);
                return Ok(());
            };
            prop_assert!(until > now);
            let before = until - SignedDuration::from_secs(1);
            prop_assert_eq!(Standing::of(&items, GRACE, before.max(now)), standing.clone());
            let after = Standing::of(&items, GRACE, until);
            prop_assert!(after.tier <= standing.tier && after != standing);
        }

        #[test]
        fn more_items_never_take_a_plan_away(
            items in prop::collection::vec(any_item(), 0..6),
            more in any_item(),
            day in 0..70_i64,
        ) {
            let now = at(day * DAY);
            let before = Standing::of(&items, GRACE, now).tier;
            let mut items = items;
            items.push(more);
            prop_assert!(Standing::of(&items, GRACE, now).tier >= before);
        }
    }
}
