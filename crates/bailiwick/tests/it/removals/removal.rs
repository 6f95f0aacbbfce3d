//! What is removed, when, and what stays.

use bailiwick_kernel::Tier;
use bailiwick_services::{moves, removals};
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;

use super::{delete, furnished, keys, step, traces, upload};

/// Tables in which an organization that was removed may still be named.
const KEPT: [&str; 3] = [
    "control.removals",
    "control.audit_tombstones",
    "control.audit",
];

#[tokio::test]
async fn all_of_it_goes_and_nothing_of_others() {
    for tier in Tier::ALL {
        let t = TestApp::options().tiers_as_written().start().await;
        let acme = furnished(&t, "acme", *tier).await;
        let others = [
            furnished(&t, "globex", Tier::Starter).await,
            furnished(&t, "initech", Tier::Pro).await,
        ];
        delete(&t, &acme).await;
        let tables = traces(&t, &acme).await;
        for table in [
            "projects",
            "members",
            "documents",
            "approvals",
            "project_members",
        ] {
            let has = tables
                .iter()
                .any(|line| line.contains(&format!(".{table} ")));
            assert!(has, "nothing in {table} to remove");
        }
        // What others have due in the meantime is over before they are looked at.
        t.advance(super::LATER);
        t.settle().await;
        let mut before = Vec::new();
        for other in &others {
            before.push(traces(&t, other).await);
        }
        let keys_before = keys(&t).await;
        removals::schedule(&t.app).await.unwrap();
        t.settle().await;
        assert_eq!(step(&t, &acme).await, "DONE");

        for line in traces(&t, &acme).await {
            let table = line.split(' ').next().unwrap_or_default();
            assert!(KEPT.contains(&table), "{tier:?}: {line}");
        }
        let of_tenant = format!(
            "select 1 from control.audit where tenant_id = '{}'",
            acme.id
        );
        assert_eq!(t.count(&of_tenant).await, 0);
        let schemas = "select 1 from pg_namespace where nspname ~ '^tenant_[0-9a-f]'";
        assert_eq!(t.count(schemas).await, 1, "initech's alone");
        for (other, before) in others.iter().zip(before) {
            assert_eq!(traces(&t, other).await, before, "{}", other.slug);
        }
        let own = format!("org/{}/", acme.clerk_org_id);
        let (gone, left): (Vec<_>, Vec<_>) = keys_before
            .into_iter()
            .partition(|key| key.starts_with(&own));
        assert_eq!(gone.len(), 1);
        let certificate = format!("removal-certificates/{}", acme.id);
        let now: Vec<_> = keys(&t)
            .await
            .into_iter()
            .filter(|key| *key != certificate)
            .collect();
        assert_eq!(now, left);
    }
}

#[tokio::test]
async fn it_is_kept_for_as_long_as_was_set() {
    let kept = SignedDuration::from_hours(48);
    let options = TestApp::options().rules(|rules| rules.tenant_retention = kept);
    let t = options.start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    delete(&t, &acme).await;
    t.advance(kept - SignedDuration::from_secs(1));
    assert_eq!(removals::schedule(&t.app).await.unwrap(), 0);
    t.settle().await;
    assert_eq!(step(&t, &acme).await, "none");
    t.advance(SignedDuration::from_secs(1));
    assert_eq!(removals::schedule(&t.app).await.unwrap(), 1);
    t.settle().await;
    assert_eq!(step(&t, &acme).await, "DONE");
    // Looking again begins nothing again.
    assert_eq!(removals::schedule(&t.app).await.unwrap(), 0);
}

#[tokio::test]
async fn an_organization_that_lives_is_not_removed() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    t.advance(super::LATER);
    assert_eq!(removals::schedule(&t.app).await.unwrap(), 0);
    assert!(!removals::begin(&t.app, acme.id, "a mistake").await.unwrap());
    for statement in [
        format!("select control.close_tenant('{}')", acme.id),
        format!(
            "select * from control.forget_organization('{}', 10)",
            acme.id
        ),
    ] {
        let pool = t.database.app(1).await;
        let error = pool.batch(&statement).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("42501"), "{statement}: {error}");
    }
    let _ = acme.owner().get("/projects").await.assert_status(200);
}

