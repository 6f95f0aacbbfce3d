//! A removal that is cut off anywhere is taken up, and comes to the same.

use bailiwick_kernel::Tier;
use bailiwick_services::removals::{self, Certificate, Went};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;

use super::{delete, furnished, keys, step};
use crate::abandoned::abandon;

async fn begun(tier: Tier) -> (TestApp, World) {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = furnished(&t, "acme", tier).await;
    delete(&t, &acme).await;
    t.advance(super::LATER);
    assert!(removals::begin(&t.app, acme.id, "at once").await.unwrap());
    // What the job would do the test does.
    t.tamper("delete from control.jobs where kind = 'tenants.remove'")
        .await;
    (t, acme)
}

async fn certificate(t: &TestApp, world: &World) -> Certificate {
    let removal = t.app.store().find_removal(world.id).await.unwrap().unwrap();
    serde_json::from_str(&removal.certificate.unwrap().text).unwrap()
}

/// What it counts, wherever it was cut off.
async fn expected(tier: Tier) -> Certificate {
    let (t, acme) = begun(tier).await;
    removals::run(&t.app, acme.id).await.unwrap();
    assert_eq!(step(&t, &acme).await, "DONE");
    certificate(&t, &acme).await
}

#[tokio::test]
async fn cut_off_at_any_point_it_comes_to_the_same() {
    for tier in Tier::ALL {
        let expected = expected(*tier).await;
        let (t, acme) = begun(*tier).await;
        let mut polls = 1;
        while step(&t, &acme).await != "DONE" {
            abandon(removals::run(&t.app, acme.id), polls).await;
            // Who died is waited for.
            t.advance(SignedDuration::from_secs(61));
            // A batch takes as many as the machine is slow.
            polls += 3 + polls / 100;
            assert!(polls < 10_000_000, "it never ends");
        }
        let found = certificate(&t, &acme).await;
        assert_eq!(found.removed.objects, expected.removed.objects);
        assert_eq!(found.removed.bytes, expected.removed.bytes);
        for (table, rows) in &expected.removed.rows {
            // The schema's name is of the organization's id.
            let name = table.rsplit('.').next().unwrap_or_default();
            let mut same = found.removed.rows.iter();
            let same = same.find(|(other, _)| other.ends_with(&format!(".{name}")));
            assert_eq!(same.map(|(_, rows)| *rows), Some(*rows), "{tier:?} {table}");
        }
        let own = format!("org/{}/", acme.clerk_org_id);
        assert!(!keys(&t).await.iter().any(|key| key.starts_with(&own)));
        let facts = "select 1 from control.audit where action = 'tenants.remove'";
        assert_eq!(t.count(facts).await, 1);
        t.seal().await;
    }
}

/// Batch by batch, each in a process of its own.
#[tokio::test]
async fn each_batch_can_be_the_last_of_its_process() {
    for tier in Tier::ALL {
        let (t, acme) = begun(*tier).await;
        let mut seen = Vec::new();
        loop {
            let at = step(&t, &acme).await;
            if seen.last() != Some(&at) {
                seen.push(at);
            }
            // Twice: the second finds what the first left.
            assert!(t.app.store().hold_removal(acme.id, t.now()).await.unwrap());
            let went = removals::advance(&t.app, acme.id).await.unwrap();
            t.advance(SignedDuration::from_secs(61));
            if went == Went::Done {
                break;
            }
        }
        let own = [&["ROWS"][..], &["SCHEMA"][..tier_steps(*tier)]].concat();
        let all = [&own[..], &["OBJECTS", "AUDIT", "CONTROL", "CERTIFY"]].concat();
        assert_eq!(seen, all);
    }
}

fn tier_steps(tier: Tier) -> usize {
    usize::from(tier == Tier::Pro)
}

#[tokio::test]
async fn two_do_not_work_on_one() {
    let (t, acme) = begun(Tier::Starter).await;
    assert!(t.app.store().hold_removal(acme.id, t.now()).await.unwrap());
    assert!(!t.app.store().hold_removal(acme.id, t.now()).await.unwrap());
    removals::run(&t.app, acme.id).await.unwrap();
    assert_eq!(step(&t, &acme).await, "ROWS", "somebody else is at it");
    t.advance(SignedDuration::from_secs(61));
    removals::run(&t.app, acme.id).await.unwrap();
    assert_eq!(step(&t, &acme).await, "DONE");
}

/// The object store is away: nothing is lost, and it goes on when it is back.
#[tokio::test]
async fn it_waits_for_the_object_store() {
    let (t, acme) = begun(Tier::Starter).await;
    t.memory().set_failing(true);
    assert!(removals::run(&t.app, acme.id).await.is_err());
    assert_eq!(step(&t, &acme).await, "OBJECTS");
    t.memory().set_failing(false);
    removals::run(&t.app, acme.id).await.unwrap();
    assert_eq!(step(&t, &acme).await, "DONE");
}
