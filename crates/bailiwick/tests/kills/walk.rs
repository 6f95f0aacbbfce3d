//! What people do, one thing after another, for as long as the machine lives.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rand::Rng as _;
use rand::rngs::StdRng;

use crate::ledger::{Document, Guest, Org, Person, Project, Stage, Way};
use crate::product::Api;
use crate::steps;
use crate::wire::{Step, Stop, World};

/// So many people a walker is at most.
const PEOPLE_MAX: usize = 12;

/// The largest file, bytes.
const FILE_MAX: usize = 60_000;

/// Some people, who act one by one.
pub struct Walker {
    pub number: u8,
    pub people: Vec<Person>,
    pub rng: StdRng,
    /// Requests in flight at a kill that have been settled since.
    pub unsettled: usize,
    serial: u32,
}

impl Walker {
    /// Nobody yet.
    pub fn new(number: u8, rng: StdRng) -> Self {
        Self {
            number,
            people: Vec::new(),
            rng,
            unsettled: 0,
            serial: 0,
        }
    }

    fn tag(&mut self) -> String {
        self.serial += 1;
        format!("{}x{}", self.number, self.serial)
    }

    /// Acts until `stop` is set or the machine no longer answers.
    ///
    /// `killing` is set before anything is killed: an answer that is missing before then is one
    /// that must not be.
    pub async fn walk(
        mut self,
        world: World,
        stop: Arc<AtomicBool>,
        killing: Arc<AtomicBool>,
    ) -> (Self, Option<String>) {
        while !stop.load(Ordering::SeqCst) {
            match self.act(&world).await {
                Ok(()) => {}
                Err(Stop::Cut(_)) if killing.load(Ordering::SeqCst) => return (self, None),
                Err(Stop::Cut(what)) => {
                    return (self, Some(format!("while nothing was killed: {what}")));
                }
                Err(Stop::Wrong(what)) => return (self, Some(what)),
            }
        }
        (self, None)
    }

    async fn act(&mut self, world: &World) -> Step<()> {
        let crowded = self.people.len() >= PEOPLE_MAX;
        if self.people.is_empty() || (!crowded && self.rng.random_ratio(1, 6)) {
            let tag = self.tag();
            self.people.push(Person::new(&tag));
            let person = self.people.last_mut().unwrap();
            steps::person(world, person).await?;
            return self.act_as(world, self.people.len() - 1).await;
        }
        let who = self.rng.random_range(0..self.people.len());
        self.act_as(world, who).await
    }

    /// One thing that somebody does.
    async fn act_as(&mut self, world: &World, who: usize) -> Step<()> {
        let (tag, choice) = (self.tag(), self.rng.random_range(0..100));
        let seed = self.rng.random();
        let size = self.rng.random_range(1..=FILE_MAX);
        let at: usize = self.rng.random_range(0..1_000_000);
        let friend = self.people[at % self.people.len()].user_id.clone();
        let person = &mut self.people[who];
        person.warm = true;
        if choice < 6 {
            person.wanted_name = Some(format!("N{tag}"));
            return steps::rename(world, person).await;
        }
        if person.orgs.is_empty() || (choice < 9 && person.orgs.len() < 3) {
            person.orgs.push(Org::new(format!("Org {tag}")));
            let org = person.orgs.last_mut().unwrap();
            return steps::org(world, &mut person.browser, org).await;
        }
        let org_at = at % person.orgs.len();
        let org = &mut person.orgs[org_at];
        if choice < 16 {
            return if friend == person.user_id {
                Ok(())
            } else {
                meet(world, org, friend).await
            };
        }
        let api = Api::of(world, &mut person.browser, org).await?;
        let live: Vec<usize> = (0..org.projects.len())
            .filter(|i| org.projects[*i].stage == Stage::There)
            .collect();
        if live.is_empty() || choice < 32 {
            org.projects.push(Project::new(format!("Project {tag}")));
            return steps::project(&api, org.projects.last_mut().unwrap()).await;
        }
        let project = &mut org.projects[live[at % live.len()]];
        if choice < 35 {
            project.stage = Stage::Unwanted;
            return steps::project(&api, project).await;
        }
        let there: Vec<usize> = (0..project.documents.len())
            .filter(|i| project.documents[*i].is_there())
            .collect();
        if choice < 45 && !there.is_empty() {
            let document = &mut project.documents[there[at % there.len()]];
            document.way = Way::Past(Stage::Unwanted);
            return steps::document(world, &api, &project.id, document).await;
        }
        if choice < 55 && !there.is_empty() {
            let document = &project.documents[there[at % there.len()]];
            return same(&api, document).await;
        }
        let document = Document::new(format!("file {tag}.bin"), seed, size);
        project.documents.push(document);
        let document = project.documents.last_mut().unwrap();
        steps::document(world, &api, &project.id, document).await
    }
}

/// A friend becomes a member, or is one no longer.
async fn meet(world: &World, org: &mut Org, friend: String) -> Step<()> {
    if friend.is_empty() {
        return Ok(());
    }
    let known = org.guests.iter().position(|guest| guest.user_id == friend);
    let at = known.unwrap_or_else(|| {
        org.guests.push(Guest::new(friend));
        org.guests.len() - 1
    });
    let guest = &mut org.guests[at];
    guest.stage = match guest.stage {
        Stage::There => Stage::Unwanted,
        _ => Stage::Wanted,
    };
    steps::guest(world, &org.id, guest).await
}

/// The bytes that come back are those that were sent.
pub async fn same(api: &Api<'_>, document: &Document) -> Step<()> {
    if api.download(&document.id).await? == document.bytes() {
        return Ok(());
    }
    let what = format!("other bytes came back of {}", document.name);
    Err(Stop::Wrong(what))
}