/// An upload URL lives for an hour, whatever happens here: what it brings is gone too, and nothing
/// is certified before the last one is over.
#[tokio::test]
async fn what_a_signed_url_brings_late_is_removed_too() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let project = acme.owner().create_project("late").await;
    let late = upload(&t, &acme, &project, false).await;
    delete(&t, &acme).await;
    assert!(removals::begin(&t.app, acme.id, "at once").await.unwrap());
    t.settle().await;
    assert_eq!(step(&t, &acme).await, "OBJECTS");
    assert_eq!(t.put_object(&late, super::BYTES).await, 200);
    t.advance(SignedDuration::from_mins(76));
    t.settle().await;
    assert_eq!(step(&t, &acme).await, "DONE");
    let own = format!("org/{}/", acme.clerk_org_id);
    assert!(!keys(&t).await.iter().any(|key| key.starts_with(&own)));
    let removal = t.app.store().find_removal(acme.id).await.unwrap().unwrap();
    assert_eq!(removal.counts["objects"], 2);
}

#[tokio::test]
async fn many_rows_go_in_batches() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let owner = acme.owner().user();
    t.tamper(&format!(
        "insert into tenant_shared.projects (tenant_id, id, name, created_by, created_at, updated_at)
         select '{}', gen_random_uuid(), 'p' || n, '{owner}', now(), now() from generate_series(1, 1200) n",
        acme.id
    ))
    .await;
    delete(&t, &acme).await;
    assert!(removals::begin(&t.app, acme.id, "at once").await.unwrap());
    assert!(t.app.store().hold_removal(acme.id, t.now()).await.unwrap());
    let left = format!(
        "select id from tenant_shared.projects where tenant_id = '{}'",
        acme.id
    );
    let (mut most, mut before) = (0, t.count(&left).await);
    while step(&t, &acme).await == "ROWS" {
        removals::advance(&t.app, acme.id).await.unwrap();
        let now = t.count(&left).await;
        most = most.max(before - now);
        before = now;
    }
    assert_eq!((most, before), (500, 0));
}

/// A tenant that is on the move has two homes: both are left.
#[tokio::test]
async fn a_tenant_on_the_move_leaves_both_homes() {
    for (from, to) in [(Tier::Starter, Tier::Pro), (Tier::Pro, Tier::Starter)] {
        for steps in [1, 3, 5] {
            let t = TestApp::options().tiers_as_written().start().await;
            let acme = furnished(&t, "acme", from).await;
            let mut tx = t.app.store().control().await.unwrap();
            moves::want(&t.app, &mut tx, acme.id, to).await.unwrap();
            tx.commit().await.unwrap();
            for _ in 0..steps {
                moves::step(&t.app, acme.id).await.unwrap();
            }
            let open = t.count("select 1 from control.moves").await;
            assert_eq!(open, 1, "{steps} steps are too many to be under way");
            t.tamper("delete from control.jobs where kind = 'tenants.move'")
                .await;
            delete(&t, &acme).await;
            t.advance(super::LATER);
            removals::schedule(&t.app).await.unwrap();
            t.settle().await;
            assert_eq!(step(&t, &acme).await, "DONE", "{from:?} after {steps}");
            for line in traces(&t, &acme).await {
                let table = line.split(' ').next().unwrap_or_default();
                assert!(KEPT.contains(&table), "{from:?} after {steps}: {line}");
            }
            let schemas = "select 1 from pg_namespace where nspname ~ '^tenant_[0-9a-f]'";
            assert_eq!(t.count(schemas).await, 0, "{from:?} after {steps}");
        }
    }
}
