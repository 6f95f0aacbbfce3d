//! The checks themselves: each loss, done on purpose, is noticed.

use std::fs;
use std::path::Path;

use crate::check::Findings;
use crate::database::Database;
use crate::ledger::{Document, Org, Person, Project};
use crate::machine::Machine;
use crate::ports::Ports;
use crate::product::Api;
use crate::steps;
use crate::wire::{Step, Stop, World};

/// What is done to the database, and which check must complain that did not before.
const HARMS: [(&str, &str); 11] = [
    (
        "update control.users set full_name = 'Somebody Else'",
        "USERS_DIFFER",
    ),
    (
        "update control.memberships set status = 'removed'",
        "MEMBERSHIPS_DIFFER",
    ),
    (
        "update control.idempotency set resource_id = gen_random_uuid()",
        "KEY_TO_NOTHING",
    ),
    ("delete from tenant_shared.project_members", "LEADLESS"),
    (
        "set session_replication_role = replica; \
         delete from control.audit where action = 'documents.confirm'; \
         reset session_replication_role",
        "UNRECORDED",
    ),
    ("delete from tenant_shared.documents", "RECORDED_ONLY"),
    ("delete from control.placements", "HALF_TENANT"),
    (
        "update idp.users set password_digest = null",
        "HALF_ACCOUNT",
    ),
    ("delete from control.webhook_inbox", "DELIVERED_ONLY"),
    (
        "update idp.webhook_deliveries set state = 'pending', finished_at = null",
        "UNDELIVERED",
    ),
    ("delete from idp.webhook_messages", "UNSAID"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_loss_would_be_noticed() {
    let mut machine = Machine::new("teeth", Ports::any());
    let (dev, environment) = machine.start(&["--no-demo"]);
    let world = World::new(&environment, 1);
    let mut person = Person::new("teeth");
    walk(&world, &mut person).await.unwrap();

    let database = Database::of(&machine.data_dir(), &environment).await;
    let (left, _) = database.settled().await;
    assert!(
        left.is_empty() && database.halves().await.is_empty(),
        "{left:?}"
    );
    let mut findings = Findings::default();
    findings.recall(&database.snapshot().await, &person);
    findings.visit(&world, &mut person, true).await.unwrap();
    assert!(findings.lost.is_empty() && findings.facts > 10);

    spoil(&machine.data_dir());
    let outcome = findings.visit(&world, &mut person, true).await;
    assert!(
        matches!(outcome, Err(Stop::Wrong(_))),
        "other bytes, and nobody complains"
    );

    // The sender and the worker would mend some of it.
    drop(dev);
    machine.await_nothing_left();
    let server = database_alone(&machine.data_dir()).await;
    let url = server.socket_url("postgres", "bailiwick");
    let database = Database::at(url).await;
    for (harm, name) in HARMS {
        let names = |complaints: Vec<String>| complaints.iter().any(|line| line.starts_with(name));
        assert!(
            !names(database.everything().await),
            "{name} complains too early"
        );
        database.harm(harm).await;
        assert!(
            names(database.everything().await),
            "{name} overlooks: {harm}"
        );
    }
    let mut findings = Findings::default();
    findings.recall(&database.snapshot().await, &person);
    assert_eq!(findings.lost.len(), 1, "{:?}", findings.lost);
    server.stop().await.unwrap();
}

async fn walk(world: &World, person: &mut Person) -> Step<()> {
    steps::person(world, person).await?;
    let mut org = Org::new("Org teeth".to_owned());
    steps::org(world, &mut person.browser, &mut org).await?;
    let api = Api::of(world, &mut person.browser, &mut org).await?;
    let mut project = Project::new("Project teeth".to_owned());
    steps::project(&api, &mut project).await?;
    let mut document = Document::new("teeth.bin".to_owned(), 1, 1000);
    steps::document(world, &api, &project.id, &mut document).await?;
    project.documents.push(document);
    org.projects.push(project);
    person.orgs.push(org);
    Ok(())
}

/// Changes a byte of every object.
fn spoil(data_dir: &Path) {
    let objects = data_dir.join("objects/bailiwick-dev/objects");
    for entry in fs::read_dir(objects).unwrap() {
        let path = entry.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes[0] ^= 1;
        fs::write(path, bytes).unwrap();
    }
}

async fn database_alone(data_dir: &Path) -> bailiwick_embedded::postgres::Postgres {
    use bailiwick_embedded::postgres::{Postgres, PostgresConfig};
    let config = PostgresConfig::new(data_dir.join("postgres"));
    Postgres::start(config).await.unwrap()
}
