//! An organization in which everything happens, and the most that each person may hold of it.

use std::collections::BTreeMap;

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::event;
use bailiwick_testkit::{Answer, Persona, TestApp, World};
use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::holding::{Holding, PAGES, PERMISSIONS, ROLES, rank};
use super::{Decision, GUESTS, Step};

/// Longer than any claim.
const LATER: SignedDuration = SignedDuration::from_secs(70);

/// A membership's row.
struct Row {
    holding: Holding,
    status: String,
    version: Value,
}

pub struct Game {
    t: TestApp,
    acme: World,
    people: Vec<Persona>,
    /// The provider's users of those who come by invitation, by their place among the people.
    guests: BTreeMap<usize, Value>,
    /// The most that each may hold, by what was given and not taken since.
    most: Vec<Holding>,
    suspended: Vec<bool>,
    /// What each guest is invited as, by the invitation.
    invited: BTreeMap<usize, (usize, String)>,
    late: Vec<Value>,
    log: Vec<String>,
    pub done: BTreeMap<&'static str, usize>,
    pub refused: usize,
}

impl Game {
    pub async fn start(seed: u64) -> Self {
        let t = TestApp::start().await;
        t.expect_dead();
        let acme = t.tenant("acme", Tier::Starter).await;
        let mut people: Vec<Persona> = ROLES
            .iter()
            .map(|role| acme.persona(role).clone())
            .collect();
        let of_role = |role: &&str| Holding {
            rank: rank(role),
            ..Holding::default()
        };
        let mut most: Vec<Holding> = ROLES.iter().map(of_role).collect();
        let mut guests = BTreeMap::new();
        for number in 0..GUESTS {
            let email = format!("guest{number}@example.com");
            let data = t.unseen_user("Guest", &number.to_string(), &email);
            t.apply(&event("user.created", &data, t.now())).await;
            guests.insert(people.len(), data.clone());
            people.push(t.persona(&data).await.within(&acme));
            most.push(Holding::default());
        }
        Self {
            suspended: vec![false; people.len()],
            t,
            acme,
            people,
            guests,
            most,
            invited: BTreeMap::new(),
            late: Vec::new(),
            log: vec![format!("seed {seed}")],
            done: BTreeMap::new(),
            refused: 0,
        }
    }

    pub async fn take(&mut self, step: &Step) {
        match step {
            Step::Decide { by, of, what } => self.decide(*by, *of, what).await,
            Step::Accept { guest } => self.accept(*guest),
            Step::Hear(which) => self.hear(which).await,
            Step::Fail => self.t.provider.fail_with(503),
            Step::LoseAnswers => self.t.provider.lose_answers(500),
            Step::Recover => self.t.provider.recover(),
            Step::Wait => {
                self.t.advance(LATER);
                self.t.settle().await;
            }
        }
    }

    /// What the database has of a person; nothing of who never was a member or is one no more.
    async fn row(&self, person: usize) -> Row {
        let query = format!(
            "select role, status, version, grants from control.memberships
             where organization_id = '{}' and user_id = '{}'",
            self.acme.id,
            self.people[person].user()
        );
        let rows = self.t.rows(&query).await;
        let row = rows.first().filter(|row| row["status"] != "removed");
        let Some(row) = row else {
            return Row {
                holding: Holding::default(),
                status: "removed".to_owned(),
                version: json!(0),
            };
        };
        Row {
            holding: Holding::of(row["role"].as_str().unwrap(), &row["grants"]),
            status: row["status"].as_str().unwrap().to_owned(),
            version: row["version"].clone(),
        }
    }

    /// What a person may do something with.
    async fn power(&self, person: usize) -> Holding {
        let row = self.row(person).await;
        match row.status.as_str() {
            "active" => row.holding,
            _ => Holding::default(),
        }
    }

    /// Asks for what somebody decides. The version is the one that everybody may know.
    async fn ask(&self, by: usize, of: usize, what: &Decision, version: &Value) -> Answer {
        let by = &self.people[by];
        let org = format!("/organizations/{}", self.acme.id);
        let member = format!("{org}/members/{}", self.people[of].user());
        match what {
            Decision::Role(role) => by.patch(member, json!({"role": ROLES[*role]})).await,
            Decision::Grant { pages, permission } => {
                let mut wanted: Map<String, Value> = Map::new();
                for (page, action) in pages.iter().map(|at| PAGES[*at]) {
                    let page = wanted.entry(page).or_insert_with(|| json!({}));
                    page[action] = true.into();
                }
                let named: Vec<&str> = permission.iter().map(|at| PERMISSIONS[*at]).collect();
                let body = json!({"version": version, "pages": wanted, "permissions": named});
                by.put(format!("{member}/grants"), body).await
            }
            Decision::Suspend => by.post_empty(format!("{member}/suspend")).await,
            Decision::Reactivate => by.post_empty(format!("{member}/reactivate")).await,
            Decision::Remove => by.delete(member).await,
            Decision::Transfer => {
                let body = json!({"memberId": self.people[of].user()});
                by.post(format!("{org}/transfer-ownership"), body).await
            }
            Decision::Invite { guest, role } => {
                let email = self.people[*guest].email();
                let body = json!({"email": email, "role": ROLES[*role]});
                by.post(format!("{org}/invitations"), body).await
            }
            Decision::Revoke { guest } => {
                let nobodys = uuid::Uuid::nil().to_string();
                let id = self.invited.get(guest).map_or(&nobodys, |(_, id)| id);
                by.delete(format!("{org}/invitations/{id}")).await
            }
        }
    }

