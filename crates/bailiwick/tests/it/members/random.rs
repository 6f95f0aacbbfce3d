//! Random sequences of decisions, faults and webhooks: nobody ever holds more than somebody who
//! could give it gave.

use std::collections::BTreeMap;

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Dice, Persona, ROLES, TestApp, World};
use serde_json::{Value, json};

use super::{LATER, give, path};

fn pick<'a, T>(dice: &mut Dice, from: &'a [T]) -> &'a T {
    &from[dice.below(from.len())]
}

/// 0 for who is let in nowhere.
fn rank(role: &str) -> usize {
    let place = ROLES.iter().position(|(key, _)| *key == role);
    place.map_or(0, |place| ROLES.len() - place)
}

struct Game<'t> {
    t: &'t TestApp,
    acme: World,
    people: Vec<Persona>,
    /// The most that each may hold, by what was given and not taken since.
    given: BTreeMap<String, usize>,
    late: Vec<Value>,
    dice: Dice,
    log: Vec<String>,
}

impl Game<'_> {
    async fn holds(&self, person: &Persona) -> usize {
        let (role, status) = self.t.standing(&self.acme, person).await;
        if status == "active" { rank(&role) } else { 0 }
    }

    /// Somebody decides something about somebody.
    async fn decide(&mut self) {
        let actor = pick(&mut self.dice, &self.people).clone();
        let target = pick(&mut self.dice, &self.people).clone();
        let (power, before) = (self.holds(&actor).await, self.holds(&target).await);
        let acme = &self.acme;
        let (what, answer, after) = match self.dice.below(5) {
            0 => {
                let answer = actor.delete(path(acme, &target)).await;
                ("removes".to_owned(), answer, 0)
            }
            1 => {
                let path = format!("{}/suspend", path(acme, &target));
                ("suspends".to_owned(), actor.post_empty(path).await, 0)
            }
            _ => {
                let role = pick(&mut self.dice, &ROLES).0;
                let answer = give(&actor, acme, &target, role).await;
                (format!("makes {role}"), answer, rank(role))
            }
        };
        let line = format!(
            "{} {what} {}: {}",
            actor.name(),
            target.name(),
            answer.outcome()
        );
        self.log.push(line);
        if !(200..300).contains(&answer.status) {
            return;
        }
        assert!(before <= power && after <= power, "{:#?}", self.log);
        // What was suspended may be something again by another's role, never by itself.
        self.given.insert(target.email().to_owned(), after);
    }

    /// The provider stutters, speaks, or repeats itself.
    async fn weather(&mut self) {
        match self.dice.below(6) {
            0 => self.t.provider.fail_with(503),
            1 => self.t.provider.lose_answers(500),
            2 => self.t.provider.recover(),
            3 => {
                self.t.advance(LATER);
                self.t.settle().await;
            }
            _ => {
                self.late.extend(self.t.provider.take_events());
                for _ in 0..self.dice.below(4) {
                    if self.late.is_empty() {
                        break;
                    }
                    let at = self.dice.below(self.late.len());
                    let event = self.late[at].clone();
                    if self.dice.below(3) > 0 {
                        self.late.swap_remove(at);
                    }
                    self.t.apply(&event).await;
                }
            }
        }
    }

    async fn check(&self) {
        for person in &self.people {
            let holds = self.holds(person).await;
            let most = self.given[person.email()];
            assert!(
                holds <= most,
                "{} holds {holds}, was given {most}: {:#?}",
                person.name(),
                self.log
            );
        }
        let owners = "select 1 from control.memberships where role = 'owner' and status = 'active'";
        assert!(self.t.count(owners).await > 0, "{:#?}", self.log);
    }
}

async fn play(seed: u64, rounds: usize) {
    let t = TestApp::start().await;
    t.expect_dead();
    let acme = t.tenant("acme", Tier::Starter).await;
    let people: Vec<Persona> = ROLES
        .iter()
        .map(|(role, _)| acme.persona(role).clone())
        .collect();
    let given = people
        .iter()
        .zip(ROLES)
        .map(|(p, (role, _))| (p.email().to_owned(), rank(role)));
    let mut game = Game {
        t: &t,
        given: given.collect(),
        acme: acme.clone(),
        people,
        late: Vec::new(),
        dice: Dice::new(seed),
        log: vec![format!("seed {seed}")],
    };
    for _ in 0..rounds {
        game.decide().await;
        game.weather().await;
        game.check().await;
    }
    // All quiet: both sides have come to the same.
    t.provider.recover();
    for _ in 0..4 {
        t.advance(LATER);
        t.settle().await;
    }
    game.late.extend(t.provider.take_events());
    for event in std::mem::take(&mut game.late) {
        t.apply(&event).await;
    }
    game.check().await;
    for person in &game.people {
        let theirs = t
            .provider
            .role_of(&acme.clerk_org_id, person.clerk_user_id());
        let query = format!(
            "select provider_role, status from control.memberships where user_id = '{}'",
            person.user()
        );
        let ours = t.rows(&query).await.remove(0);
        let ours = (ours["status"] != "removed").then(|| ours["provider_role"].clone());
        assert_eq!(
            theirs.map(|role| json!(role)),
            ours,
            "{}: {:#?}",
            person.name(),
            game.log
        );
    }
}

#[tokio::test]
async fn nobody_holds_more_than_somebody_who_could_give_it_gave() {
    for seed in 1..=12 {
        play(seed, 30).await;
    }
}
