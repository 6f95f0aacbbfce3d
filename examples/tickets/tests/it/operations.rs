//! Every operation of tickets × every persona, in both tiers, as a table that is committed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bailiwick_example_tickets::api;
use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp, World};
use serde_json::{Value, json};

use crate::{opened, printer, start};

#[tokio::test]
async fn every_operation_for_every_persona_in_both_tiers() {
    let mut tables = Vec::new();
    for tier in Tier::ALL {
        tables.push(table(&start().await, *tier).await);
    }
    insta::assert_snapshot!("operations", tables[0]);
    assert_eq!(tables[0], tables[1], "the tiers behave differently");
}

/// What a body of each operation is; one that is not listed fails the test.
fn body(operation: &str) -> Option<Value> {
    match operation {
        "listTickets" | "getTicket" | "deleteTicket" => None,
        "createTicket" => Some(printer()),
        "updateTicket" => Some(json!({"priority": "low"})),
        other => panic!("nobody knows how to call {other}"),
    }
}

async fn table(t: &TestApp, tier: Tier) -> String {
    let (a, b) = (t.tenant("acme", tier).await, t.tenant("globex", tier).await);
    let personas = personas(t, &a, &b).await;
    let served = t.anonymous().get("/openapi.json").await.json();
    let mut table = String::new();
    for path in api::routes().get_openapi().paths.paths.keys() {
        let item = &served["paths"][format!("/api/v1{path}")];
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap();
            assert!(operation["security"].is_null(), "{id} is open to everybody");
            writeln!(table, "{} {path}  ({id})", method.to_uppercase()).unwrap();
            let mut outcomes: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for (name, persona) in &personas {
                let outcome =
                    call(t, &a, (path.as_str(), method.as_str(), id), name, persona).await;
                outcomes.entry(outcome).or_default().push(name);
            }
            for (outcome, names) in outcomes {
                writeln!(table, "  {outcome:<30} {}", names.join(", ")).unwrap();
            }
        }
    }
    table
}

/// One call on a ticket that nobody has touched. What it changes it records, in its caller's name.
async fn call(
    t: &TestApp,
    a: &World,
    (path, method, id): (&str, &str, &str),
    name: &str,
    persona: &Persona,
) -> String {
    let ticket = opened(a.member()).await;
    let path = format!("/api/v1{}", path.replace("{id}", &ticket));
    let method = method.to_uppercase().parse().unwrap();
    let mut request = persona.request_at(method, &path);
    if let Some(body) = body(id) {
        request = request.json(&body);
    }
    let answer = request.send().await;
    if matches!(name, "anonymous" | "outsider") {
        assert!(!answer.text.contains(&ticket), "{answer:#?}");
    }
    let facts = format!(
        "select actor_id from control.audit where request_id = '{}'",
        answer.header("x-request-id")
    );
    let facts = t.rows(&facts).await;
    if answer.status < 300 && !id.starts_with("list") && !id.starts_with("get") {
        assert_eq!(facts.len(), 1, "{name}: {answer:#?}");
        assert_eq!(facts[0]["actor_id"], persona.user().to_string());
    } else {
        assert_eq!(facts.len(), 0, "{name}: {answer:#?}");
    }
    answer.outcome()
}

async fn personas(t: &TestApp, a: &World, b: &World) -> Vec<(&'static str, Persona)> {
    let both = t.unseen_user("Both", "Traveller", "traveller@example.com");
    t.join(a, &both, "org:admin").await;
    t.join(b, &both, "org:member").await;
    let mut personas = vec![
        ("anonymous", t.anonymous()),
        ("outsider", b.owner().clone()),
    ];
    for role in ["guest_member", "member", "admin", "owner"] {
        personas.push((role, a.persona(role).clone()));
    }
    personas.push(("admin elsewhere", t.persona(&both).await.within(b)));
    for role in ["admin_staff", "super_admin"] {
        personas.push((role, t.staff(role).await.naming(a)));
    }
    personas
}
