//! The certificate: what it says, and that nobody else could have written it.

use bailiwick_kernel::Tier;
use bailiwick_services::removals::{self, Certificate};
use bailiwick_testkit::TestApp;

use super::{delete, furnished, remove};

#[tokio::test]
async fn it_says_what_was_removed_and_is_ours() {
    for tier in Tier::ALL {
        let t = TestApp::options().tiers_as_written().start().await;
        let acme = furnished(&t, "acme", *tier).await;
        let schema = t
            .app
            .store()
            .find_placement(acme.id)
            .await
            .unwrap()
            .unwrap()
            .schema;
        delete(&t, &acme).await;
        t.advance(super::LATER);
        t.settle().await;
        let facts = format!(
            "select id from control.audit where tenant_id = '{}'",
            acme.id
        );
        let facts = t.count(&facts).await;
        removals::schedule(&t.app).await.unwrap();
        t.settle().await;

        let store = t.app.store();
        let removal = store.look_up_removal("acme").await.unwrap().unwrap();
        let objects = Some(t.app.objects().as_ref());
        let read = removals::read(store, objects, &removal)
            .await
            .unwrap()
            .unwrap();
        assert!(read.is_genuine && read.is_outside == Some(true), "{read:?}");
        let said: Certificate = serde_json::from_str(&read.text).unwrap();
        assert_eq!(said.organization_id, acme.id.uuid());
        assert_eq!(
            (said.slug.as_str(), said.tier.as_str()),
            ("acme", tier.as_str())
        );
        assert_eq!((said.removed.objects, said.removed.bytes), (1, 43));
        let own = (*tier == Tier::Pro).then(|| schema.to_string());
        assert_eq!(said.removed.schema, own);
        for (table, rows) in [
            (format!("{schema}.projects"), 1),
            (format!("{schema}.members"), 5),
            (format!("{schema}.documents"), 2),
            (format!("{schema}.approvals"), 1),
            ("control.memberships".to_owned(), 5),
            ("control.invitations".to_owned(), 1),
            ("control.subscriptions".to_owned(), 1),
            ("control.subscription_items".to_owned(), 1),
            ("control.feature_flag_overrides".to_owned(), 1),
            ("control.organizations".to_owned(), 1),
            ("control.idempotency".to_owned(), 1),
            ("control.audit".to_owned(), i64::try_from(facts).unwrap()),
        ] {
            assert_eq!(
                said.removed.rows.get(&table),
                Some(&rows),
                "{table}: {}",
                read.text
            );
        }
        assert!(said.removed.rows["control.webhook_inbox"] >= 7);
        assert!(said.scanned.tables.len() > 15, "{:?}", said.scanned);
        assert!(!read.text.contains("example"), "it says nothing of people");

        // The database keeps it as it is; who writes past that is found out.
        let app = t.database.app(1).await;
        let edit = "update control.removals set certificate = 'nothing was there'";
        let error = app.batch(edit).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("42501"));
        t.tamper(&format!(
            "set session_replication_role = replica; {edit}; reset session_replication_role"
        ))
        .await;
        let removal = store.look_up_removal("acme").await.unwrap().unwrap();
        let read = removals::read(store, objects, &removal)
            .await
            .unwrap()
            .unwrap();
        assert!(
            !read.is_genuine && read.is_outside == Some(false),
            "{read:?}"
        );
    }
}

#[tokio::test]
async fn nothing_is_certified_while_something_is_left() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    t.tamper(
        "create table control.notes (id uuid primary key, about jsonb);
         grant select on control.notes to bailiwick_app",
    )
    .await;
    let (id, clerk) = (acme.id, &acme.clerk_org_id);
    for about in [format!(r#"{{"of": "{id}"}}"#), format!(r#"["{clerk}"]"#)] {
        t.tamper(&format!(
            "insert into control.notes values (gen_random_uuid(), '{about}')"
        ))
        .await;
    }
    t.tamper("insert into control.notes values (gen_random_uuid(), '[\"org_1234567\"]')")
        .await;
    delete(&t, &acme).await;
    remove(&t).await;
    assert_eq!(super::step(&t, &acme).await, "CONTROL");
    t.tamper("delete from control.notes where about <> '[\"org_1234567\"]'")
        .await;
    t.advance(jiff::SignedDuration::from_secs(61));
    t.settle().await;
    assert_eq!(super::step(&t, &acme).await, "DONE");
}
