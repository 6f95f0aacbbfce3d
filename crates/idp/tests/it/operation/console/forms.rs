//! What forms do.

use http::StatusCode;

use super::{Viewer, user_of};
use crate::frontend::world::World;

#[tokio::test]
async fn users_are_moderated_and_told_of() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    let user = user_of(&mut browser).await;
    let mut viewer = Viewer::inside(&world).await;
    let path = format!("/console/users/{user}");
    let before = world.said_types().await.len();
    for verb in ["lock", "unlock", "ban", "unban"] {
        let page = viewer.post(&format!("{path}/{verb}"), "").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{verb}");
        assert!(
            viewer
                .get(page.location())
                .await
                .text
                .contains("role=\"status\"")
        );
    }
    let said = world.said_types().await;
    let updated = said[before..]
        .iter()
        .filter(|event| *event == "user.updated")
        .count();
    assert_eq!(updated, 4);
    assert!(
        said[before..].contains(&"session.revoked".to_owned()),
        "a ban ends sessions"
    );
    assert_eq!(
        viewer.post(&format!("{path}/delete"), "").await.location(),
        "/console/users?done=deleted"
    );
    assert_eq!(viewer.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sessions_and_keys_and_endpoints_are_managed() {
    let world = World::new().await;
    world.signed_up("ada@example.com").await;
    let mut viewer = Viewer::inside(&world).await;
    let sessions = viewer.get("/console/sessions").await.text;
    let id = sessions
        .split("/console/sessions/")
        .find(|part| part.starts_with("sess_"))
        .unwrap();
    let id = id.split('/').next().unwrap();
    viewer
        .post(&format!("/console/sessions/{id}/revoke"), "")
        .await;
    assert!(
        world
            .said_types()
            .await
            .contains(&"session.revoked".to_owned())
    );

    viewer.post("/console/keys/rotate", "").await;
    assert_eq!(world.idp.keys().list().len(), 2);
    viewer
        .post("/console/keys/rotate", "compromised=true")
        .await;
    assert_eq!(world.idp.keys().list().len(), 1);

    for bad in [
        "url=http%3A%2F%2F169.254.169.254%2F",
        "url=x",
        "url=http%3A%2F%2F127.0.0.1%2F&events=nothing",
    ] {
        assert_eq!(
            viewer.post("/console/webhooks", bad).await.status,
            422,
            "{bad}"
        );
    }
    let made = viewer
        .post("/console/webhooks", "url=http%3A%2F%2F127.0.0.1%3A9%2Fx")
        .await;
    let path = made.location().split('?').next().unwrap().to_owned();
    for (verb, form, done) in [
        ("/rotate", "", "rotated"),
        ("/disable", "", "disabled"),
        ("/enable", "", "enabled"),
        ("/replay", "hours=24&which=missing", "replayed"),
        ("/replay", "hours=24&which=failed", "nothing"),
        (
            "",
            "url=http%3A%2F%2F127.0.0.1%3A9%2Fy&description=d&events=user.created",
            "saved",
        ),
    ] {
        let page = viewer.post(&format!("{path}{verb}"), form).await;
        assert_eq!(page.location(), format!("{path}?done={done}"), "{verb}");
    }
    let shown = viewer.get(&path).await.text;
    let message = shown
        .split("/console/messages/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let endpoint = path.rsplit('/').next().unwrap();
    let page = viewer
        .post(
            &format!("/console/messages/{message}/replay"),
            &format!("endpoint={endpoint}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(viewer.get(page.location()).await.text.contains(endpoint));
    assert_eq!(
        viewer.post(&format!("{path}/delete"), "").await.location(),
        "/console/webhooks?done=deleted"
    );
}
