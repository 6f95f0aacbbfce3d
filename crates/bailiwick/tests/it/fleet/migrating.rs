//! `bailiwick migrate` over all tenants.

use std::sync::Mutex;
use std::time::Duration;

use bailiwick_pg::{Pool, sql};
use bailiwick_services::fleet::{self, Event, Options, Report};
use bailiwick_store::fleet::{behind, plan};
use bailiwick_store::migrations::{self, ModuleTree};
use bailiwick_testkit::TestApp;

use super::{COLOURS, catalog, coloured, pros};
use crate::isolation::schema_of;

sql! {
    /// Has a schema to itself among migrations.
    HOLD(TEXT) = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
}

async fn migrate(owner: &Pool, modules: &[ModuleTree], options: Options) -> Report {
    fleet::run(owner, modules, &options, &|_| {}).await.unwrap()
}

async fn failed(t: &TestApp) -> usize {
    t.count("select 1 from control.tenant_schemas where failed_at is not null and attempts > 0")
        .await
}

#[tokio::test]
async fn everything_comes_along_and_then_there_is_nothing_to_do() {
    let (t, _) = pros(["acme", "globex", "initech"]).await;
    let owner = t.database.owner().await;
    assert!(behind(&owner, &[], false).await.unwrap().is_empty());
    assert_eq!(behind(&owner, &[COLOURS], false).await.unwrap().len(), 3);

    let report = migrate(&owner, &[COLOURS], Options::default()).await;
    assert_eq!((report.applied, report.upgraded), (4, 3), "{report:?}");
    assert_eq!(coloured(&t).await.len(), 4, "the shared schema as well");
    assert!(plan(&owner, &[COLOURS], false).await.unwrap().is_empty());
    let again = migrate(&owner, &[COLOURS], Options::default()).await;
    assert_eq!(again, Report::default());
}

#[tokio::test]
async fn a_dry_run_changes_nothing() {
    let (t, _) = pros(["acme", "globex"]).await;
    let owner = t.database.owner().await;
    let before = catalog(&t).await;
    let plan = plan(&owner, &[COLOURS], false).await.unwrap();
    assert_eq!(plan.control, [""; 0]);
    assert_eq!(plan.shared, ["schema_migrations_colours 1 colour"]);
    assert_eq!(plan.tenants.len(), 2);
    assert_eq!(catalog(&t).await, before);
}

#[tokio::test]
async fn what_fails_is_skipped_listed_and_tried_again() {
    let (t, worlds) = pros(["acme", "globex", "initech"]).await;
    let owner = t.database.owner().await;
    let bad = schema_of(&t, &worlds[1]).await;
    t.tamper(&format!("alter table {bad}.projects add column colour int"))
        .await;
    let options = || Options {
        canary: Some("acme".to_owned()),
        ..Options::default()
    };
    let report = migrate(&owner, &[COLOURS], options()).await;
    assert_eq!(report.upgraded, 2);
    let [failure] = report.failed.as_slice() else {
        panic!("{report:?}");
    };
    assert_eq!(failure.schema, bad);
    assert!(failure.error.contains("1 colour"), "{failure:?}");
    assert!(!report.stopped);
    assert_eq!(failed(&t).await, 1);
    let census = t.app.store().clone().with_modules([COLOURS]);
    let census = census.fleet_census().await.unwrap();
    assert_eq!((census.schemas, census.behind, census.failed), (3, 1, 1));
    // Who lives there goes on working at the version before.
    let _ = worlds[1].owner().get("/projects").await.assert_status(200);

    let only_failed = || Options {
        only_failed: true,
        ..Options::default()
    };
    let again = migrate(&owner, &[COLOURS], only_failed()).await;
    assert_eq!((again.upgraded, again.failed.len()), (0, 1));
    t.tamper(&format!("alter table {bad}.projects drop column colour"))
        .await;
    let mended = migrate(&owner, &[COLOURS], only_failed()).await;
    assert_eq!(
        (mended.applied, mended.upgraded, mended.failed.len()),
        (1, 1, 0)
    );
    assert_eq!(failed(&t).await, 0);
}

#[tokio::test]
async fn where_the_canary_fails_nobody_else_is_touched() {
    let (t, worlds) = pros(["acme", "globex", "initech"]).await;
    let owner = t.database.owner().await;
    let bad = schema_of(&t, &worlds[2]).await;
    t.tamper(&format!("alter table {bad}.projects add column colour int"))
        .await;
    let options = Options {
        canary: Some("initech".to_owned()),
        ..Options::default()
    };
    let report = migrate(&owner, &[COLOURS], options.clone()).await;
    assert!(report.stopped && report.upgraded == 0, "{report:?}");
    let mut expected = vec![bad, migrations::SHARED.to_owned()];
    expected.sort();
    assert_eq!(coloured(&t).await, expected);

    for nobody in ["nobody", "Tenant!"] {
        let canary = Some(nobody.to_owned());
        let options = Options {
            canary,
            ..options.clone()
        };
        let refused = fleet::run(&owner, &[COLOURS], &options, &|_| {}).await;
        assert!(refused.is_err(), "{nobody}");
    }
}

