//! Whatever is done to a chain past the product is found: cut off, replaced, forged, gone.

use std::sync::Arc;

use bailiwick_outside::storage::ObjectKey;
use bailiwick_services::audit::{LOOK_EVERY, What};
use bailiwick_store::Store;
use bailiwick_store::audit::{Chain, Keys};
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{behind, chained, findings, last, projects};

/// Takes away the last link with its facts; with the head, too, nothing inside the database tells.
async fn cut(t: &TestApp, world: &World, with_head: bool) {
    let (id, number) = (world.id, last(t, world).await);
    let head = format!(
        "update control.audit_heads h set number = s.number, total = s.total, head = s.head, published = s.number
         from control.audit_seals s where h.chain = '{id}' and s.chain = h.chain and s.number = {number} - 1;"
    );
    behind(
        t,
        &format!(
            "delete from control.audit where id in (
               select unnest(facts) from control.audit_seals where chain = '{id}' and number = {number});
             delete from control.audit_seals where chain = '{id}' and number = {number};
             {}",
            if with_head { &head } else { "" }
        ),
    )
    .await;
}

#[tokio::test]
async fn a_log_that_was_cut_off_is_found() {
    let (t, acme) = chained().await;
    let (chain, number) = (Chain::of(acme.id), last(&t, &acme).await);
    cut(&t, &acme, false).await;
    let cut_off = |last| What::CutOff {
        outside: number,
        last,
    };
    let elsewhere = What::HeadElsewhere {
        head: number,
        last: number - 1,
    };
    assert_eq!(
        findings(&t).await,
        [(chain, elsewhere), (chain, cut_off(number - 1))]
    );

    // Also with a rewound head, which only what is outside can tell.
    let (t, acme) = chained().await;
    let chain = Chain::of(acme.id);
    cut(&t, &acme, true).await;
    assert_eq!(findings(&t).await, [(chain, cut_off(number - 1))]);
    cut(&t, &acme, true).await;
    assert_eq!(findings(&t).await, [(chain, cut_off(number - 2))]);
    let without = bailiwick_services::audit::verify(t.app.store(), t.app.env(), None, None);
    assert_eq!(
        without.await.unwrap().findings,
        [],
        "the database alone is in good order"
    );
}

/// The chain grows again past the place where it was cut: what is outside still tells.
#[tokio::test]
async fn a_log_that_was_cut_off_and_grew_again_is_found() {
    let (t, acme) = chained().await;
    let (chain, number) = (Chain::of(acme.id), last(&t, &acme).await);
    cut(&t, &acme, true).await;
    cut(&t, &acme, true).await;
    for name in ["x", "y", "z", "w"] {
        projects(&acme, &[name]).await;
        t.seal().await;
        let found = findings(&t).await;
        let is_found = found.iter().any(|(at, what)| {
            *at == chain
                && match what {
                    What::CutOff { outside, .. } => *outside == number,
                    What::Replaced(at) => *at == number,
                    _ => false,
                }
        });
        assert!(is_found, "{name}: {found:?}");
    }
    assert!(last(&t, &acme).await > number);
}

/// Even where the attacker tells the sealer that the lost link is the one outside.
#[tokio::test]
async fn what_is_outside_is_not_removed_for_a_head_that_lies() {
    let (t, acme) = chained().await;
    let number = last(&t, &acme).await;
    cut(&t, &acme, true).await;
    projects(&acme, &["another"]).await;
    bailiwick_services::audit::seal(&t.app).await.unwrap();
    t.tamper(&format!(
        "update control.audit_heads set published = {number} where chain = '{}'",
        acme.id
    ))
    .await;
    projects(&acme, &["one more"]).await;
    t.seal().await;
    assert!(last(&t, &acme).await > number);
    let replaced = [(Chain::of(acme.id), What::Replaced(number))];
    assert_eq!(findings(&t).await, replaced);
    // Nor when all that is outside is looked at.
    for _ in 0..LOOK_EVERY {
        projects(&acme, &["still more"]).await;
        t.seal().await;
    }
    assert_eq!(findings(&t).await, replaced);
}

