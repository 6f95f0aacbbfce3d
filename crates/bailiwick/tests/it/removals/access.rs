//! Access ends with the provider's word, long before anything is removed.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use super::{delete, furnished, upload};

#[tokio::test]
async fn nobody_gets_in_any_more() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        t.follow_changes();
        let acme = furnished(&t, "acme", *tier).await;
        let operator = t.staff("super_admin").await;
        let project = acme.owner().create_project("late").await;
        let late = upload(&t, &acme, &project, false).await;
        let mut stream = acme.member().events().await;
        delete(&t, &acme).await;

        // A session of before.
        for role in ["owner", "admin", "manager", "member", "viewer"] {
            let _ = acme.persona(role).get("/projects").await.assert_status(403);
        }
        let _ = acme
            .owner()
            .post("/projects", json!({"name": "more"}))
            .await
            .assert_status(403);
        // A stream of before.
        let code = stream.until("end").await.text("code").to_owned();
        assert_eq!(code, "TENANT_ACCESS_DENIED");
        // An upload of before: the bytes come, and are nobody's document.
        assert_eq!(t.put_object(&late, super::BYTES).await, 200);
        let document = late["documentId"].as_str().unwrap();
        let path = format!("/documents/{document}/confirm");
        let _ = acme.owner().post_empty(path).await.assert_status(403);
        // Who operates the installation.
        let named = operator
            .request(reqwest::Method::GET, "/projects")
            .header("x-organization-id", acme.id.to_string());
        assert!(named.send().await.status >= 400);
        // Its data is there.
        let kept = format!(
            "select 1 from {}.projects where tenant_id = '{}'",
            t.app
                .store()
                .find_placement(acme.id)
                .await
                .unwrap()
                .unwrap()
                .schema,
            acme.id
        );
        assert_eq!(t.count(&kept).await, 2);
    }
}
