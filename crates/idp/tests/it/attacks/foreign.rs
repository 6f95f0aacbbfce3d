//! Somebody who knows the ids of another one's things, and nothing else.

use super::routes;
use super::stage::{EVE, Stage, submit};

/// What is for everybody, or for whoever asks.
const PUBLIC: &[&str] = &[
    "/v1/billing/plans/{plan}",
    "/images/avatars/{file}",
    "/images/providers/{file}",
    "/images/uploads/{id}",
    "/npm/@clerk/{package}/dist/{file}",
    // An application shows who it is to whoever is signed in.
    "/v1/me/oauth/consent/{client_id}",
];

/// What could be in a form that does harm.
const HARM: &str = "name=Evil&first_name=Evil&role=org:admin&strategy=password&password=x&code=424242\
    &email_address=eve@evil.example&phone_number=%2B12015550199&intent=select_org";

/// With everything that can be switched on, or it would be refused for that reason.
async fn stage() -> Stage {
    Stage::with(|config| {
        config.settings.organizations.creation_defaults = true;
        config.settings.identification.password.required = false;
    })
    .await
}

fn methods(route: &routes::Route) -> Vec<&'static str> {
    let read = route.has("GET").then_some("GET");
    read.into_iter().chain(route.writes()).collect()
}

#[tokio::test]
async fn the_id_of_a_session_is_not_the_session() {
    let stage = stage().await;
    let mut eve = stage.world().signed_up(EVE).await;
    let mut stranger = stage.world().browser();
    let before = stage.everything().await;
    let mut tried = 0;
    for route in routes::all() {
        let is_of_session = ["/v1/me", "/v1/organizations", "/v1/client/sessions/"]
            .iter()
            .any(|prefix| route.path.starts_with(prefix));
        if !is_of_session {
            continue;
        }
        let path = stage.own(&route.path);
        for method in methods(&route) {
            for browser in [&mut eve, &mut stranger] {
                let reply = submit(browser, method, &path, HARM).await;
                // Some look at the form first.
                let status = reply.status.as_u16();
                assert!(
                    matches!(status, 401 | 415 | 422),
                    "{method} {path}: {}",
                    reply.text
                );
                assert!(!reply.text.contains("Northwind"), "{}", reply.text);
                tried += usize::from(status == 401);
            }
        }
    }
    assert!(tried > 150, "{tried}");
    assert_eq!(stage.everything().await, before);
}

#[tokio::test]
async fn the_things_of_others_are_not_there() {
    let stage = stage().await;
    let mut eve = stage.world().signed_up(EVE).await;
    eve.create_organization("Evil").await;
    let session = eve.session_id().await;
    let before = stage.everything().await;
    let mut tried = 0;
    for route in routes::all() {
        if !route.path.contains('{') || PUBLIC.contains(&route.path.as_str()) {
            continue;
        }
        // In a session of her own, with the ids of Ada's things.
        let path = format!("{}?_clerk_session_id={session}", stage.path(&route.path));
        for method in methods(&route) {
            let reply = submit(&mut eve, method, &path, HARM).await;
            let status = reply.status.as_u16();
            assert!(
                matches!(status, 401 | 404 | 415 | 422),
                "{method} {path}: {status} {}",
                reply.text
            );
            assert!(!reply.text.contains("northwind"), "{}", reply.text);
            tried += usize::from(matches!(status, 401 | 404));
        }
    }
    assert!(tried > 50, "{tried}");
    assert_eq!(stage.everything().await, before);
}
