//! `bailiwick tenants`: found by any of their names, asked for in another tier, tried again.

use bailiwick_kernel::{Code, Tier};
use bailiwick_services::{Error, fleet};
use bailiwick_store::fleet::tenants::Filter;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, event};
use jiff::SignedDuration;

use super::{COLOURS, pros};
use crate::isolation::schema_of;

async fn slugs(t: &TestApp, filter: Filter) -> Vec<String> {
    let store = t.app.store().clone().with_modules([COLOURS]);
    let found = store.list_tenants(&filter, None, 100).await.unwrap();
    found.into_iter().map(|tenant| tenant.slug).collect()
}

#[tokio::test]
async fn a_tenant_is_found_by_each_of_its_names() {
    let (t, [acme, globex]) = pros(["acme", "globex"]).await;
    let schema = schema_of(&t, &acme).await;
    for name in [
        "acme".to_owned(),
        acme.id.to_string(),
        acme.clerk_org_id.clone(),
        schema.clone(),
    ] {
        let found = t.app.store().find_tenant(&name).await.unwrap().unwrap();
        assert_eq!(found.id, acme.id, "{name}");
        assert_eq!(
            (found.tier.as_str(), found.state.as_str()),
            ("pro", "current")
        );
        assert_eq!(found.version, Some(bailiwick_store::fleet::newest()));
    }
    for name in ["tenant_shared", "nobody", "", "' or true --"] {
        assert!(
            t.app.store().find_tenant(name).await.unwrap().is_none(),
            "{name}"
        );
    }
    let _ = globex;
}

#[tokio::test]
async fn lists_are_narrowed_and_paged() {
    let (t, [acme, _]) = pros(["acme", "globex"]).await;
    t.tenant("initech", Tier::Starter).await;
    let schema = schema_of(&t, &acme).await;
    t.tamper(&format!(
        "update control.tenant_schemas set failed_at = now(), last_error = 'no' where schema_name = '{schema}'"
    ))
    .await;
    let filter = Filter::default;
    assert_eq!(slugs(&t, filter()).await, ["acme", "globex", "initech"]);
    let pro = Filter {
        tier: Some("pro"),
        ..filter()
    };
    assert_eq!(slugs(&t, pro).await, ["acme", "globex"]);
    let failed = Filter {
        state: Some("failed"),
        ..filter()
    };
    assert_eq!(slugs(&t, failed).await, ["acme"]);
    let behind = Filter {
        state: Some("behind"),
        ..filter()
    };
    assert_eq!(slugs(&t, behind).await, ["globex", "initech"]);
    let page = t
        .app
        .store()
        .list_tenants(&filter(), Some("acme"), 1)
        .await
        .unwrap();
    assert_eq!(page[0].slug, "globex");
}

#[tokio::test]
async fn a_tier_is_asked_for_once_and_is_a_fact() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for _ in 0..2 {
        let wanted = fleet::want(&t.app, "acme", Tier::Pro).await.unwrap();
        assert_eq!(wanted.tier_wanted, "pro");
    }
    let facts = t
        .rows("select before, after from control.audit where action = 'platform.want_tier'")
        .await;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["after"]["tierWanted"], "pro");
    t.settle().await;
    let found = fleet::find(&t.app, "acme").await.unwrap();
    assert_eq!(
        (found.tier.as_str(), found.state.as_str()),
        ("pro", "current")
    );
    let _ = acme.owner().get("/projects").await.assert_status(200);
    let Err(Error::Problem(problem)) = fleet::want(&t.app, "nobody", Tier::Pro).await else {
        panic!("nobody was moved");
    };
    assert_eq!(problem.code(), Code::NotFound);
}

#[tokio::test]
async fn what_could_not_be_made_is_tried_again() {
    let t = TestApp::start().await;
    t.expect_dead();
    t.tamper("revoke insert on control.placements from bailiwick_app")
        .await;
    let org = fixtures::organization("org_failed", "failed", "failed", "user_nobody", t.now());
    t.provider.know(&org);
    t.deliver(&event("organization.created", &org, t.now()))
        .await;
    t.settle_within(SignedDuration::from_secs(30)).await;
    t.tamper("grant insert on control.placements to bailiwick_app")
        .await;
    let failed = fleet::find(&t.app, "failed").await.unwrap();
    assert_eq!(
        (failed.provisioning_status.as_str(), failed.state.as_str()),
        ("FAILED", "none")
    );

    assert_eq!(fleet::retry_failed(&t.app).await.unwrap(), ["failed"]);
    t.settle().await;
    let made = fleet::find(&t.app, "failed").await.unwrap();
    assert_eq!(made.provisioning_status, "COMPLETED");
    assert!(
        !fleet::retry(&t.app, "failed").await.unwrap(),
        "nothing is left to do"
    );
    assert_eq!(fleet::retry_failed(&t.app).await.unwrap(), [""; 0]);
}
