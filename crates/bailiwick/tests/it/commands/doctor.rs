//! `bailiwick doctor`, on one PostgreSQL: there is no cluster here.

use bailiwick_kernel::Tier;
use bailiwick_pg::Pool;
use bailiwick_store::Store;
use bailiwick_store::cluster::probe::{self, Probe};
use bailiwick_testkit::TestApp;

use super::run;

#[tokio::test]
async fn a_sound_database_has_nothing_to_mend() {
    let t = TestApp::start().await;
    t.tenant("acme", Tier::Pro).await;
    assert_eq!(
        run(&t, &["doctor"]).await.answer(),
        "nothing has to be mended"
    );
    t.tamper("alter table tenant_shared.projects no force row level security")
        .await;
    let found = run(&t, &["doctor"]).await;
    insta::assert_snapshot!("doctor_refusal", found.complaint());
    t.tamper("alter table tenant_shared.projects force row level security")
        .await;
    assert_eq!(
        run(&t, &["doctor"]).await.answer(),
        "nothing has to be mended"
    );
}

#[tokio::test]
async fn without_citus_it_says_so_and_what_to_do() {
    let t = TestApp::start().await;
    let found = run(&t, &["doctor", "--citus"]).await;
    assert_eq!(found.out, "");
    insta::assert_snapshot!("doctor_without_citus", found.complaint());
}

async fn probed(t: &TestApp, owner: &Pool, store: &Store) -> Probe {
    let ids = [t.app.env().uuid(), t.app.env().uuid()];
    probe::probe(owner, store, &[], ids).await.unwrap()
}

/// The row that is tried on a cluster sees the same doors here. Of it nothing is left, and what a
/// probe that was killed left behind is no hindrance.
#[tokio::test]
async fn the_probe_leaves_nothing() {
    let t = TestApp::start().await;
    let (owner, store) = (t.database.owner().await, t.app.store());
    let all = "
        select (select count(*) from pg_class) as relations, (select count(*) from control.organizations) as organizations,
               (select count(*) from control.placements) as placements, (select count(*) from control.tenant_schemas) as noted,
               (select count(*) from control.changes) as changes";
    let before = t.rows(all).await;
    let sound = Probe {
        inside: 2,
        owner: Some("42501".to_owned()),
        ..Probe::default()
    };
    assert_eq!(probed(&t, &owner, store).await, sound);
    assert_eq!(t.rows(all).await, before);
    t.tamper("create schema tenant_0d0c0d0c0d0c0d0c create table projects ()")
        .await;
    t.tamper("alter schema tenant_0d0c0d0c0d0c0d0c owner to bailiwick_owner")
        .await;
    t.tamper("alter table tenant_0d0c0d0c0d0c0d0c.projects owner to bailiwick_owner")
        .await;
    assert_eq!(probed(&t, &owner, store).await, sound);
    assert_eq!(t.rows(all).await, before);
}

/// An owner to whom forced policies mean no rows instead of an error would lose a tenant.
#[tokio::test]
async fn the_probe_finds_an_owner_who_would_not_notice() {
    let t = TestApp::start().await;
    let database = t.database.name();
    t.tamper(&format!(
        "alter role bailiwick_owner in database {database} set row_security = on"
    ))
    .await;
    let owner = t.database.owner().await;
    let found = probed(&t, &owner, t.app.store()).await;
    assert_eq!(found.owner, None);
    assert!(
        found
            .judge()
            .iter()
            .any(|f| f.problem.contains("was not stopped")),
        "{found:?}"
    );
}
