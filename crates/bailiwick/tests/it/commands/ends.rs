//! `bailiwick tenants delete` and `certificate`.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{TestApp, World};
use jiff::SignedDuration;
use serde_json::Value;

use super::{Names, options, run};
use crate::removals::{furnished, traces};

/// Nothing names the organization but what says that it was removed.
pub(super) async fn nothing_is_left(t: &TestApp, world: &World) {
    // The job that a server would have done it by finds nothing to do.
    t.advance(SignedDuration::from_mins(10));
    t.settle().await;
    let left = traces(t, world).await;
    let says_so =
        |line: &String| line.starts_with("control.removals") || line.starts_with("control.audit");
    assert!(left.iter().all(says_so), "{left:#?}");
}

#[tokio::test]
async fn an_organization_is_deleted_kept_removed_and_certified() {
    let t = options().s3().start().await;
    let acme = furnished(&t, "acme", Tier::Pro).await;
    let names = Names::of(&t).await;
    let mut said = Vec::new();
    let wrong = run(&t, &["tenants", "delete", "acme", "--confirm", "globex"]).await;
    said.push(names.redact(wrong.complaint()));
    let _ = acme.owner().get("/projects").await.assert_status(200);
    let deleted = run(&t, &["tenants", "delete", "acme", "--confirm", "acme"]).await;
    said.push(deleted.answer().to_owned());
    let again = run(&t, &["tenants", "delete", "acme", "--confirm", "acme"]).await;
    assert_eq!(again.answer(), deleted.answer());
    t.advance(SignedDuration::from_secs(2));
    assert_eq!(acme.owner().get("/projects").await.status, 403);
    let kept = run(&t, &["tenants", "certificate", "acme"]).await;
    said.push(kept.complaint().to_owned());
    let removed = [
        "tenants",
        "delete",
        "acme",
        "--confirm",
        "acme",
        "--now",
        "--reason",
        "Case 4711",
    ];
    let removed = run(&t, &removed).await;
    let (head, tail) = removed.answer().split_once(" until ").unwrap();
    said.push(format!(
        "{head} until [time]{}",
        &tail[tail.find(". ").unwrap()..]
    ));
    let open = run(&t, &["tenants", "certificate", "acme"]).await;
    said.push(open.complaint().to_owned());
    insta::assert_snapshot!("delete", said.join("\n"));

    // The last upload URL is over.
    t.tamper("update control.removals set deleted_at = deleted_at - interval '2 hours'")
        .await;
    let ended = run(
        &t,
        &["tenants", "delete", "acme", "--confirm", "acme", "--now"],
    )
    .await;
    let proof = format!(
        "acme is removed; `bailiwick tenants certificate {}` shows the proof",
        acme.id
    );
    assert_eq!(ended.answer(), proof);
    let proof = run(&t, &["tenants", "certificate", "acme"]).await;
    let proof: Value = serde_json::from_str(proof.answer()).unwrap();
    assert_eq!(proof["reason"], "Case 4711");
    nothing_is_left(&t, &acme).await;
    let over = run(&t, &["tenants", "delete", "acme", "--confirm", "acme"]).await;
    assert_eq!(over.answer(), "acme was removed before");
    let nobody = run(&t, &["tenants", "export", "acme", "--out", "/nowhere.tar"]).await;
    assert_eq!(nobody.complaint(), "no organization here is called acme");
}
