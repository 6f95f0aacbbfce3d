//! What time does to documents, and what a repetition does not.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::isolation::placement;

use super::{BYTES, announcement, confirm, init, on_project, uploaded};

#[tokio::test]
async fn what_never_comes_is_given_up() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
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
        let project = owner.create_project("Alpha").await;
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
    let project = acme.owner().create_project("Alpha").await;
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
    let home = placement(&t, &acme).await.schema;
    let documents = format!("select id from {home}.documents");
    assert_eq!(t.count(&documents).await, 1);

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

/// The sweeper comes at a fixed time: no later signature outlives it.
#[tokio::test]
async fn a_late_repetition_signs_what_is_left_of_the_hour() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
    let owner = acme.owner().with_header("idempotency-key", "one");
    let (mut minutes, mut last) = (0, Value::Null);
    for (at, expires_in) in [(0, 3600), (20, 2400), (50, 600), (59, 60)] {
        t.advance(SignedDuration::from_mins(at - minutes));
        minutes = at;
        let upload = init(&owner, &project, announcement()).await;
        last = upload.assert_status(201).json();
        assert_eq!(last["expiresIn"], expires_in, "after {at} minutes");
    }
    for at in [60, 74, 76] {
        t.advance(SignedDuration::from_mins(at - minutes));
        minutes = at;
        t.settle().await;
        assert_eq!(t.put_object(&last, BYTES).await, 403, "after {at} minutes");
        let late = init(&owner, &project, announcement()).await;
        let _ = late.assert_problem(409, "CONFLICT_DOCUMENT_STATE");
    }
    let home = placement(&t, &acme).await.schema;
    let documents = format!("select id from {home}.documents");
    assert_eq!(t.count(&documents).await, 1);
}

#[tokio::test]
async fn a_key_stands_for_one_projects_uploads() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let (first, second) = (
            acme.owner().create_project("Alpha").await,
            acme.owner().create_project("Alpha").await,
        );
        let owner = acme.owner().with_header("idempotency-key", "one");
        let mut ids = Vec::new();
        for prefix in ["/api/v1", "/api"] {
            let path = |project| format!("{prefix}/projects/{project}/documents/upload-init");
            let upload = owner.post(path(&first), announcement()).await;
            ids.push(upload.assert_status(201).text_of("documentId"));
            let other = owner.post(path(&second), announcement()).await;
            let _ = other.assert_problem(422, "IDEMPOTENCY_MISMATCH");
        }
        assert_eq!(ids[0], ids[1]);
        let listed = acme
            .owner()
            .get(format!("/projects/{second}/documents"))
            .await;
        assert_eq!(listed.column("id"), [""; 0]);
        let facts = t.audit().await.into_iter();
        assert_eq!(facts.filter(|a| a == "documents.uploadInit").count(), 1);
    }
}

/// Once what is there has been refused and deleted, its URL can create it again.
#[tokio::test]
async fn what_comes_after_a_refused_object_does_not_stay() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        let upload = init(acme.owner(), &project, announcement()).await.json();
        let document = upload["documentId"].as_str().unwrap();
        let schema = t.app.store().find_placement(acme.id).await.unwrap();
        let schema = schema.unwrap().schema;
        let rows = t
            .rows(&format!("select s3_key from {schema}.documents"))
            .await;
        let key = rows[0]["s3_key"].as_str().unwrap().parse().unwrap();
        let put = t.app.objects().put(&key, "text/plain", "other".into());
        put.await.unwrap();
        let refused = confirm(acme.owner(), document).await;
        let _ = refused.assert_invalid(&["size"]);
        t.settle().await;
        assert_eq!(t.object_count().await, 0);
        t.advance(SignedDuration::from_mins(59));
        assert_eq!(t.put_object(&upload, BYTES).await, 200);
        t.advance(SignedDuration::from_mins(17));
        t.settle().await;
        assert_eq!(t.object_count().await, 0);
        assert_eq!(t.count("select id from control.jobs").await, 0);
    }
}
