//! Pages of other origins: what they make a browser send changes nothing, and they read nothing.

use axum::body::Body;
use http::{Request, header};

use super::routes;
use super::stage::{CALLBACK, Stage, send};

/// No origin, none of ours, and some that look like ours.
const FOREIGN: [Option<&str>; 8] = [
    None,
    Some(""),
    Some("null"),
    Some("http://evil.example"),
    Some("http://localhost:3001"),
    Some("https://localhost:3000"),
    Some("http://localhost:3000.evil.example"),
    Some("http://localhost:3000/"),
];

/// What may be written to from anywhere, with the reason.
const OPEN: &[(&str, &str)] = &[
    (
        "/oauth/authorize",
        "applications send browsers here; it asks, or leads to them",
    ),
    ("/oauth/register", "applications without a browser"),
    (
        "/oauth/token",
        "applications without a browser, who prove who they are",
    ),
    ("/oauth/token/revoke", "the same"),
    ("/oauth/token_info", "the same"),
    ("/oauth/userinfo", "the same, with a token"),
    (
        "/v1/oauth_callback",
        "providers post here; the state is the browser's own, and read by GET",
    ),
];

#[tokio::test]
async fn a_foreign_page_writes_nothing() {
    let mut stage = Stage::new().await;
    let before = stage.everything().await;
    let mut tried = 0;
    for route in routes::all() {
        if OPEN.iter().any(|(path, _)| *path == route.path) {
            continue;
        }
        assert!(
            route.is_api() || route.writes().next().is_none(),
            "{}",
            route.path
        );
        let path = stage.own(&route.path);
        for method in route.writes() {
            for origin in FOREIGN {
                // As scripts send it, and as forms do.
                let form = format!("{path}&_method={method}");
                for (method, path) in [(method, &path), ("POST", &form)] {
                    let reply = send(&mut stage.ada, method, path, origin, "name=Evil").await;
                    assert_eq!(
                        reply.status, 400,
                        "{method} {path} {origin:?}: {}",
                        reply.text
                    );
                    reply.refused(400, "origin_invalid");
                    tried += 1;
                }
            }
        }
    }
    assert!(tried > 1000, "{tried}");
    assert_eq!(stage.everything().await, before);
    // The same browser is who it was all along.
    let own = stage.own("/v1/me");
    stage.ada.get(&own).await.ok();
}

#[tokio::test]
async fn what_is_open_to_all_needs_more_than_a_cookie() {
    let mut stage = Stage::new().await;
    let before = stage.everything().await;
    let client = stage.id("consent").to_owned();
    let form = format!(
        "client_id={client}&response_type=code&redirect_uri={CALLBACK}&grant_type=authorization_code\
         &consented=true&code=x&token=x&state=x&prompt=none"
    );
    for route in routes::all() {
        if !OPEN.iter().any(|(path, _)| *path == route.path) {
            continue;
        }
        for method in route.writes() {
            for origin in FOREIGN {
                let path = stage.path(&route.path);
                let reply = send(&mut stage.ada, method, &path, origin, &form).await;
                let location = reply.headers.get(header::LOCATION);
                let location = location.map_or("", |value| value.to_str().unwrap());
                // Back to ourselves, to be read in the browser that began.
                let is_ours = location.starts_with("http://localhost:3000/__clerk/");
                assert!(is_ours || !location.contains("code="), "{path}: {location}");
                assert!(reply.status != 200, "{path}: {}", reply.text);
            }
        }
    }
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn a_foreign_page_reads_nothing() {
    let mut stage = Stage::new().await;
    for route in routes::all() {
        if !route.has("GET") {
            continue;
        }
        let path = stage.own(&route.path);
        for origin in FOREIGN.into_iter().flatten() {
            let reply = send(&mut stage.ada, "GET", &path, Some(origin), "").await;
            if route.is_api() && route.path != "/v1/oauth_callback" {
                reply.refused(400, "origin_invalid");
            }
            // Without this a browser shows nothing of the rest to a page of another origin.
            let name = header::ACCESS_CONTROL_ALLOW_ORIGIN;
            assert!(!reply.headers.contains_key(name), "{path} {origin}");
        }
    }
}

#[tokio::test]
async fn a_link_on_a_foreign_page_changes_nothing() {
    let mut stage = Stage::new().await;
    let before = stage.everything().await;
    let organization = stage.id("organizations").to_owned();
    for route in routes::all() {
        if !route.has("GET") {
            continue;
        }
        let path = format!(
            "/__clerk{}&_method=DELETE&organization_id=&redirect_url=http://localhost:3000/",
            stage.own(&route.path)
        );
        let request = Request::get(path)
            .header("sec-fetch-site", "cross-site")
            .header("sec-fetch-mode", "navigate");
        stage.ada.send(request, Body::empty()).await;
        assert_eq!(stage.everything().await, before, "{}", route.path);
    }
    let session = stage.ada.session().await;
    assert_eq!(session["last_active_organization_id"], organization);
}
