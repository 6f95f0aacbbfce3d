//! Whatever is late, lost and sent again, or comes twice: the plan is what follows from how it ended.

use std::collections::BTreeMap;

use bailiwick_kernel::plan::{self, Standing};
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, event};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use super::{DAY, Item, plan as found, subscription};

const CASES: u64 = 24;
const GRACE: SignedDuration = SignedDuration::from_hours(72);

/// One thing that happens to an item: which, what, how long after the one before, and whether the
/// whole subscription says so, or the item alone, or both.
type Step = (usize, &'static str, i64, usize);

/// What happens, and in which order it is told: some twice, some only when they are sent again.
#[derive(Debug, Clone)]
struct Case {
    plans: [&'static str; 3],
    steps: Vec<Step>,
    order: Vec<prop::sample::Index>,
    again: Vec<prop::sample::Index>,
    look_after: i64,
}

fn case() -> impl Strategy<Value = Case> {
    let plan = || prop::sample::select(vec!["pro", "pro", "starter", "enterprise"]);
    let status = prop::sample::select(vec![
        "active",
        "active",
        "past_due",
        "canceled",
        "ended",
        "upcoming",
        "incomplete",
    ]);
    let step = (0..3_usize, status, 0..20_i64, 0..3_usize);
    (
        [plan(), plan(), plan()],
        prop::collection::vec(step, 1..8),
        prop::collection::vec(any::<prop::sample::Index>(), 24),
        prop::collection::vec(any::<prop::sample::Index>(), 0..6),
        0..50_i64,
    )
        .prop_map(|(plans, steps, order, again, look_after)| Case {
            plans,
            steps,
            order,
            again,
            look_after,
        })
}

/// What the provider says of it, and how each item ends.
fn history(case: &Case, org: &str, start: Timestamp) -> (Vec<Value>, Vec<Item>) {
    let mut items: BTreeMap<usize, Item> = BTreeMap::new();
    let (mut events, mut at) = (Vec::new(), start);
    for (which, status, days, how) in &case.steps {
        // Two things may happen in one second, and none in the same instant.
        at += DAY * i32::try_from(*days).unwrap() + SignedDuration::from_millis(1);
        let id = format!("{org}_item_{which}");
        let item = match items.get(which) {
            Some(item) => item.became(status, at),
            None => Item::new(&id, case.plans[*which], at).became(status, at),
        };
        items.insert(*which, item.clone());
        if *how != 1 {
            events.push(item.event(org));
        }
        if *how != 0 {
            let all: Vec<Item> = items.values().cloned().collect();
            events.push(subscription("updated", org, &all, at));
        }
    }
    (events, items.into_values().collect())
}

#[tokio::test]
async fn the_plan_does_not_depend_on_how_it_was_told() {
    let t = TestApp::start().await;
    let mut tiers = BTreeMap::new();
    for seed in 1..=CASES {
        let config = Config {
            rng_seed: RngSeed::Fixed(seed),
            ..Config::default()
        };
        let tree = case().new_tree(&mut TestRunner::new(config));
        let case = tree.unwrap().current();
        let org = format!("org_{seed}");
        let (mut events, items) = history(&case, &org, t.now());
        let resource =
            fixtures::organization(&org, &org, &format!("org-{seed}"), "user_1", t.now());
        t.provider.know(&resource);
        events.push(event("organization.created", &resource, t.now()));
        for index in &case.again {
            events.push(events[index.index(events.len())].clone());
        }
        let mut order = case.order.iter();
        while !events.is_empty() {
            let index = order.next().map_or(0, |index| index.index(events.len()));
            t.deliver(&events.swap_remove(index)).await;
            if index.is_multiple_of(2) {
                t.settle().await;
            }
        }
        t.settle().await;
        t.advance(DAY * i32::try_from(case.look_after).unwrap());
        t.settle().await;
        let told: Vec<plan::Item<'_>> = items
            .iter()
            .map(|item| plan::Item {
                plan: Some(&item.plan),
                status: &item.status,
                period_start: Some(item.period.0),
                period_end: item.period.1,
                changed_at: item.changed_at,
            })
            .collect();
        let expected = Standing::of(&told, GRACE, t.now());
        let found = found(&t, &org).await;
        assert_eq!(
            found["plan_slug"].as_str(),
            expected.plan,
            "{seed}: {case:#?}"
        );
        assert_eq!(
            found["tier_wanted"],
            expected.tier.as_str(),
            "{seed}: {case:#?}"
        );
        *tiers.entry(expected.tier).or_insert(0) += 1;
    }
    assert!(
        tiers.len() == 2 && tiers.values().all(|n| *n > 4),
        "{tiers:?}"
    );
}
