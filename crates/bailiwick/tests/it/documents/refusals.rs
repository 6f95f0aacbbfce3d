//! What is refused, and what a store that is down does not undo.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::json;

use super::{BYTES, announcement, confirm, init, on_project};

#[tokio::test]
async fn who_may_do_what_with_a_document() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        on_project(&acme, &project, acme.member(), "contributor").await;
        on_project(&acme, &project, acme.manager(), "lead").await;
        on_project(&acme, &project, acme.viewer(), "contributor").await;

        let upload = init(acme.owner(), &project, announcement())
            .await
            .assert_status(201)
            .json();
        let document = upload["documentId"].as_str().unwrap().to_owned();
        assert_eq!(t.put_object(&upload, BYTES).await, 200);
        let _ = confirm(globex.owner(), &document)
            .await
            .assert_problem(404, "NOT_FOUND");
        let _ = confirm(acme.member(), &document)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = confirm(acme.viewer(), &document)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = confirm(acme.manager(), &document).await.assert_status(200);
        let _ = init(acme.viewer(), &project, announcement())
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = acme
            .viewer()
            .get(format!("/documents/{document}/presign-download"))
            .await
            .assert_status(200);

        let path = format!("/documents/{document}");
        let _ = globex
            .owner()
            .delete(&path)
            .await
            .assert_problem(404, "NOT_FOUND");
        let _ = acme
            .member()
            .delete(&path)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = acme.manager().delete(&path).await.assert_status(204);
        let _ = acme
            .manager()
            .delete(&path)
            .await
            .assert_problem(404, "NOT_FOUND");
        t.settle().await;
    }
}

#[tokio::test]
async fn announcements_that_are_refused() {
    let t = TestApp::options()
        .rules(|rules| rules.upload_bytes_max = 1000)
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
    for (change, fields) in [
        (json!({"fileName": ""}), &["fileName"][..]),
        (json!({"fileName": "a/b.txt"}), &["fileName"]),
        (json!({"fileName": "..\\b.txt"}), &["fileName"]),
        (json!({"fileName": "x".repeat(256)}), &["fileName"]),
        (json!({"fileName": "new\nline"}), &["fileName"]),
        (json!({"contentType": "text/html"}), &["contentType"]),
        (json!({"size": 0}), &["size"]),
        (json!({"size": -1}), &["size"]),
        (json!({"size": 1001}), &["size"]),
        (json!({"size": "5"}), &["size"]),
        (json!({"sha256": "abc"}), &["sha256"]),
        (json!({"sha256": "g".repeat(64)}), &["sha256"]),
        (json!({"fileName": "", "size": 0}), &["fileName", "size"]),
        (json!({"projectId": "x"}), &["projectId"]),
    ] {
        let mut body = announcement();
        body.as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let answer = init(acme.owner(), &project, body).await;
        assert_eq!(answer.status, 422, "{change}: {answer:?}");
        let _ = answer.assert_invalid(fields);
    }
    assert_eq!(t.count("select id from tenant_shared.documents").await, 0);
    assert_eq!(t.count("select id from control.jobs").await, 0);
}

#[tokio::test]
async fn while_the_store_is_down_nothing_is_lost() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
    let upload = init(acme.owner(), &project, announcement()).await.json();
    assert_eq!(t.put_object(&upload, BYTES).await, 200);
    let document = upload["documentId"].as_str().unwrap();
    t.memory().set_failing(true);
    let refused = confirm(acme.owner(), document)
        .await
        .assert_problem(503, "UNAVAILABLE");
    assert_ne!(refused.header("retry-after"), "");
    t.memory().set_failing(false);
    let _ = confirm(acme.owner(), document).await.assert_status(200);
    t.memory().set_failing(true);
    let _ = acme
        .owner()
        .delete(format!("/documents/{document}"))
        .await
        .assert_status(204);
    t.settle().await;
    t.memory().set_failing(false);
    t.settle_within(SignedDuration::from_secs(10)).await;
    assert_eq!(t.object_count().await, 0);
}
