//! Commands that are killed in the middle, by a signal that nobody can answer, and typed again. What
//! holds them up is a lock of the test's, so that each is killed where the test says and nowhere
//! else.

use bailiwick_kernel::Tier;
use bailiwick_pg::sql;
use bailiwick_testkit::TestApp;

use super::ends::nothing_is_left;
use super::migrate::{outdate, versions};
use super::{options, run, spawn, until};
use crate::archive;
use crate::isolation::schema_of;
use crate::removals::{furnished, keys, step};

sql! {
    /// Runs a text within a transaction of the test's.
    DO(TEXT) = "select public.run($1)";
}

/// Somebody waits for a lock of the test's.
const STUCK: &str = "
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
/// Nobody does, and nobody is left of a migration that was killed.
const ALONE: &str = "
    select 1 where not exists (select 1 from pg_stat_activity
      where datname = current_database() and (application_name = 'bailiwick migrate' or wait_event_type = 'Lock'))";

async fn prepare(t: &TestApp) {
    t.tamper(
        "create function public.run(p text) returns void language plpgsql as $$ begin execute p; end $$",
    )
    .await;
}

/// Holds what `lock` locks, lets the command run into it, and kills it there.
async fn kill_at(t: &TestApp, lock: &str, arguments: &[&str]) {
    let holder = t.database.superuser().await;
    let mut holding = holder.begin().await.unwrap();
    holding.query_one(&DO, &[&lock]).await.unwrap();
    let mut command = spawn(t, arguments);
    until(t, STUCK).await;
    command.start_kill().unwrap();
    let ended = command.wait().await.unwrap();
    assert_eq!(ended.code(), None, "it was killed: {ended}");
    drop(holding);
    drop(holder);
    until(t, ALONE).await;
}

/// Between two tenants, and in the middle of one: each is at one version or at the other, and in the
/// end all are at the newest.
#[tokio::test]
async fn a_migration_that_is_killed_leaves_no_tenant_half() {
    let t = options().start().await;
    prepare(&t).await;
    let mut schemas = Vec::new();
    for slug in ["acme", "globex", "hooli", "initech", "umbrella"] {
        let world = t.tenant(slug, Tier::Pro).await;
        let schema = schema_of(&t, &world).await;
        outdate(&t, &schema).await;
        schemas.push(schema);
    }
    schemas.sort();
    let migrate = ["migrate", "--jobs", "1", "--lock-timeout", "10m"];
    let between = format!(
        "select pg_advisory_xact_lock(hashtextextended('bailiwick.migrate.{}', 0))",
        schemas[1]
    );
    kill_at(&t, &between, &migrate).await;
    assert_eq!(versions(&t, &schemas).await, [3, 2, 2, 2, 2]);
    for (at, table) in [(1, "documents"), (2, "approvals"), (3, "schema_migrations")] {
        let inside = format!(
            "lock table {}.{table} in access exclusive mode",
            schemas[at]
        );
        kill_at(&t, &inside, &migrate).await;
        let found = versions(&t, &schemas).await;
        assert_eq!(found[..at], vec![3; at], "{found:?}");
        assert_eq!(
            found[at + 1..],
            vec![2; schemas.len() - at - 1],
            "{found:?}"
        );
    }
    run(&t, &["migrate"]).await.answer();
    assert_eq!(versions(&t, &schemas).await, [3; 5]);
    let sound = "every tenant is where and what it is noted to be";
    assert_eq!(run(&t, &["tenants", "verify"]).await.answer(), sound);
    assert_eq!(
        run(&t, &["migrate", "--dry-run"]).await.answer(),
        "there is nothing to do"
    );
}

#[tokio::test]
async fn an_import_that_is_killed_goes_on_and_doubles_nothing() {
    for tier in Tier::ALL {
        let t = options().s3().start().await;
        prepare(&t).await;
        let acme = archive::furnished(&t, "acme", Tier::Starter).await;
        let globex = t.tenant("globex", *tier).await;
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("acme.tar");
        let path = file.to_str().unwrap();
        run(&t, &["tenants", "export", "acme", "--out", path])
            .await
            .answer();
        let schema = schema_of(&t, &globex).await;
        let import = ["tenants", "import", path, "--into", "globex"];
        for table in ["members", "projects", "documents", "approvals"] {
            kill_at(
                &t,
                &format!("lock table {schema}.{table} in exclusive mode"),
                &import,
            )
            .await;
        }
        kill_at(&t, "lock table control.audit in exclusive mode", &import).await;
        let restored = run(&t, &import).await;
        // The last of those that were killed may have come to its end without its process.
        if restored.code != Some(0) {
            let said = restored.complaint();
            assert!(said.contains("it was restored here before"), "{said}");
        }
        assert_eq!(
            archive::contents(&t, &globex).await,
            archive::contents(&t, &acme).await
        );
        assert_eq!(
            archive::objects(&t, &globex).await,
            archive::objects(&t, &acme).await
        );
        let facts = t.audit().await;
        let facts = facts.iter().filter(|fact| *fact == "tenants.import");
        assert_eq!(facts.count(), 1);
        assert_eq!(
            t.count("select 1 from control.imports where finished_at is null")
                .await,
            0
        );
    }
}

#[tokio::test]
async fn a_removal_that_is_killed_goes_on_and_leaves_nothing() {
    for tier in Tier::ALL {
        let t = options().s3().start().await;
        prepare(&t).await;
        let acme = furnished(&t, "acme", *tier).await;
        let documents = format!("{}.documents", schema_of(&t, &acme).await);
        let delete = ["tenants", "delete", "acme", "--confirm", "acme", "--now"];
        run(&t, &delete[..5]).await.answer();
        // The last upload URL is over.
        t.tamper("update control.organizations set deleted_at = deleted_at - interval '2 hours' where deleted_at is not null")
            .await;
        let home = if *tier == Tier::Pro { "SCHEMA" } else { "ROWS" };
        let mut points = [
            ("control.idempotency", "ROWS"),
            (documents.as_str(), home),
            ("control.placements", "ROWS"),
            ("control.audit", "AUDIT"),
            ("control.memberships", "CONTROL"),
        ];
        if *tier == Tier::Pro {
            points.swap(1, 2);
        } else {
            points.swap(0, 1);
        }
        for (table, at) in points {
            let lock = format!("lock table {table} in exclusive mode");
            kill_at(&t, &lock, &delete).await;
            // What it waited for it may have got without its process.
            let now = step(&t, &acme).await;
            let steps = ["ROWS", "SCHEMA", "OBJECTS", "AUDIT", "CONTROL", "CERTIFY"];
            let place = |name: &str| steps.iter().position(|one| *one == name).unwrap();
            let is_next = now == "OBJECTS" && at == "ROWS";
            assert!(
                is_next || (0..=1).contains(&(place(&now) - place(at))),
                "{now} after {at}"
            );
            // Who died is waited for.
            t.tamper("update control.removals set held_until = null")
                .await;
        }
        let done = run(&t, &delete).await;
        assert!(done.answer().starts_with("acme is removed; "), "{done:?}");
        let own = format!("org/{}/", acme.clerk_org_id);
        assert!(!keys(&t).await.iter().any(|key| key.starts_with(&own)));
        nothing_is_left(&t, &acme).await;
        run(&t, &["tenants", "certificate", "acme"]).await.answer();
    }
}
