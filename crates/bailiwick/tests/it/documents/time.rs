//! What time does to documents, and what a repetition does not.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{BYTES, announcement, confirm, init, on_project, project, uploaded};

#[tokio::test]
async fn what_never_comes_is_given_up() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let project = project(acme.owner()).await;
        let absent = init(acme.owner(), &project, announcement()).await.json();
        let unconfirmed = init(acme.owner(), &project, announcement()).await.json();
        assert_eq!(t.put_object(&unconfirmed, BYTES).await, 200);
        let kept = uploaded(&t, acme.owner(), &project).await;

        t.advance(SignedDuration::from_mins(60));
        t.settle().await;
        assert_eq!(
            t.put_object(&absent, BYTES).await,
            403,
            "the URL has run out"
        );
        let status = |id: &str| acme.owner().get(format!("/documents/{id}"));
        let id = |upload: &Value| upload["documentId"].as_str().unwrap().to_owned();
        assert_eq!(status(&id(&absent)).await.text_of("status"), "PENDING");
        t.advance(SignedDuration::from_mins(16));
        t.settle().await;
        for upload in [&absent, &unconfirmed] {
            assert_eq!(status(&id(upload)).await.text_of("status"), "FAILED");
            let answer = confirm(acme.owner(), &id(upload)).await;
            let _ = answer.assert_problem(409, "CONFLICT_DOCUMENT_STATE");
        }
        assert_eq!(status(&kept).await.text_of("status"), "UPLOADED");
        assert_eq!(t.object_count().await, 1);
        let given_up = t
            .audit()
            .await
            .into_iter()
            .filter(|action| action == "documents.expire");
        assert_eq!(given_up.count(), 2);
    }
}

/// Its URL can create the object again for as long as it lives, and nobody would know of it.
#[tokio::test]
async fn a_late_upload_to_what_was_deleted_does_not_stay() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let owner = acme.owner();
    for delete_project in [false, true] {
        let project = project(owner).await;
        let upload = init(owner, &project, announcement()).await.json();
        let path = if delete_project {
            format!("/projects/{project}")
        } else {
            format!("/documents/{}", upload["documentId"].as_str().unwrap())
        };
        let _ = owner.delete(path).await.assert_status(204);
        t.settle().await;
        assert_eq!(t.put_object(&upload, BYTES).await, 200);
        t.advance(SignedDuration::from_mins(76));
        t.settle().await;
        assert_eq!(
            t.object_count().await,
            0,
            "with the project: {delete_project}"
        );
    }
}

#[tokio::test]
async fn a_repeated_announcement_is_the_same_document() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = project(acme.owner()).await;
    on_project(&acme, &project, acme.member(), "contributor").await;
    let owner = acme.owner().with_header("idempotency-key", "one");
    let first = init(&owner, &project, announcement())
        .await
        .assert_status(201);
    t.advance(SignedDuration::from_mins(5));
    let again = init(&owner, &project, announcement())
        .await
        .assert_status(201);
    assert_eq!(first.text_of("documentId"), again.text_of("documentId"));
    assert_ne!(
        first.text_of("presignedUrl"),
        again.text_of("presignedUrl"),
        "a stored URL"
    );
    assert_eq!(t.put_object(&again.json(), BYTES).await, 200);
    assert_eq!(t.count("select id from tenant_shared.documents").await, 1);

    let other = json!({"fileName": "dog.txt", "contentType": "text/plain", "size": 7});
    let _ = init(&owner, &project, other.clone())
        .await
        .assert_problem(422, "IDEMPOTENCY_MISMATCH");
    let member = acme.member().with_header("idempotency-key", "one");
    let theirs = init(&member, &project, other).await.assert_status(201);
    assert_ne!(theirs.text_of("documentId"), first.text_of("documentId"));

    let _ = confirm(acme.owner(), &first.text_of("documentId"))
        .await
        .assert_status(200);
    let late = init(&owner, &project, announcement()).await;
    let _ = late.assert_problem(409, "CONFLICT_DOCUMENT_STATE");
    t.advance(SignedDuration::from_hours(25));
    let new = init(&owner, &project, announcement())
        .await
        .assert_status(201);
    assert_ne!(new.text_of("documentId"), first.text_of("documentId"));
    t.settle().await;
}
