//! A new schema is one transaction.

use bailiwick_pg::{Migration, Pool, Schema, sql};
use bailiwick_store::migrations::{self, ModuleTree};
use bailiwick_testkit::TestApp;

const NAME: &str = "tenant_0123456789ab";

sql! {
    /// Holds what [`WAITING`] waits for.
    HOLD() = "select pg_advisory_xact_lock(4711)";
    /// Ends whoever waits for an advisory lock.
    KILL() = "
        select count(pg_terminate_backend(pid)) from pg_stat_activity
        where wait_event_type = 'Lock' and wait_event = 'advisory' and datname = current_database()";
}

/// A tree that stops half-way until a lock is free.
const WAITING: ModuleTree = ModuleTree {
    name: "waiting",
    migrations: &[Migration {
        version: 1,
        name: "wait",
        sql: "create table {t}.first (tenant_id uuid primary key);\nselect pg_advisory_xact_lock(4711);\ncreate table {t}.second (tenant_id uuid primary key);",
    }],
};

/// A tree that cannot be applied.
const BROKEN: ModuleTree = ModuleTree {
    name: "broken",
    migrations: &[Migration {
        version: 1,
        name: "twice",
        sql: "create table {t}.first (tenant_id uuid primary key);\ncreate table {t}.first (tenant_id uuid primary key);",
    }],
};

fn schema() -> Schema {
    Schema::new(NAME).unwrap()
}

async fn traces(t: &TestApp) -> usize {
    let query = format!(
        "select 1 from pg_namespace where nspname = '{NAME}'
         union all select 1 from control.tenant_schemas where schema_name = '{NAME}'"
    );
    t.count(&query).await
}

async fn make(owner: &Pool, modules: &[ModuleTree]) -> bailiwick_store::Result<usize> {
    migrations::migrate_tenant(owner, &schema(), modules).await
}

#[tokio::test]
async fn what_cannot_be_made_leaves_nothing() {
    let t = TestApp::start().await;
    let owner = t.database.owner().await;
    let refused = make(&owner, &[BROKEN]).await.unwrap_err().to_string();
    let said = format!("migration {NAME} 1 twice");
    assert!(refused.starts_with(&said), "{refused}");
    assert_eq!(traces(&t).await, 0);
    // The connection is as good as new.
    assert_eq!(make(&owner, &[]).await.unwrap(), migrations::TENANT.len());
    assert_eq!(make(&owner, &[]).await.unwrap(), 0);
}

#[tokio::test]
async fn a_kill_half_way_leaves_nothing_and_the_next_try_makes_it() {
    let t = TestApp::start().await;
    let (owner, looking) = (t.database.owner().await, t.database.superuser().await);
    let mut holding = looking.begin().await.unwrap();
    holding.query(&HOLD, &[]).await.unwrap();

    let making = {
        let owner = owner.clone();
        tokio::spawn(async move { make(&owner, &[WAITING]).await })
    };
    loop {
        let row = looking.query_one(&KILL, &[]).await.unwrap();
        if row.get::<_, i64>(0) > 0 {
            break;
        }
        assert!(!making.is_finished(), "nothing stopped it");
        tokio::task::yield_now().await;
    }
    making.await.unwrap().unwrap_err();
    assert_eq!(traces(&t).await, 0);

    holding.commit().await.unwrap();
    assert_eq!(
        make(&owner, &[WAITING]).await.unwrap(),
        migrations::TENANT.len() + 1
    );
    assert_eq!(traces(&t).await, 2);
}

#[tokio::test]
async fn two_at_once_make_one() {
    let t = TestApp::start().await;
    let owner = t.database.owner().await;
    let (first, second) = futures::future::join(make(&owner, &[]), make(&owner, &[])).await;
    let applied = first.unwrap() + second.unwrap();
    assert_eq!(applied, migrations::TENANT.len());
}

/// As an installation leaves it that was made before versions were noted, or by hand.
#[tokio::test]
async fn an_empty_schema_of_that_name_is_filled() {
    let t = TestApp::start().await;
    let owner = t.database.owner().await;
    owner.batch(&format!("create schema {NAME}")).await.unwrap();
    assert_eq!(make(&owner, &[]).await.unwrap(), migrations::TENANT.len());
    let noted = "select version from control.tenant_schemas where schema_name = 'tenant_0123456789ab' and fingerprint <> 0";
    assert_eq!(t.count(noted).await, 1);
}
