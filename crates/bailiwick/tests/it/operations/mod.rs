//! Every operation of the served OpenAPI document × every persona, in both tiers, beside a tenant of
//! either.
//!
//! The table is a committed snapshot: a change of who may do what is a readable diff. An operation
//! that the generator cannot call fails the test, unless it stands in `operations.exceptions`,
//! which only shrinks.

mod generate;
mod repeated;
mod stage;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, Persona, TestApp};
use serde_json::Value;

use generate::Operation;
use stage::Stage;

/// Operations that the generator cannot call yet. Remove a line when it can; never add one.
const EXCEPTIONS: &str = include_str!("../operations.exceptions");

/// Operations that answer 2xx and write nothing where nothing is to be done, so that there is
/// nothing to record: the default installation makes no organization at the first visit, and a
/// question changes nothing.
const MAY_WRITE_NOTHING: [&str; 2] = ["bootstrap", "checkAuthorization"];

/// What A is called. Nothing of A may appear in an answer to a stranger.
const CANARY: &str = "canaryacme";

fn exceptions() -> Vec<&'static str> {
    EXCEPTIONS
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

/// What tenants of these tiers, the first asked for its things, look like to everybody: the same.
async fn every_operation_for_every_persona(tiers: (Tier, Tier)) {
    let t = TestApp::options().tiers_as_written().start().await;
    insta::assert_snapshot!("operations", table(&t, tiers).await);
}

#[tokio::test]
async fn of_a_starter_beside_a_starter() {
    every_operation_for_every_persona((Tier::Starter, Tier::Starter)).await;
}

#[tokio::test]
async fn of_a_starter_beside_a_pro() {
    every_operation_for_every_persona((Tier::Starter, Tier::Pro)).await;
}

#[tokio::test]
async fn of_a_pro_beside_a_starter() {
    every_operation_for_every_persona((Tier::Pro, Tier::Starter)).await;
}

#[tokio::test]
async fn of_a_pro_beside_a_pro() {
    every_operation_for_every_persona((Tier::Pro, Tier::Pro)).await;
}

async fn table(t: &TestApp, tiers: (Tier, Tier)) -> String {
    let document = t
        .anonymous()
        .get("/openapi.json")
        .await
        .assert_status(200)
        .json();
    let mut stage = Stage::set(t, tiers).await;
    let mut table = String::new();
    let mut exceptions = exceptions();
    for operation in generate::operations(&document) {
        if let Some(at) = exceptions.iter().position(|name| *name == operation.id) {
            exceptions.remove(at);
            assert!(
                !operation.is_callable(&document),
                "{} can be called now",
                operation.id
            );
            continue;
        }
        let outcomes = row(t, &mut stage, &document, &operation).await;
        writeln!(
            table,
            "{} {}  ({})",
            operation.method, operation.path, operation.id
        )
        .unwrap();
        for (outcome, personas) in outcomes {
            writeln!(table, "  {outcome:<30} {}", personas.join(", ")).unwrap();
        }
    }
    assert!(
        exceptions.is_empty(),
        "exceptions that no operation needs: {exceptions:?}"
    );
    table
}

/// `outcome → personas` of one operation.
async fn row(
    t: &TestApp,
    stage: &mut Stage<'_>,
    document: &Value,
    operation: &Operation,
) -> BTreeMap<String, Vec<&'static str>> {
    let mut outcomes: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    stage.prepare(operation).await;
    for (name, persona) in stage.personas() {
        let facts = t.audit_count().await;
        let call = operation.call(document, &stage.props());
        let mut request = persona.request_at(operation.method.clone(), &call.path);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        let answer = request.send().await;
        assert!(answer.status < 500, "{name}: {answer:#?}");
        if name == "outsider" {
            check_outsider(&answer, operation, &stage.secrets());
        }
        let is_change = operation.method.as_str() != "GET" && answer.status < 300;
        if is_change {
            let may_be_silent = MAY_WRITE_NOTHING.contains(&operation.id.as_str());
            if !may_be_silent {
                check_facts(t, name, &persona, &answer, facts).await;
            }
            stage.prepare(operation).await;
        }
        outcomes.entry(answer.outcome()).or_default().push(name);
    }
    outcomes
}

/// A change has recorded a fact, of this request and this person.
async fn check_facts(t: &TestApp, name: &str, persona: &Persona, answer: &Answer, before: i64) {
    let after = t.audit_count().await;
    assert!(after > before, "{name}: no fact was recorded: {answer:#?}");
    let request = answer.header("x-request-id");
    let query =
        format!("select actor_id, impersonator from control.audit where request_id = '{request}'");
    let facts = t.rows(&query).await;
    assert!(
        !facts.is_empty(),
        "{name}: no fact names the request: {answer:#?}"
    );
    let me = persona.user().to_string();
    assert!(
        facts.iter().all(|fact| fact["actor_id"] == me.as_str()),
        "{name}: a fact of somebody else: {facts:?}"
    );
    let is_acted_for = name == stage::IMPERSONATED;
    assert!(
        facts
            .iter()
            .all(|fact| fact["impersonator"].is_string() == is_acted_for),
        "{name}: a fact does not say who acted: {facts:?}"
    );
}

/// The owner of another tenant gets 404 for what is A's, and never a word of A.
fn check_outsider(answer: &Answer, operation: &Operation, secrets: &[String]) {
    if operation.names_a_thing() {
        let outcome = answer.outcome();
        assert_eq!(outcome, "404 NOT_FOUND", "{}: {answer:#?}", operation.id);
    }
    for secret in secrets {
        assert!(
            !answer.text.contains(secret),
            "{secret} is A's: {answer:#?}"
        );
    }
}
