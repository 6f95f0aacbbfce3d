//! The ledger against what is there.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::browser::Browser;
use crate::database::Snapshot;
use crate::ledger::{Org, Person, Project, Stage, Way};
use crate::product::Api;
use crate::steps;
use crate::walk::same;
use crate::wire::{Step, Stop, World};

/// What was compared.
#[derive(Default)]
pub struct Findings {
    pub facts: usize,
    pub lost: Vec<String>,
}

impl Findings {
    fn fact(&mut self, holds: bool, what: impl FnOnce() -> String) {
        self.facts += 1;
        if !holds {
            self.lost.push(what());
        }
    }

    fn stage(&mut self, stage: Stage, is_there: bool, what: impl FnOnce() -> String) {
        match stage {
            Stage::There => self.fact(is_there, || format!("{} is lost", what())),
            Stage::Gone => self.fact(!is_there, || format!("{} is back", what())),
            Stage::Wanted | Stage::Unwanted => {}
        }
    }

    /// Compares everything that somebody was told with the rows.
    pub fn recall(&mut self, snapshot: &Snapshot, person: &Person) {
        let name = snapshot.users.get(&person.user_id);
        let who = || format!("user {}", person.email);
        self.stage(person.stage, name.is_some(), who);
        if person.stage == Stage::There {
            let wanted = person.wanted_name.as_ref();
            let holds = name == Some(&person.name) || (wanted.is_some() && name == wanted);
            self.fact(holds, || format!("{}'s name is {name:?}", person.email));
        }
        for org in person.orgs.iter().filter(|org| org.stage == Stage::There) {
            self.recall_org(snapshot, person, org);
        }
    }

    fn recall_org(&mut self, snapshot: &Snapshot, person: &Person, org: &Org) {
        let name = snapshot.orgs.get(&org.id);
        self.fact(name == Some(&org.name), || {
            format!("{} is {name:?}", org.name)
        });
        let key = (org.id.clone(), person.user_id.clone());
        let is_member = snapshot.memberships.contains(&key);
        self.fact(is_member, || format!("{} lost its owner", org.name));
        if org.opened {
            let status = snapshot.tenants.get(&org.id).map(String::as_str);
            let what = || format!("{} is {status:?}", org.name);
            self.fact(status == Some("COMPLETED"), what);
        }
        for guest in &org.guests {
            let key = (org.id.clone(), guest.user_id.clone());
            let what = || format!("{} in {}", guest.user_id, org.name);
            self.stage(guest.stage, snapshot.memberships.contains(&key), what);
        }
        for project in &org.projects {
            let name = snapshot.projects.get(&project.id);
            let is_there = name == Some(&project.name);
            self.stage(project.stage, is_there, || project.name.clone());
            if project.stage == Stage::There {
                self.recall_documents(snapshot, project);
            }
        }
    }

    fn recall_documents(&mut self, snapshot: &Snapshot, project: &Project) {
        for document in &project.documents {
            let row = snapshot.documents.get(&document.id);
            let what = || format!("{} is {row:?}", document.name);
            let is = |states: &[&str]| {
                row.is_some_and(|(status, sha256)| {
                    states.contains(&status.as_str()) && *sha256 == document.sha256()
                })
            };
            match &document.way {
                Way::Announce | Way::Past(Stage::Wanted | Stage::Unwanted) => {}
                Way::Send { .. } => self.fact(is(&["PENDING"]), what),
                Way::Confirm => self.fact(is(&["PENDING", "UPLOADED"]), what),
                Way::Past(Stage::There) => self.fact(is(&["UPLOADED"]), what),
                Way::Past(Stage::Gone) => self.fact(row.is_none(), what),
            }
        }
    }

