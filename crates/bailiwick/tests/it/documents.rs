//! Documents: real bytes through a real object store, and what may not happen to them.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, Persona, TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

const BYTES: &[u8] = b"the quick brown fox jumps over the lazy dog";

fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}

fn announcement() -> Value {
    json!({"fileName": "fox.txt", "contentType": "text/plain", "size": BYTES.len()})
}

async fn project(owner: &Persona) -> String {
    owner
        .post("/projects", json!({"name": "Alpha"}))
        .await
        .assert_status(201)
        .id()
}

async fn init(persona: &Persona, project: &str, body: Value) -> Answer {
    persona
        .post(format!("/projects/{project}/documents/upload-init"), body)
        .await
}

async fn confirm(persona: &Persona, document: &str) -> Answer {
    persona
        .post_empty(format!("/documents/{document}/confirm"))
        .await
}

/// A document that has been uploaded and confirmed.
async fn uploaded(t: &TestApp, owner: &Persona, project: &str) -> String {
    let upload = init(owner, project, announcement())
        .await
        .assert_status(201);
    assert_eq!(t.put_object(&upload.json(), BYTES).await, 200);
    let document = upload.text_of("documentId");
    let _ = confirm(owner, &document).await.assert_status(200);
    document
}

async fn on_project(world: &World, project: &str, persona: &Persona, role: &str) {
    let body = json!({"memberId": persona.user().to_string(), "projectRole": role});
    let added = world
        .owner()
        .post(format!("/projects/{project}/members"), body)
        .await;
    assert!(added.status < 300, "{added:?}");
}

#[tokio::test]
async fn from_the_announcement_to_the_download_on_s3() {
    for tier in Tier::ALL {
        let t = TestApp::options().s3().start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let project = project(owner).await;
        let mut body = announcement();
        body["sha256"] = sha256(BYTES).into();
        let upload = init(owner, &project, body).await.assert_status(201);
        insta::assert_json_snapshot!("upload_init", upload.redacted());
        let document = upload.text_of("documentId");
        let upload = upload.json();
        let _ = confirm(owner, &document)
            .await
            .assert_problem(409, "CONFLICT_DOCUMENT_STATE");

        let mut other = BYTES.to_vec();
        other[0] = b'T';
        let headers: std::collections::BTreeMap<String, String> =
            serde_json::from_value(upload["headers"].clone()).unwrap();
        let mut html = headers.clone();
        html.insert("content-type".to_owned(), "text/html".to_owned());
        let mut unconditional = headers.clone();
        unconditional.remove("if-none-match");
        assert!(
            (400..500).contains(&t.put_object(&upload, &other).await),
            "another checksum"
        );
        assert_eq!(
            t.put_object(&upload, &BYTES[1..]).await,
            403,
            "another length"
        );
        assert_eq!(
            t.put_object_with(&upload, &html, BYTES).await,
            403,
            "another type"
        );
        assert_eq!(
            t.put_object_with(&upload, &unconditional, BYTES).await,
            403,
            "no condition"
        );
        assert_eq!(t.object_count().await, 0);
        let _ = confirm(owner, &document)
            .await
            .assert_problem(409, "CONFLICT_DOCUMENT_STATE");

        assert_eq!(t.put_object(&upload, BYTES).await, 200);
        let link = format!("/documents/{document}/presign-download");
        let _ = owner
            .get(&link)
            .await
            .assert_problem(409, "CONFLICT_DOCUMENT_STATE");
        for _ in 0..2 {
            let confirmed = confirm(owner, &document).await.assert_status(200);
            assert_eq!(
                confirmed.json(),
                json!({"documentId": document, "status": "UPLOADED"})
            );
        }
        assert_eq!(
            t.put_object(&upload, BYTES).await,
            412,
            "confirmed is confirmed"
        );

        let found = owner
            .get(format!("/documents/{document}"))
            .await
            .assert_status(200);
        insta::assert_json_snapshot!("document", found.redacted());
        let listed = owner
            .get(format!("/projects/{project}/documents"))
            .await
            .assert_status(200);
        assert_eq!(listed.json()["data"], json!([found.json()]));
        let count = owner.get(format!("/projects/{project}")).await.json()["documentCount"].clone();
        assert_eq!(count, 1);
        let link = owner.get(&link).await.assert_status(200).json();
        assert_eq!(link["expiresIn"], 60);
        assert_eq!(t.get_object(&link).await.unwrap(), BYTES);

        let _ = owner
            .delete(format!("/documents/{document}"))
            .await
            .assert_status(204);
        t.settle().await;
        assert_eq!(t.object_count().await, 0);
        assert_eq!(t.get_object(&link).await, None);
        let _ = owner
            .get(format!("/documents/{document}"))
            .await
            .assert_problem(404, "NOT_FOUND");
        let facts = t.audit().await.into_iter().filter(|action| action.starts_with("documents."));
        let expected = ["documents.uploadInit", "documents.confirm", "documents.delete"];
        assert_eq!(facts.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn without_a_checksum_the_first_bytes_stay() {
    let t = TestApp::options().s3().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = project(acme.owner()).await;
    let upload = init(acme.owner(), &project, announcement()).await.json();
    assert_eq!(t.put_object(&upload, BYTES).await, 200);
    let other = vec![b'x'; BYTES.len()];
    assert_eq!(t.put_object(&upload, &other).await, 412);
    let document = upload["documentId"].as_str().unwrap();
    let _ = confirm(acme.owner(), document).await.assert_status(200);
    let link = acme
        .owner()
        .get(format!("/documents/{document}/presign-download"))
        .await
        .json();
    assert_eq!(t.get_object(&link).await.unwrap(), BYTES);
}

#[tokio::test]
async fn an_object_that_is_not_what_was_announced_fails_the_document() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = project(acme.owner()).await;
    let document = init(acme.owner(), &project, announcement())
        .await
        .text_of("documentId");
    let rows = t.rows("select s3_key from tenant_shared.documents").await;
    let key = rows[0]["s3_key"].as_str().unwrap().parse().unwrap();
    let put = t.app.objects().put(&key, "text/plain", "other".into());
    put.await.unwrap();
    let _ = confirm(acme.owner(), &document)
        .await
        .assert_invalid(&["size"]);
    let found = acme.owner().get(format!("/documents/{document}")).await;
    assert_eq!(found.text_of("status"), "FAILED");
    let _ = confirm(acme.owner(), &document)
        .await
        .assert_problem(409, "CONFLICT_DOCUMENT_STATE");
    t.settle().await;
    assert_eq!(t.object_count().await, 0);
}

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

#[tokio::test]
async fn who_may_do_what_with_a_document() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let project = project(acme.owner()).await;
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
    let project = project(acme.owner()).await;
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
    let project = project(acme.owner()).await;
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