#[tokio::test]
async fn a_whole_chain_that_vanished_is_found() {
    let (t, acme) = chained().await;
    let (id, number) = (acme.id, last(&t, &acme).await);
    behind(
        &t,
        &format!(
            "delete from control.audit where tenant_id = '{id}';
             delete from control.audit_seals where chain = '{id}';
             delete from control.audit_heads where chain = '{id}';
             delete from control.placements where organization_id = '{id}';
             delete from control.memberships where organization_id = '{id}';
             delete from control.organizations where id = '{id}'"
        ),
    )
    .await;
    let cut_off = What::CutOff {
        outside: number,
        last: 0,
    };
    assert_eq!(findings(&t).await, [(Chain::of(id), cut_off)]);
}

#[tokio::test]
async fn links_and_what_is_outside_cannot_be_forged() {
    let (t, acme) = chained().await;
    let (chain, number) = (Chain::of(acme.id), last(&t, &acme).await);
    let missing = format!(
        "create table control.kept as select * from control.audit_seals where chain = '{0}' and number = 2;
         delete from control.audit_seals where chain = '{0}' and number = 2",
        acme.id
    );
    behind(&t, &missing).await;
    let found = findings(&t).await;
    assert!(found.contains(&(chain, What::LinkMissing(2))), "{found:?}");
    behind(
        &t,
        "insert into control.audit_seals select * from control.kept",
    )
    .await;
    assert_eq!(findings(&t).await, []);
    for change in [
        "total = total + 1",
        "sealed_at = now()",
        "head = sha256(head)",
    ] {
        behind(
            &t,
            &format!(
                "update control.audit_seals set {change} where chain = '{}' and number = 2",
                acme.id
            ),
        )
        .await;
        let found = findings(&t).await;
        assert!(
            found.contains(&(chain, What::LinkForged(2))),
            "{change}: {found:?}"
        );
        behind(&t, "delete from control.audit_seals s using control.kept k where s.chain = k.chain and s.number = k.number").await;
        behind(
            &t,
            "insert into control.audit_seals select * from control.kept",
        )
        .await;
    }
    let down = format!("{:019}", i64::MAX - number);
    let key = ObjectKey::from_segments(["audit-heads", &acme.id.to_string(), &down]).unwrap();
    let objects = t.app.objects();
    let kept = objects.get(&key, 4096).await.unwrap().unwrap();
    let mut forged: Value = serde_json::from_slice(&kept).unwrap();
    forged["total"] = json!(1);
    for body in [forged.to_string(), "{".to_owned()] {
        objects
            .put(&key, "application/json", body.into())
            .await
            .unwrap();
        assert_eq!(findings(&t).await, [(chain, What::OutsideForged(number))]);
    }
    objects.delete(&key).await.unwrap();
    assert_eq!(findings(&t).await, [], "it may be on its way");
    t.advance(SignedDuration::from_mins(2));
    assert_eq!(findings(&t).await, [(chain, What::NothingOutside)]);
}

/// A key is replaced by another: what the first signed is good for as long as it is known.
#[tokio::test]
async fn keys_are_rotated() {
    let (t, acme) = chained().await;
    let (old, new) = (
        format!("test:{}", "7e".repeat(32)),
        format!("next:{}", "8f".repeat(32)),
    );
    let store = |texts: &[&str]| {
        let keys = Keys::parse(texts.iter().copied()).unwrap();
        Store::new(t.app.store().pool().clone()).with_keys(Arc::new(keys))
    };
    let rotated = store(&[&new, &old]);
    projects(&acme, &["before"]).await;
    rotated.seal(t.app.env()).await.unwrap();
    let objects = t.app.objects().as_ref();
    let verify = async |store: &Store| {
        bailiwick_services::audit::verify(store, t.app.env(), Some(objects), None)
            .await
            .unwrap()
    };
    assert_eq!(verify(&rotated).await.findings, []);
    let forgotten = verify(&store(&[&new])).await.findings;
    assert!(forgotten.len() > 10, "{forgotten:?}");
    // Somebody else's key with the right name opens nothing.
    let other = format!("test:{}", "99".repeat(32));
    assert!(!verify(&store(&[&other])).await.findings.is_empty());
}
