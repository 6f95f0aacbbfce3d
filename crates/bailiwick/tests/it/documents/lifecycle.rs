//! Real bytes through a real object store.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use crate::isolation::placement;

use super::{BYTES, announcement, confirm, init, sha256};

#[tokio::test]
async fn from_the_announcement_to_the_download_on_s3() {
    for tier in Tier::ALL {
        let t = TestApp::options().s3().start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let project = owner.create_project("Alpha").await;
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
        let facts = t
            .audit()
            .await
            .into_iter()
            .filter(|action| action.starts_with("documents."));
        let expected = [
            "documents.uploadInit",
            "documents.confirm",
            "documents.delete",
        ];
        assert_eq!(facts.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn without_a_checksum_the_first_bytes_stay() {
    let t = TestApp::options().s3().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
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
    let project = acme.owner().create_project("Alpha").await;
    let document = init(acme.owner(), &project, announcement())
        .await
        .text_of("documentId");
    let home = placement(&t, &acme).await.schema;
    let rows = t
        .rows(&format!("select s3_key from {home}.documents"))
        .await;
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
