//! `bailiwick migrate`, with tenants that are a version behind.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{TestApp, World};

use super::{Names, options, run};
use crate::isolation::schema_of;

/// Takes the newest migration of a schema back, with the note and the ledger.
pub(super) async fn outdate(t: &TestApp, schema: &str) {
    for table in [
        "members",
        "projects",
        "project_members",
        "documents",
        "approvals",
    ] {
        t.tamper(&format!("drop trigger capture_{table} on {schema}.{table}"))
            .await;
    }
    t.tamper(&format!("drop table {schema}.move_log")).await;
    t.tamper(&format!(
        "delete from {schema}.schema_migrations where version = 3"
    ))
    .await;
    t.tamper(&format!(
        "update control.tenant_schemas set version = 2, fingerprint = 0 where schema_name = '{schema}'"
    ))
    .await;
}

/// At which version each of these is: by its ledger, and by its tables.
pub(super) async fn versions(t: &TestApp, schemas: &[String]) -> Vec<i64> {
    let mut all = Vec::new();
    for schema in schemas {
        let query = format!(
            "select max(version) as version,
                    (select count(*) from pg_trigger where tgname like 'capture\\_%' and tgrelid in
                      (select oid from pg_class where relnamespace = '{schema}'::regnamespace)) as triggers,
                    to_regclass('{schema}.move_log') is not null as is_logged
             from {schema}.schema_migrations"
        );
        let row = t.rows(&query).await.remove(0);
        let version = row["version"].as_i64().unwrap();
        let whole = match version {
            3 => (5, true),
            _ => (0, false),
        };
        let found = (
            row["triggers"].as_i64().unwrap(),
            row["is_logged"].as_bool().unwrap(),
        );
        assert_eq!(found, whole, "{schema} is half at version {version}");
        all.push(version);
    }
    all
}

async fn three() -> (TestApp, [World; 3], Vec<String>) {
    let t = options().start().await;
    let mut worlds = Vec::new();
    let mut schemas = Vec::new();
    for slug in ["acme", "globex", "initech"] {
        let world = t.tenant(slug, Tier::Pro).await;
        let schema = schema_of(&t, &world).await;
        outdate(&t, &schema).await;
        worlds.push(world);
        schemas.push(schema);
    }
    (
        t,
        worlds.try_into().unwrap_or_else(|_| unreachable!()),
        schemas,
    )
}

#[tokio::test]
async fn a_fleet_that_is_behind_comes_along() {
    let (t, worlds, schemas) = three().await;
    let names = Names::of(&t).await;
    let mut foretold: Vec<String> = Vec::new();
    let said = run(&t, &["migrate", "--dry-run"]).await;
    foretold.extend(names.redact(said.answer()).lines().map(str::to_owned));
    foretold.sort();
    insta::assert_snapshot!("migrate_dry_run", foretold.join("\n"));
    assert_eq!(versions(&t, &schemas).await, [2, 2, 2]);

    // Whose migration fails, and what it takes with it.
    t.tamper(&format!("create table {}.move_log ()", schemas[1]))
        .await;
    let stopped = run(&t, &["migrate", "--canary", "globex"]).await;
    insta::assert_snapshot!("migrate_canary", names.redact(stopped.complaint()));
    let others = [schemas[0].clone(), schemas[2].clone()];
    assert_eq!(versions(&t, &others).await, [2, 2]);
    let skipped = run(&t, &["migrate", "--canary", "acme", "--jobs", "2"]).await;
    insta::assert_snapshot!("migrate_failed", names.redact(skipped.complaint()));
    assert!(
        names
            .redact(&skipped.out)
            .contains("[schema of globex] failed: "),
        "{skipped:?}"
    );
    assert_eq!(versions(&t, &others).await, [3, 3]);
    let listed = run(&t, &["tenants", "list", "--state", "failed"]).await;
    insta::assert_snapshot!("tenants_failed", names.redact(listed.answer()));
    let _ = worlds[1].owner().get("/projects").await.assert_status(200);

    let again = run(&t, &["migrate", "--retry"]).await;
    assert!(
        again.complaint().starts_with("1 tenants failed"),
        "{again:?}"
    );
    t.tamper(&format!("drop table {}.move_log", schemas[1]))
        .await;
    let mended = run(&t, &["migrate", "--retry"]).await;
    assert_eq!(
        mended.answer(),
        "1 migrations applied; 1 tenants' own schemas brought to this version"
    );
    assert_eq!(versions(&t, &schemas).await, [3, 3, 3]);
    let nothing = run(&t, &["migrate", "--dry-run"]).await;
    assert_eq!(nothing.answer(), "there is nothing to do");
}

#[tokio::test]
async fn what_it_is_told_must_make_sense() {
    let (t, _, schemas) = three().await;
    t.tenant("shared", Tier::Starter).await;
    for (arguments, word) in [
        (["--canary", "nobody"], "no tenant is called nobody"),
        (["--canary", "Tenant!"], "no tenant is called Tenant!"),
        (["--canary", "shared"], "shared has no schema of its own"),
    ] {
        let refused = run(&t, &[&["migrate"], &arguments[..]].concat()).await;
        assert!(refused.complaint().starts_with(word), "{refused:?}");
    }
    for arguments in [
        ["--jobs", "0"],
        ["--lock-timeout", "0ms"],
        ["--lock-timeout", "soon"],
    ] {
        let refused = run(&t, &[&["migrate"], &arguments[..]].concat()).await;
        assert_eq!(refused.code, Some(2), "{refused:?}");
        assert!(refused.err.contains(arguments[0]), "{refused:?}");
    }
    assert_eq!(versions(&t, &schemas).await, [2, 2, 2]);
    let nowhere = super::run_with(&[], &["migrate"]).await;
    assert!(
        nowhere.complaint().contains("DATABASE_MIGRATION_URL"),
        "{nowhere:?}"
    );
}
