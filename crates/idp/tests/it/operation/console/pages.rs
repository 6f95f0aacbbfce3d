//! What pages show, and what they do not.

use http::{StatusCode, header};

use super::{KEY, PAGES, Viewer, user_of};
use crate::frontend::world::World;

#[tokio::test]
async fn pages_are_locked_up_and_show_no_secrets() {
    let world = World::new().await;
    world.signed_up("ada@example.com").await;
    let mut viewer = Viewer::inside(&world).await;
    let made = viewer
        .post(
            "/console/webhooks",
            "url=http%3A%2F%2F127.0.0.1%3A9%2Fx&description=&events=user.created",
        )
        .await;
    let endpoint = made.location().split('?').next().unwrap().to_owned();
    let mut pages: Vec<&str> = PAGES.to_vec();
    pages.push(&endpoint);
    for path in pages {
        let page = viewer.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        for forbidden in [
            KEY,
            "whsec_M",
            "PRIVATE KEY",
            "$argon2",
            "<script",
            "style=",
        ] {
            assert!(!page.text.contains(forbidden), "{path}: {forbidden}");
        }
    }
    // On demand, by a form, and nowhere else.
    assert!(
        viewer
            .post("/console/keys/secret", "")
            .await
            .text
            .contains(KEY)
    );
    let secret = viewer.post(&format!("{endpoint}/secret"), "").await.text;
    let shown = secret
        .split("whsec_")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    assert!(shown.len() == 32, "{shown}");
    assert!(!viewer.get(&endpoint).await.text.contains(shown));
}

#[tokio::test]
async fn what_people_write_stays_text() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    browser
        .call_own(
            "PATCH",
            "/v1/me",
            &[("first_name", "<script>alert(1)</script>")],
        )
        .await;
    let mut viewer = Viewer::inside(&world).await;
    let user = user_of(&mut browser).await;
    for path in [
        "/console/users".to_owned(),
        format!("/console/users/{user}"),
        "/console/users?q=%3Cscript%3E".to_owned(),
        "/console?done=%3Cscript%3E".to_owned(),
    ] {
        let page = viewer.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("<script"), "{path}");
    }
    assert!(
        viewer
            .get("/console/users")
            .await
            .text
            .contains("&lt;script&gt;")
    );
    for path in [
        "/console/users/user_none",
        "/console/organizations/x",
        "/console/webhooks/x",
        "/console/messages/x",
        "/console/nowhere",
    ] {
        assert_eq!(
            viewer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
