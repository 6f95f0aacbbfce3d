//! Random sequences of everything that changes what people may do, by random people, while the
//! provider comes and goes and its words arrive late, twice and in any order: nobody ever holds what
//! nobody could give them, and there is always an owner.
//!
//! What somebody could give stands in [`holding`] once more, in a few lines of its own: the engine's
//! rules are what is tested.

mod game;
mod holding;

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};

use game::Game;
use holding::{PAGES, PERMISSIONS};

/// How many sequences, and how long each is.
const CASES: u64 = 8;
const STEPS: usize = 45;
/// The people of an organization, one in each role, and who comes by invitation.
const MEMBERS: usize = 5;
const GUESTS: usize = 2;
const PEOPLE: usize = MEMBERS + GUESTS;
/// An index of a role, the greatest first.
const ROLES: usize = 5;

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody decides about somebody.
    Decide {
        by: usize,
        of: usize,
        what: Decision,
    },
    /// Somebody accepts at the provider what is open there.
    Accept {
        guest: usize,
    },
    /// Some of what the provider has to say arrives: which, and whether it may come again.
    Hear(Vec<(usize, bool)>),
    Fail,
    LoseAnswers,
    Recover,
    /// Time goes by, and what was left behind is taken up.
    Wait,
}

/// What somebody decides.
#[derive(Debug, Clone)]
enum Decision {
    Role(usize),
    Grant {
        pages: Vec<usize>,
        permission: Option<usize>,
    },
    Suspend,
    Reactivate,
    Remove,
    Transfer,
    Invite {
        guest: usize,
        role: usize,
    },
    Revoke {
        guest: usize,
    },
}

fn decision() -> impl Strategy<Value = Decision> {
    let pages = proptest::collection::vec(0..PAGES.len(), 0..4);
    let permission = proptest::option::weighted(0.4, 0..PERMISSIONS.len());
    let guest = || MEMBERS..PEOPLE;
    prop_oneof![
        4 => (0..ROLES).prop_map(Decision::Role),
        5 => (pages, permission)
            .prop_map(|(pages, permission)| Decision::Grant { pages, permission }),
        1 => Just(Decision::Suspend),
        2 => Just(Decision::Reactivate),
        1 => Just(Decision::Remove),
        1 => Just(Decision::Transfer),
        4 => (guest(), 0..ROLES).prop_map(|(guest, role)| Decision::Invite { guest, role }),
        1 => guest().prop_map(|guest| Decision::Revoke { guest }),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    // Who may decide hardly anything decides less often.
    let by = prop_oneof![3 => 0..2_usize, 2 => 0..PEOPLE];
    let heard = proptest::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..4);
    let heard = heard.prop_map(|heard| {
        let far = |(at, again): (prop::sample::Index, bool)| (at.index(usize::MAX), again);
        Step::Hear(heard.into_iter().map(far).collect())
    });
    prop_oneof![
        12 => (by, 0..PEOPLE, decision()).prop_map(|(by, of, what)| Step::Decide { by, of, what }),
        3 => (MEMBERS..PEOPLE).prop_map(|guest| Step::Accept { guest }),
        4 => heard,
        1 => Just(Step::Fail),
        1 => Just(Step::LoseAnswers),
        2 => Just(Step::Recover),
        2 => Just(Step::Wait),
    ]
}

fn sequence(seed: u64) -> Vec<Step> {
    let config = Config {
        rng_seed: RngSeed::Fixed(seed),
        ..Config::default()
    };
    let steps = proptest::collection::vec(step(), STEPS);
    let tree = steps.new_tree(&mut TestRunner::new(config));
    tree.unwrap().current()
}

#[tokio::test]
async fn nobody_ever_holds_what_nobody_could_give() {
    let (mut done, mut refused) = (BTreeMap::new(), 0);
    for seed in 1..=CASES {
        let mut game = Game::start(seed).await;
        for step in sequence(seed) {
            game.take(&step).await;
            game.check().await;
        }
        game.end().await;
        for (what, count) in &game.done {
            *done.entry(*what).or_insert(0) += count;
        }
        refused += game.refused;
    }
    // A sequence in which nothing happens proves nothing.
    for what in [
        "role",
        "grant",
        "suspend",
        "reactivate",
        "remove",
        "transfer",
        "invite",
        "come",
    ] {
        assert!(done.contains_key(what), "nobody did {what}: {done:?}");
    }
    assert!(refused > 50, "{refused} refused, {done:?} done");
}
