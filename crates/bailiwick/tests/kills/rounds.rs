//! Kill, start, compare; again and again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::check::{Findings, settle};
use crate::database::Database;
use crate::death::{Death, choose, kill};
use crate::machine::{Dev, Environment, Machine};
use crate::ports::Ports;
use crate::walk::Walker;
use crate::wire::{Step, Stop, World};

/// So many walk at the same time.
const WALKERS: u8 = 4;

/// A start, recovery included, is slow beyond this.
const RESTART_MAX: Duration = Duration::from_secs(30);

/// What a run adds up to.
#[derive(Default)]
struct Total {
    facts: usize,
    unsettled: usize,
    slowest_start: Duration,
    slowest_settling: Duration,
    deaths: [u32; 4],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost() {
    let kills: u32 = setting("KILLS").unwrap_or(4);
    let seed: u64 = setting("KILLS_SEED").unwrap_or_else(rand::random);
    println!("KILLS={kills} KILLS_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut machine = Machine::new("kills", Ports::choose(&mut rng));
    let mut walkers: Vec<Walker> = (0..WALKERS)
        .map(|number| Walker::new(number + 2, StdRng::seed_from_u64(rng.random())))
        .collect();
    let mut total = Total::default();
    for round in 1..=kills {
        let more = [[].as_slice(), ["--no-demo"].as_slice()][usize::from(rng.random_ratio(2, 3))];
        let (death, is_early) = choose(round, &mut rng);
        let mut dev;
        if is_early {
            dev = machine.spawn(more);
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..1500))).await;
            kill(&mut dev, death, true);
            total.deaths[3] += 1;
        } else {
            let environment;
            (dev, environment) = start(&mut machine, more, &mut total);
            walkers = verify(&machine, &environment, walkers, &mut total, false).await;
            let lifetime = Duration::from_millis(rng.random_range(100..2500));
            walkers = walk_until_death(&mut dev, &environment, walkers, death, lifetime).await;
            total.deaths[death as usize] += 1;
        }
        println!(
            "{round:>3}. {death:?}{}",
            if is_early { ", while it started" } else { "" }
        );
        if rng.random() {
            machine.await_nothing_left();
        }
    }
    let (mut dev, environment) = start(&mut machine, &[], &mut total);
    walkers = verify(&machine, &environment, walkers, &mut total, true).await;
    kill(&mut dev, Death::Asked, false);
    machine.await_nothing_left();
    summary(kills, &walkers, &total);
}

fn summary(kills: u32, walkers: &[Walker], total: &Total) {
    let people = walkers
        .iter()
        .map(|walker| walker.people.len())
        .sum::<usize>();
    let [process, database, asked, early] = total.deaths;
    println!(
        "kills {kills} (process {process}, database {database}, asked {asked}, during a start \
         {early}), people {people}, acknowledged facts checked {}, answers in flight settled {}, \
         lost 0, slowest restart {:.1} s, slowest settling {:.1} s",
        total.facts,
        total.unsettled,
        total.slowest_start.as_secs_f64(),
        total.slowest_settling.as_secs_f64()
    );
}

fn start(machine: &mut Machine, more: &[&str], total: &mut Total) -> (Dev, Environment) {
    let (dev, environment) = machine.start(more);
    let took = dev.age();
    total.slowest_start = total.slowest_start.max(took);
    assert!(
        took < RESTART_MAX,
        "the start took {took:?}:\n{}",
        dev.said()
    );
    (dev, environment)
}

async fn walk_until_death(
    dev: &mut Dev,
    environment: &Environment,
    walkers: Vec<Walker>,
    death: Death,
    lifetime: Duration,
) -> Vec<Walker> {
    let (stop, killing) = (Arc::default(), Arc::new(AtomicBool::new(false)));
    let tasks: Vec<_> = walkers
        .into_iter()
        .map(|walker| {
            let world = World::new(environment, walker.number);
            tokio::spawn(walker.walk(world, Arc::clone(&stop), Arc::clone(&killing)))
        })
        .collect();
    tokio::time::sleep(lifetime).await;
    killing.store(true, Ordering::SeqCst);
    tokio::task::block_in_place(|| kill(dev, death, false));
    stop.store(true, Ordering::SeqCst);
    let mut back = Vec::new();
    for task in tasks {
        let (walker, complaint) = task.await.unwrap();
        if let Some(complaint) = complaint {
            panic!("walker {}: {complaint}\n{}", walker.number, dev.said());
        }
        back.push(walker);
    }
    back
}

/// Compares everything: rows first, as the kill left them; then what people see, after they have
/// asked again for what was in flight; then the mirror, when it had its time.
async fn verify(
    machine: &Machine,
    environment: &Environment,
    walkers: Vec<Walker>,
    total: &mut Total,
    all: bool,
) -> Vec<Walker> {
    let database = Database::of(&machine.data_dir(), environment).await;
    let snapshot = database.snapshot().await;
    let mut findings = Findings::default();
    for person in walkers.iter().flat_map(|walker| &walker.people) {
        findings.recall(&snapshot, person);
    }
    let halves = database.halves().await;
    assert!(findings.lost.is_empty(), "lost: {:#?}", findings.lost);
    assert!(halves.is_empty(), "half done: {halves:#?}");
    total.facts += findings.facts;

    let tasks: Vec<_> = walkers
        .into_iter()
        .map(|walker| {
            tokio::spawn(look_around(
                World::new(environment, walker.number),
                walker,
                all,
            ))
        })
        .collect();
    let mut back = Vec::new();
    for task in tasks {
        let (walker, findings, outcome) = task.await.unwrap();
        if let Err(Stop::Cut(what) | Stop::Wrong(what)) = outcome {
            panic!("walker {}, after a restart: {what}", walker.number);
        }
        assert!(findings.lost.is_empty(), "lost: {:#?}", findings.lost);
        total.facts += findings.facts;
        back.push(walker);
    }
    let (left, took) = database.settled().await;
    assert!(left.is_empty(), "not settled after {took:?}: {left:#?}");
    total.slowest_settling = total.slowest_settling.max(took);
    total.unsettled += back
        .iter_mut()
        .map(|walker| std::mem::take(&mut walker.unsettled))
        .sum::<usize>();
    let halves = database.halves().await;
    assert!(halves.is_empty(), "half done: {halves:#?}");
    back
}

async fn look_around(world: World, mut walker: Walker, all: bool) -> (Walker, Findings, Step<()>) {
    let mut findings = Findings::default();
    let outcome = look(&world, &mut walker, &mut findings, all).await;
    (walker, findings, outcome)
}

async fn look(world: &World, walker: &mut Walker, findings: &mut Findings, all: bool) -> Step<()> {
    for person in &mut walker.people {
        // Whoever nothing happened to is looked at now and then, by the rows always.
        if !person.warm && !all && !walker.rng.random_ratio(1, 8) {
            continue;
        }
        walker.unsettled += person.in_flight();
        settle(world, person).await?;
        findings.visit(world, person, all).await?;
        person.warm = false;
    }
    Ok(())
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long the test runs is told by the environment"
)]
fn setting<T: std::str::FromStr>(name: &str) -> Option<T> {
    std::env::var(name).ok()?.parse().ok()
}
