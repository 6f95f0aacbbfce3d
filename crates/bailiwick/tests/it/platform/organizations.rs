//! All organizations: found, looked at, and made where that failed.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, changed, event};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{all, facts};

/// An organization whose tenant could not be made.
async fn failed(t: &TestApp) -> String {
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
    t.organization_id("org_failed").await.to_string()
}

#[tokio::test]
async fn every_organization_is_found_by_what_is_known_of_it() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let hundred = t
        .organization("hundred", &json!({"id": "user_x"}), Tier::Starter)
        .await;
    t.advance(SignedDuration::from_secs(1));
    let renamed = changed(&hundred.resource, t.now(), json!({"name": "100%_sure"}));
    t.apply(&event("organization.updated", &renamed, t.now()))
        .await;
    let gone = t
        .organization("gone", &json!({"id": "user_x"}), Tier::Starter)
        .await;
    let deleted = fixtures::deleted(&gone.resource);
    t.provider.forget(&gone.clerk_org_id);
    t.apply(&event("organization.deleted", &deleted, t.now()))
        .await;
    let failed = failed(&t).await;
    let staff = t.staff("admin_staff").await;
    let slugs =
        async |query: &str| all(&staff, &format!("/platform/organizations?{query}&"), "slug").await;

    assert_eq!(
        slugs("").await,
        ["hundred", "acme", "failed", "globex", "gone"]
    );
    for (query, expected) in [
        ("search=GLOB".to_owned(), vec!["globex"]),
        ("search=%20acme%20".to_owned(), vec!["acme"]),
        (format!("search={}", acme.id), vec!["acme"]),
        (format!("search={failed}"), vec!["failed"]),
        (format!("search={}", globex.clerk_org_id), vec!["globex"]),
        // No pattern: what people type is what is looked for.
        ("search=%25".to_owned(), vec!["hundred"]),
        ("search=_".to_owned(), vec!["hundred"]),
        ("search=nothing".to_owned(), vec![]),
        (
            "search=".to_owned(),
            vec!["hundred", "acme", "failed", "globex", "gone"],
        ),
        ("tier=pro".to_owned(), vec!["globex"]),
        ("state=deleted".to_owned(), vec!["gone"]),
        (
            "state=active&tier=starter".to_owned(),
            vec!["hundred", "acme", "failed"],
        ),
        ("provisioningStatus=FAILED".to_owned(), vec!["failed"]),
        ("plan=enterprise".to_owned(), vec![]),
    ] {
        assert_eq!(slugs(&query).await, expected, "{query}");
    }
    let long = format!("search={}", "x".repeat(257));
    for (query, field) in [
        ("state=x", "state"),
        ("tier=PRO", "tier"),
        ("provisioningStatus=done", "provisioningStatus"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        (long.as_str(), "search"),
        ("search=%00", "search"),
    ] {
        let refused = staff.get(format!("/platform/organizations?{query}")).await;
        let _ = refused.assert_invalid(&[field]);
    }
}

#[tokio::test]
async fn one_organization_with_its_tenant() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.tamper(&format!(
        "insert into control.subscription_items (clerk_item_id, clerk_org_id, plan_slug, status, is_free_trial,
                                                 clerk_updated_at, clerk_event_at, updated_at)
         values ('csub_item_1', '{}', 'team', 'active', false, now(), now(), now())",
        acme.clerk_org_id
    ))
    .await;
    let staff = t.staff("admin_staff").await;
    let path = format!("/platform/organizations/{}", acme.id);
    let found = staff.get(&path).await.assert_status(200);
    insta::assert_json_snapshot!("platform_organization", found.redacted());
    let listed = staff.get("/platform/organizations?plan=team").await;
    assert_eq!(listed.column("slug"), ["acme"]);
    let nobodys = "/platform/organizations/0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";
    let _ = staff.get(nobodys).await.assert_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn what_could_not_be_made_is_made_when_an_operator_says_so() {
    let t = TestApp::start().await;
    let id = failed(&t).await;
    let staff = t.staff("admin_staff").await;
    let path = format!("/platform/organizations/{id}");
    let before = staff.get(&path).await.assert_status(200).json();
    assert_eq!(before["organization"]["provisioningStatus"], "FAILED");
    assert_ne!(before["organization"]["provisioningError"], Value::Null);
    assert_eq!(before["job"]["attempts"], 3);
    assert_eq!(before["home"], Value::Null);

    let retry = format!("{path}/retry-provisioning");
    for _ in 0..2 {
        let accepted = staff.post_empty(&retry).await.assert_status(202).json();
        assert_eq!(accepted["organization"]["provisioningStatus"], "PENDING");
        assert_eq!(accepted["organization"]["provisioningError"], Value::Null);
        assert_eq!(accepted["job"]["attempts"], 0);
    }
    let open = "select 1 from control.jobs where kind = 'tenants.provision' and dead_at is null";
    assert_eq!(t.count(open).await, 1, "asked twice, made once");
    t.settle().await;
    let after = staff.get(&path).await.json();
    assert_eq!(after["organization"]["provisioningStatus"], "COMPLETED");
    assert_eq!(after["home"]["schema"], "tenant_shared");
    assert_eq!(after["job"], Value::Null);
    let _ = staff
        .post_empty(&retry)
        .await
        .assert_problem(409, "CONFLICT_PROVISIONED");

    let facts = facts(&t, "platform.retry_provisioning").await;
    assert_eq!(facts.len(), 2);
    assert_eq!(
        facts[0],
        json!({
            "actor_id": staff.user().to_string(), "object_type": "organization", "object_id": id,
            "tenant_id": null, "before": {"provisioningStatus": "FAILED"}, "after": null,
        })
    );
}

#[tokio::test]
async fn nothing_is_made_for_who_is_gone() {
    let t = TestApp::start().await;
    let id = failed(&t).await;
    t.tamper("update control.organizations set deleted_at = now()")
        .await;
    let staff = t.staff("super_admin").await;
    let path = format!("/platform/organizations/{id}");
    let found = staff.get(&path).await.assert_status(200).json();
    assert_ne!(found["organization"]["deletedAt"], Value::Null);
    let _ = staff
        .post_empty(format!("{path}/retry-provisioning"))
        .await
        .assert_problem(409, "CONFLICT");
}