    /// Looks at everything of somebody the way that they would, on a new browser and on the old
    /// one. What was in flight has been settled before.
    pub async fn visit(&mut self, world: &World, person: &mut Person, all: bool) -> Step<()> {
        let known = person.browser.touch(world, "").await?;
        self.fact(known["id"] == person.user_id.as_str(), || {
            format!("the session of {} is somebody else's", person.email)
        });
        let mut browser = Browser::default();
        let (email, password) = (person.email.as_str(), person.password.as_str());
        if browser.sign_in(world, email, password).await?.is_none() {
            return Err(Stop::Wrong(format!("{email} cannot sign in")));
        }
        self.facts += 1;
        let api = Api::personal(world, &mut browser).await?;
        let me = api.get("/me").await?;
        let is_same = me["clerkUserId"] == person.user_id.as_str() && me["email"] == email;
        self.fact(is_same, || format!("{email} is {me}"));
        let theirs = api.list("/organizations").await?;
        for org in &mut person.orgs {
            let found = theirs.iter().find(|o| o["clerkOrgId"] == org.id.as_str());
            let status = found.map(|o| &o["provisioningStatus"]);
            let is_made = status.is_some_and(|status| status == "COMPLETED");
            self.fact(is_made, || format!("{} is {status:?}", org.name));
            let api = Api::of(world, &mut person.browser, org).await?;
            self.visit_org(&api, org, all).await?;
        }
        Ok(())
    }

    async fn visit_org(&mut self, api: &Api<'_>, org: &Org, all: bool) -> Step<()> {
        let rows = api.list("/projects").await?;
        let live = |project: &&Project| project.stage == Stage::There;
        let want = org.projects.iter().filter(live);
        let want: BTreeSet<(&str, &str)> = want.map(|p| (p.id.as_str(), p.name.as_str())).collect();
        let led = rows.iter().filter(|row| row["myRole"] == "lead");
        let got: Vec<(&str, &str)> = led
            .map(|row| (member(row, "id"), member(row, "name")))
            .collect();
        let is_same = got.len() == rows.len()
            && got.len() == want.len()
            && got.iter().all(|pair| want.contains(pair));
        self.fact(is_same, || {
            format!("projects of {}: {got:?}, not {want:?}", org.name)
        });
        for project in org.projects.iter().filter(live) {
            self.visit_project(api, project, all).await?;
        }
        Ok(())
    }

    async fn visit_project(&mut self, api: &Api<'_>, project: &Project, all: bool) -> Step<()> {
        let rows = api
            .list(&format!("/projects/{}/documents", project.id))
            .await?;
        let rows: BTreeMap<&str, &Value> =
            rows.iter().map(|row| (member(row, "id"), row)).collect();
        let there: Vec<_> = project.documents.iter().filter(|d| d.is_there()).collect();
        self.fact(rows.len() == there.len(), || {
            format!(
                "{} documents of {}, not {}",
                rows.len(),
                project.name,
                there.len()
            )
        });
        for document in &there {
            let row = rows.get(document.id.as_str());
            let is_same = row.is_some_and(|row| {
                row["status"] == "UPLOADED" && row["sha256"] == document.sha256().as_str()
            });
            self.fact(is_same, || format!("{} is {row:?}", document.name));
        }
        let some = if all { there.len() } else { 2 };
        for document in there.iter().rev().take(some) {
            self.facts += 1;
            same(api, document).await?;
        }
        for document in project.documents.iter().filter(|d| d.is_gone()).take(some) {
            let path = format!("/documents/{}", document.id);
            let answer = api.call(Method::GET, &path).await?;
            let is_gone = answer.status == StatusCode::NOT_FOUND;
            self.fact(is_gone, || format!("{} is back", document.name));
        }
        Ok(())
    }
}

fn member<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// Asks again for everything that was in flight, until all of it rests.
pub async fn settle(world: &World, person: &mut Person) -> Step<()> {
    if person.stage == Stage::Wanted {
        steps::person(world, person).await?;
    }
    steps::rename(world, person).await?;
    for org in &mut person.orgs {
        steps::org(world, &mut person.browser, org).await?;
        for guest in &mut org.guests {
            steps::guest(world, &org.id, guest).await?;
        }
        let api = Api::of(world, &mut person.browser, org).await?;
        for project in &mut org.projects {
            steps::project(&api, project).await?;
            if project.stage == Stage::There {
                for document in &mut project.documents {
                    steps::document(world, &api, &project.id, document).await?;
                }
            }
        }
    }
    Ok(())
}