#[tokio::test]
async fn two_at_once_do_it_once() {
    let (t, _) = pros(["acme", "globex", "initech"]).await;
    let (one, other) = (t.database.owner().await, t.database.owner().await);
    let (first, second) = futures::future::join(
        migrate(&one, &[COLOURS], Options::default()),
        migrate(&other, &[COLOURS], Options::default()),
    )
    .await;
    assert_eq!(first.applied + second.applied, 4, "{first:?} {second:?}");
    assert!(first.failed.is_empty() && second.failed.is_empty());
    assert_eq!(coloured(&t).await.len(), 4);
}

/// A tenant that cannot be had just then comes later, and holds up nobody else.
#[tokio::test]
async fn who_is_busy_comes_later() {
    let (t, worlds) = pros(["acme", "globex", "initech"]).await;
    let (owner, busy) = (t.database.owner().await, t.database.superuser().await);
    let schema = schema_of(&t, &worlds[1]).await;
    let mut holding = busy.begin().await.unwrap();
    let key = format!("bailiwick.migrate.{schema}");
    holding.query(&HOLD, &[&key]).await.unwrap();
    let holding = Mutex::new(Some(holding));
    let events = Mutex::new(Vec::new());
    let options = Options {
        lock_timeout: Duration::from_millis(20),
        ..Options::default()
    };
    let tell = |event: Event<'_>| match event {
        Event::Later(which, _) => {
            events.lock().unwrap().push(format!("later {which}"));
            // Dropped, and so rolled back: it is free from here on.
            holding.lock().unwrap().take();
        }
        Event::Done(which) => events.lock().unwrap().push(format!("done {which}")),
        _ => {}
    };
    let report = fleet::run(&owner, &[COLOURS], &options, &tell)
        .await
        .unwrap();
    assert_eq!((report.upgraded, report.failed.len()), (3, 0));
    let events = events.into_inner().unwrap();
    let later = events.iter().position(|e| *e == format!("later {schema}"));
    let done = events.iter().position(|e| *e == format!("done {schema}"));
    assert!(later.unwrap() < done.unwrap(), "{events:?}");
}

/// An installation from before versions were noted, and one whose notes are not true.
#[tokio::test]
async fn what_is_noted_is_made_up_for_from_the_ledgers() {
    let (t, _) = pros(["acme", "globex"]).await;
    let owner = t.database.owner().await;
    t.tamper("delete from control.tenant_schemas").await;
    let report = migrate(&owner, &[], Options::default()).await;
    assert_eq!((report.applied, report.upgraded), (0, 2));
    let noted =
        "select 1 from control.tenant_schemas where version > 0 and migrated_at is not null";
    assert_eq!(t.count(noted).await, 3);
}

/// A schema that a placement names and that is gone is not made anew in silence.
#[tokio::test]
async fn what_is_gone_is_a_failure_and_not_an_empty_schema() {
    let (t, worlds) = pros(["acme", "globex"]).await;
    let owner = t.database.owner().await;
    let gone = schema_of(&t, &worlds[1]).await;
    t.tamper(&format!("drop schema {gone} cascade")).await;
    let options = Options {
        canary: Some("acme".to_owned()),
        ..Options::default()
    };
    let report = migrate(&owner, &[COLOURS], options).await;
    assert_eq!(report.failed.len(), 1);
    let there = format!("select 1 from pg_namespace where nspname = '{gone}'");
    assert_eq!(t.count(&there).await, 0);
}

#[tokio::test]
async fn a_tenant_that_is_too_far_behind_waits_and_the_others_go_on() {
    let (t, worlds) = pros(["acme", "globex"]).await;
    let behind = schema_of(&t, &worlds[1]).await;
    t.tamper(&format!(
        "alter table {behind}.projects rename column description to words"
    ))
    .await;
    let refused = worlds[1].owner().get("/projects").await;
    let refused = refused.assert_problem(503, "TENANT_BEHIND");
    assert_eq!(refused.header("retry-after"), "30");
    assert!(!refused.text.contains("description"), "{refused:?}");
    let _ = worlds[0].owner().get("/projects").await.assert_status(200);
}