    async fn decide(&mut self, by: usize, of: usize, what: &Decision) {
        let (power, before) = (self.power(by).await, self.row(of).await);
        let answer = self.ask(by, of, what, &before.version).await;
        let (who, whom) = (self.people[by].name(), self.people[of].name());
        let line = format!("{who} {what:?} {whom}: {}", answer.outcome());
        self.log.push(line);
        assert!(
            answer.status < 500 || answer.status == 503,
            "{:#?}",
            self.log
        );
        if answer.status >= 300 {
            self.refused += 1;
            return;
        }
        let had = before.holding;
        let (name, could) = match what {
            Decision::Role(role) => {
                let given = rank(ROLES[*role]);
                self.most[of].rank = given;
                let higher = by == of && given > had.rank;
                let could = power.decides_over(had.rank) && power.decides_over(given);
                ("role", could && !higher)
            }
            Decision::Grant { .. } => {
                let given = self.row(of).await.holding.grants;
                let could = match by == of {
                    true => given.is_subset(&had.grants),
                    false => power.decides_over(had.rank) && power.could_grant(&had.grants, &given),
                };
                self.most[of].grants = given;
                ("grant", could)
            }
            Decision::Suspend => {
                self.suspended[of] = true;
                ("suspend", power.decides_over(had.rank) && by != of)
            }
            Decision::Reactivate => {
                self.suspended[of] = false;
                let rank = self.most[of].rank.max(had.rank);
                self.most[of].rank = rank;
                ("reactivate", power.decides_over(had.rank))
            }
            Decision::Remove => {
                self.most[of] = Holding::default();
                self.suspended[of] = false;
                ("remove", power.decides_over(had.rank))
            }
            Decision::Transfer => {
                self.most[of].rank = rank("owner");
                if answer.status == 200 {
                    self.most[by].rank = rank("admin");
                }
                ("transfer", power.rank == rank("owner"))
            }
            Decision::Invite { guest, role } => {
                let given = rank(ROLES[*role]);
                self.invited.insert(*guest, (given, answer.id()));
                ("invite", power.decides_over(given))
            }
            Decision::Revoke { guest } => {
                let taken = self.invited.remove(guest);
                let could = taken.is_some_and(|(given, _)| power.decides_over(given));
                ("revoke", could)
            }
        };
        assert!(could, "with {power:?}, over {had:?}: {:#?}", self.log);
        *self.done.entry(name).or_default() += 1;
    }

    /// A guest accepts what the provider has open for them, which may have been taken back here.
    fn accept(&mut self, guest: usize) {
        let email = self.people[guest].email().to_owned();
        let theirs = self.t.provider.invitations_to(&email);
        if theirs.iter().all(|sent| sent["status"] != "pending") {
            return;
        }
        self.t.provider.accept(&email, &self.guests[&guest]);
        let invited = self.invited.remove(&guest);
        self.log
            .push(format!("{email} accepts, invited as {invited:?}"));
        if let Some((given, _)) = invited {
            self.most[guest].rank = given;
            *self.done.entry("come").or_default() += 1;
        }
    }

    async fn hear(&mut self, which: &[(usize, bool)]) {
        self.late.extend(self.t.provider.take_events());
        for (at, again) in which {
            if self.late.is_empty() {
                return;
            }
            let at = at % self.late.len();
            let event = self.late[at].clone();
            if !again {
                self.late.swap_remove(at);
            }
            self.log.push(format!("{} arrives", event["type"]));
            self.t.apply(&event).await;
        }
    }

    /// Nobody holds more than they may, and somebody owns the organization.
    pub async fn check(&self) {
        let nothing = Holding::default();
        for person in 0..self.people.len() {
            let holds = self.power(person).await;
            let most = match self.suspended[person] {
                true => &nothing,
                false => &self.most[person],
            };
            let name = self.people[person].name();
            assert!(
                holds.is_within(most),
                "{name}: {holds:?}, {most:?}: {:#?}",
                self.log
            );
        }
        let owners = "select 1 from control.memberships where role = 'owner' and status = 'active'";
        assert!(
            self.t.count(owners).await > 0,
            "nobody owns it: {:#?}",
            self.log
        );
    }

    /// All quiet: everything has been said and heard, and nothing has become more by it.
    pub async fn end(&mut self) {
        self.t.provider.recover();
        for _ in 0..4 {
            self.t.advance(LATER);
            self.t.settle().await;
        }
        self.late.extend(self.t.provider.take_events());
        for event in std::mem::take(&mut self.late) {
            self.t.apply(&event).await;
            self.check().await;
        }
    }
}
