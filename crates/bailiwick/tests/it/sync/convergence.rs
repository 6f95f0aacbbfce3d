//! A long history of which much is lost, repeated, late and out of order, on a server that dies
//! again and again: a sweep leaves no difference.

use std::time::Duration;

use bailiwick_services::sync::sweep::{self, Ended, Options};
use bailiwick_testkit::{Dice, Message, Model, TestApp};
use jiff::SignedDuration;

use super::started;

const EVENTS: usize = 2_000;
const SEED: u64 = 20_260_101;

/// One delivery of an event: when it comes, counted in events that have happened by then.
struct Delivery {
    at: usize,
    message: Message,
}

/// Processes what is due, and dies at any moment: what is under way is dropped where it is. What a
/// dead server had claimed is free again when the claim has run out.
async fn work_and_die(t: &TestApp, dice: &mut Dice) {
    let lifetime = Duration::from_millis(u64::try_from(dice.below(60)).unwrap());
    if tokio::time::timeout(lifetime, t.settle()).await.is_err() {
        t.advance(SignedDuration::from_secs(16));
    }
}

async fn deliver(t: &TestApp, message: &mut Message) {
    message.at = t.now();
    let _ = message.send(t).await.assert_status(200);
}

/// Sweeps, is killed, and goes on, until one comes to its end.
async fn sweep_and_die(t: &TestApp, dice: &mut Dice) -> (u64, usize) {
    let options = Options {
        dry_run: false,
        deletions_max: Some(u64::MAX),
    };
    let open = "select id from control.sweeps where finished_at is null";
    let mut killed = 0;
    loop {
        let millis = 60 * (killed + 1) + dice.below(200);
        let lifetime = Duration::from_millis(u64::try_from(millis).unwrap());
        let sweep = sweep::run(&t.app, options, &|_| {}, &|_| {});
        match tokio::time::timeout(lifetime, sweep).await {
            Ok(report) => {
                let report = report.unwrap();
                if report.ended == Ended::Done {
                    return (report.counts.total(), killed);
                }
                assert_eq!(report.ended, Ended::Busy);
            }
            Err(_) => killed += 1,
        }
        // Nobody may go on before the dead one's hold has run out; then whoever comes does.
        if t.count(open).await == 1 {
            let busy = sweep::run(&t.app, options, &|_| {}, &|_| {}).await.unwrap();
            assert_eq!(busy.ended, Ended::Busy);
        }
        t.advance(SignedDuration::from_secs(61));
    }
}

#[tokio::test]
async fn after_every_fault_a_sweep_leaves_no_difference() {
    let t = started().await;
    // What refers to things that are gone at the provider is given up, rightly.
    t.expect_dead();
    t.provider.throttle(7);
    let mut dice = Dice::new(SEED);
    let mut model = Model::new(SEED, t.now(), t.provider.clone());
    let (mut happened, mut lost, mut next, mut next_sweep) = (0, 0, 0, 900);
    let mut deliveries: Vec<Delivery> = Vec::new();
    while happened < EVENTS || !deliveries.is_empty() {
        if happened < EVENTS {
            for event in model.step() {
                happened += 1;
                if dice.below(10) < 3 {
                    lost += 1;
                    continue;
                }
                let message = Message::new(&format!("msg_{happened}"), &event, t.now());
                for _ in 0..=dice.below(5) {
                    let at = happened + dice.below(EVENTS);
                    let message = message.clone();
                    deliveries.push(Delivery { at, message });
                }
            }
            let behind = model.now().duration_since(t.now());
            t.advance(behind.max(SignedDuration::ZERO));
        } else {
            happened += 1;
        }
        while let Some(due) = deliveries.iter().position(|d| d.at <= happened) {
            let mut delivery = deliveries.swap_remove(due);
            deliver(&t, &mut delivery.message).await;
        }
        if happened >= next {
            next = happened + 1 + dice.below(60);
            work_and_die(&t, &mut dice).await;
        }
        if happened >= next_sweep && happened < EVENTS {
            // In the midst of it all: what comes afterwards may be older than what it wrote. The
            // last events are left to the sweep at the end.
            next_sweep += 900;
            sweep_and_die(&t, &mut dice).await;
        }
    }
    assert!(lost > EVENTS / 4, "{lost} lost");
    t.settle_within(SignedDuration::from_secs(200)).await;
    let before = t.differences(&model).await.len();
    assert!(
        before > 0,
        "without a sweep nothing was missed: the test has no teeth"
    );

    t.advance(SignedDuration::from_mins(11));
    let (found, killed) = sweep_and_die(&t, &mut dice).await;
    t.settle_within(SignedDuration::from_secs(20)).await;
    let left = t.differences(&model).await;
    assert!(
        left.is_empty(),
        "of {before} differences, after a sweep that found {found} and was killed {killed} times: {left:#?}"
    );
    assert!(model.size() > 300, "{} rows prove little", model.size());
    // And nothing is left to be found.
    let again = super::sweep(&t).await;
    assert_eq!(again.counts.total(), 0, "{:?}", again.counts);
}
