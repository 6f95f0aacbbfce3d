//! Who gets in, by which link or key, and for how long.

use axum::body::Body;
use bailiwick_idp::console::access::{link_for_one_use, start_link};
use http::{Request, StatusCode};
use jiff::SignedDuration;

use super::{KEY, PAGES, Viewer};
use crate::frontend::world::World;

#[tokio::test]
async fn nobody_gets_in_without_a_link_or_the_key() {
    let world = World::new().await;
    let mut viewer = Viewer::new(&world);
    for path in PAGES {
        let page = viewer.get(path).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/console/login"),
            "{path}"
        );
    }
    for path in [
        "/console/keys/secret",
        "/console/keys/rotate",
        "/console/webhooks",
    ] {
        let page = viewer.post(path, "").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!page.text.contains(KEY));
    }
    for link in [
        "/console/enter",
        "/console/enter?token=",
        "/console/enter?token=guess",
    ] {
        assert_eq!(
            viewer.get(link).await.status,
            StatusCode::UNAUTHORIZED,
            "{link}"
        );
    }
    viewer.cookie = Some("bailiwick_console=guess".to_owned());
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        viewer
            .post("/console/login", "secret_key=sk_live_wrong")
            .await
            .status,
        401
    );
    let page = viewer
        .post("/console/login", &format!("secret_key={KEY}"))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/console")
    );
    assert_eq!(viewer.get("/console").await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_the_key_is_bounded() {
    let world = World::new().await;
    let mut viewer = Viewer::new(&world);
    let mut statuses = Vec::new();
    for _ in 0..150 {
        statuses.push(
            viewer
                .post("/console/login", "secret_key=guess")
                .await
                .status
                .as_u16(),
        );
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn links_run_out() {
    let world = World::new().await;
    let old = start_link(&world.idp).await.unwrap();
    let once = link_for_one_use(&world.idp).await.unwrap();
    let new = start_link(&world.idp).await.unwrap();
    let status = async |link: &str| Viewer::new(&world).get(link).await.status;
    // A new start ends the old one's link; its own can be used again.
    assert_eq!(status(&old).await, 401);
    assert_eq!(
        (status(&new).await, status(&new).await),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    assert_eq!(
        (status(&once).await.as_u16(), status(&once).await.as_u16()),
        (303, 401)
    );
    let late = link_for_one_use(&world.idp).await.unwrap();
    world.time.advance(SignedDuration::from_mins(10));
    assert_eq!(status(&late).await, 401);
    world.time.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(status(&new).await, 401);
}

#[tokio::test]
async fn a_session_ends_by_time_and_by_hand() {
    let world = World::new().await;
    let mut viewer = Viewer::inside(&world).await;
    let stolen = viewer.cookie.clone();
    assert_eq!(
        viewer.post("/console/logout", "").await.location(),
        "/console/login"
    );
    viewer.cookie = stolen;
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
    let mut viewer = Viewer::inside(&world).await;
    world.time.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn foreign_names_and_foreign_forms_are_refused() {
    let world = World::new().await;
    let mut viewer = Viewer::inside(&world).await;
    for host in [
        "evil.example:4400",
        "localhost.evil.example",
        "10.0.0.1:4400",
    ] {
        let request = Request::get("/console/keys")
            .header("host", host)
            .body(Body::empty());
        let page = viewer.send(request.unwrap()).await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(!page.text.contains(world.idp.keys().instance_id()));
    }
    for origin in [
        None,
        Some("null"),
        Some("http://localhost:3000"),
        Some("http://evil.example"),
    ] {
        let page = viewer.post_from("/console/keys/rotate", "", origin).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin:?}");
        let page = viewer
            .post_from("/console/login", &format!("secret_key={KEY}"), origin)
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert_eq!(world.idp.keys().list().len(), 1);
}
