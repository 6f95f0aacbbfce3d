//! Random sequences of changes of roles and grants by random people: nobody ever ends up with more
//! than was there for the giving.

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::Action;
use bailiwick_testkit::{Persona, TestApp};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::{Map, Value, json};

use super::packs::ask;

const PEOPLE: [&str; 5] = ["owner", "admin", "manager", "member", "viewer"];
const PAGES: [&str; 6] = [
    "overview",
    "projects",
    "documents",
    "approvals",
    "members",
    "settings",
];

/// Who changes whose grants, and to what.
#[derive(Debug, Clone)]
struct Step {
    by: usize,
    of: usize,
    pages: Vec<(usize, usize)>,
    permission: Option<usize>,
}

fn any_step(permissions: usize) -> impl Strategy<Value = Step> {
    let pages = proptest::collection::vec((0..PAGES.len(), 0..5_usize), 0..4);
    let permission = proptest::option::weighted(0.4, 0..permissions);
    (0..PEOPLE.len(), 0..PEOPLE.len(), pages, permission).prop_map(|(by, of, pages, permission)| {
        Step {
            by,
            of,
            pages,
            permission,
        }
    })
}

/// Everything that somebody may do, as `authz/check` says: only what is held everywhere counts.
async fn power(persona: &Persona, checks: &[Value]) -> Vec<bool> {
    let answers = ask(persona, checks).await;
    answers
        .iter()
        .map(|answer| answer["allowed"] == true && answer["reach"] == "all")
        .collect()
}

#[tokio::test]
async fn nobody_ends_up_with_more_than_there_was_to_give() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let pack = t.app.pack();
    let keys: Vec<String> = pack
        .permissions()
        .map(|p| pack.permission_key(p).to_owned())
        .collect();
    let mut checks: Vec<Value> = keys.iter().map(|key| json!({"permission": key})).collect();
    for page in PAGES {
        checks.extend(Action::ALL.map(|action| json!({"page": page, "action": action})));
    }
    let config = Config {
        rng_seed: RngSeed::Fixed(7),
        ..Config::default()
    };
    let mut runner = TestRunner::new(config);
    let steps = proptest::collection::vec(any_step(keys.len()), 60);
    let steps = steps.new_tree(&mut runner).unwrap().current();
    let people: Vec<&Persona> = PEOPLE.iter().map(|role| acme.persona(role)).collect();
    let (mut done, mut refused) = (0, 0);
    for step in steps {
        let (by, of) = (people[step.by], people[step.of]);
        let path = format!("/organizations/{}/members/{}/grants", acme.id, of.user());
        let found = acme.owner().get(&path).await.assert_status(200).json();
        let mut pages: Map<String, Value> = Map::new();
        for (page, action) in &step.pages {
            let page = pack.page(PAGES[*page]).unwrap();
            let offered: Vec<Action> = Action::ALL
                .into_iter()
                .filter(|a| pack.offers(page, *a))
                .collect();
            let action = offered[action % offered.len()];
            let grant = pages
                .entry(pack.page_key(page))
                .or_insert_with(|| json!({}));
            grant[action.as_str()] = true.into();
        }
        let named: Vec<&String> = step.permission.iter().map(|index| &keys[*index]).collect();
        let body = json!({"version": found["version"], "pages": pages, "permissions": named});
        let (giver, before) = (power(by, &checks).await, power(of, &checks).await);
        let answer = by.put(&path, &body).await;
        let after = power(of, &checks).await;
        if answer.status == 200 {
            done += 1;
            for (index, check) in checks.iter().enumerate() {
                let explained = before[index] || giver[index] && step.by != step.of;
                assert!(!after[index] || explained, "{step:?} gave {check}");
            }
            let (giver_role, role) = (PEOPLE[step.by], PEOPLE[step.of]);
            let may = pack.may_assign(
                &bailiwick_kernel::policy::Actor::member(pack.role(giver_role).unwrap()),
                pack.role(role).unwrap(),
            );
            assert!(may || step.by == step.of, "{giver_role} changed {role}");
        } else {
            refused += 1;
            assert!(matches!(answer.status, 403 | 422), "{answer:?}");
            assert_eq!(before, after, "a refusal changes nothing");
        }
    }
    assert!(done > 5 && refused > 10, "{done} done, {refused} refused");
}
