//! `bailiwick tenants list|show|create|upgrade|downgrade|retry|verify`.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures;
use serde_json::Value;

use super::{Names, options, run};
use crate::isolation::schema_of;

#[tokio::test]
async fn tenants_are_listed_and_shown() {
    let t = options().start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    t.tenant("globex", Tier::Starter).await;
    let names = Names::of(&t).await;
    let listed = run(&t, &["tenants", "list"]).await;
    insta::assert_snapshot!("tenants_list", names.redact(listed.answer()));
    let schema = schema_of(&t, &acme).await;
    for name in [
        "acme",
        schema.as_str(),
        &acme.id.to_string(),
        acme.clerk_org_id.as_str(),
    ] {
        let shown = run(&t, &["tenants", "show", name, "--json"]).await;
        let shown: Value = serde_json::from_str(shown.answer()).unwrap();
        assert_eq!(
            (&shown["slug"], &shown["tier"], &shown["state"]),
            (&"acme".into(), &"pro".into(), &"current".into())
        );
    }
    let shown = run(&t, &["tenants", "show", "acme"]).await;
    let lines = names.redact(shown.answer());
    let lines: Vec<&str> = lines
        .lines()
        .filter(|line| !line.starts_with("migratedAt"))
        .collect();
    insta::assert_snapshot!("tenants_show", lines.join("\n"));
    let pros = run(&t, &["tenants", "list", "--tier", "pro", "--json"]).await;
    let pros: Value = serde_json::from_str(pros.answer()).unwrap();
    assert_eq!(pros.as_array().unwrap().len(), 1);
    for nobody in [["--state", "failed"], ["--provisioning", "FAILED"]] {
        let listed = run(&t, &[&["tenants", "list"], &nobody[..]].concat()).await;
        assert_eq!(listed.answer(), "no tenants");
    }
    let limited = run(&t, &["tenants", "list", "--limit", "1"]).await;
    assert_eq!(limited.answer().lines().count(), 2);
    let strange = run(&t, &["tenants", "list", "--tier", "gold"]).await;
    assert_eq!(strange.code, Some(2), "{strange:?}");
}

#[tokio::test]
async fn a_tenant_is_made_moved_and_mended() {
    let t = options().s3().start().await;
    // Jobs of the commands are due by the machine's clock.
    t.advance(jiff::SignedDuration::from_mins(10));
    let globex = t.tenant("globex", Tier::Starter).await;
    globex.owner().create_project("kept").await;
    let org = fixtures::organization("org_new", "new", "new", "user_nobody", t.now());
    t.provider.know(&org);
    let made = run(&t, &["tenants", "create", "org_new"]).await;
    assert!(made.answer().starts_with("org_new is "), "{made:?}");
    t.settle().await;
    let again = run(&t, &["tenants", "create", "org_new"]).await;
    assert_eq!(
        again.answer(),
        "org_new is there before: COMPLETED tenant_shared"
    );

    let asked = run(&t, &["tenants", "upgrade", "globex"]).await;
    insta::assert_snapshot!("tenants_upgrade", asked.answer());
    t.settle().await;
    let there = run(&t, &["tenants", "upgrade", "globex", "--wait"]).await;
    assert_eq!(there.answer(), "globex is pro");
    let schema = schema_of(&t, &globex).await;
    assert_ne!(schema, "tenant_shared");
    // Whoever waits hears of it.
    t.run_worker();
    let back = run(&t, &["tenants", "downgrade", "globex", "--wait"]).await;
    assert_eq!(back.answer().lines().last(), Some("globex is starter"));
    let projects = globex.owner().get("/projects").await.assert_status(200);
    assert_eq!(projects.json()["data"][0]["name"], "kept");
    let idle = run(&t, &["tenants", "retry", "globex"]).await;
    assert_eq!(idle.answer(), "nothing is left to do for globex");
    let idle = run(&t, &["tenants", "retry", "--all"]).await;
    assert_eq!(idle.answer(), "0 tenants will be tried again");
}

#[tokio::test]
async fn what_could_not_be_made_is_named_and_tried_again() {
    let t = options().s3().start().await;
    t.expect_dead();
    t.tamper("revoke insert on control.placements from bailiwick_app")
        .await;
    let org = fixtures::organization("org_failed", "failed", "failed", "user_nobody", t.now());
    t.provider.know(&org);
    t.deliver(&fixtures::event("organization.created", &org, t.now()))
        .await;
    t.settle_within(jiff::SignedDuration::from_secs(30)).await;
    t.tamper("grant insert on control.placements to bailiwick_app")
        .await;
    let listed = run(&t, &["tenants", "list", "--provisioning", "FAILED"]).await;
    assert!(listed.answer().contains("FAILED"), "{listed:?}");
    let retried = run(&t, &["tenants", "retry", "--all"]).await;
    assert_eq!(
        retried.answer(),
        "1 tenants will be tried again\n  - failed"
    );
    // Enqueued by the machine's clock, which is ahead of the server's.
    t.settle_within(jiff::SignedDuration::from_secs(120)).await;
    let listed = run(&t, &["tenants", "list", "--provisioning", "COMPLETED"]).await;
    assert!(listed.answer().contains("failed"), "{listed:?}");
}

#[tokio::test]
async fn what_contradicts_itself_is_found_with_what_mends_it() {
    let t = options().start().await;
    t.tenant("acme", Tier::Pro).await;
    let sound = "every tenant is where and what it is noted to be";
    assert_eq!(run(&t, &["tenants", "verify"]).await.answer(), sound);
    t.tamper("create schema tenant_aaaaaaaaaaaa authorization bailiwick_owner")
        .await;
    let found = run(&t, &["tenants", "verify"]).await;
    insta::assert_snapshot!("tenants_verify", found.complaint());
    let found = run(&t, &["tenants", "verify", "--json"]).await;
    let told = found.complaint().to_owned();
    let list: Value = serde_json::from_str(&found.out).unwrap();
    assert_eq!(told, format!("{} findings", list.as_array().unwrap().len()));
    t.tamper("drop schema tenant_aaaaaaaaaaaa").await;
    assert_eq!(run(&t, &["tenants", "verify"]).await.answer(), sound);
}

/// The same words for whoever is not there, and nothing of a stack or of SQL.
#[tokio::test]
async fn nobody_is_said_to_be_nobody() {
    let t = options().s3().start().await;
    let file = t.app.env().uuid().to_string();
    let mut said = Vec::new();
    for arguments in [
        &["show", "nobody"][..],
        &["create", "org_nobody"],
        &["upgrade", "nobody"],
        &["downgrade", "nobody", "--wait"],
        &["retry", "nobody"],
        &["delete", "nobody", "--confirm", "nobody"],
        &["export", "nobody", "--out", &file],
        &["import", "/nowhere.tar", "--into", "nobody"],
        &["certificate", "nobody"],
    ] {
        let refused = run(&t, &[&["tenants"], arguments].concat()).await;
        assert_eq!(refused.out, "");
        said.push(format!("{}: {}", arguments[0], refused.complaint()));
    }
    assert!(
        !std::path::Path::new(&file).exists(),
        "a file of nothing is left"
    );
    insta::assert_snapshot!("tenants_nobody", said.join("\n"));
}
