//! Settings that change while the instance runs.

use bailiwick_idp::Settings;
use serde_json::json;

use crate::frontend::world::World;

#[tokio::test]
async fn a_new_file_counts_and_what_was_changed_stays_on_top() {
    let world = World::new().await;
    let lead = || world.idp.settings().operation.signing_key_lead_seconds;
    assert_eq!(lead(), 300);
    let file = |text: &str| Settings::read(text).unwrap();
    world
        .idp
        .reload_settings(file("[operation]\nsigning_key_lead_seconds = 60"))
        .await
        .unwrap();
    assert_eq!(lead(), 60);
    world
        .idp
        .change_settings("operation", &json!({ "signing_key_lead_seconds": 90 }))
        .await
        .unwrap();
    assert_eq!(lead(), 90);
    world
        .idp
        .reload_settings(file("[operation]\nwebhook_timeout_seconds = 5"))
        .await
        .unwrap();
    assert_eq!(
        (
            lead(),
            world.idp.settings().operation.webhook_timeout_seconds
        ),
        (90, 5)
    );
}

#[tokio::test]
async fn what_contradicts_itself_changes_nothing() {
    let world = World::new().await;
    let change = json!({ "webhook_timeout_seconds": 0 });
    assert!(
        world
            .idp
            .change_settings("operation", &change)
            .await
            .is_err()
    );
    assert!(
        world
            .idp
            .change_settings("operation", &json!({ "nothing": 1 }))
            .await
            .is_err()
    );
    assert_eq!(world.idp.settings().operation.webhook_timeout_seconds, 15);
    world.idp.refresh().await.unwrap();
    let error = Settings::read("\n[operation]\nwebhook_timeout_seconds = \"x\"")
        .unwrap_err()
        .to_string();
    assert!(error.contains("line 3"), "{error}");
    let error = Settings::read("[operation]\nwebhook_timeout_seconds = 99")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("operation.webhook_timeout_seconds"),
        "{error}"
    );
}

#[tokio::test]
async fn a_change_of_another_process_is_taken_up() {
    let world = World::new().await;
    let change = json!({ "webhook_timeout_seconds": 7 });
    let other = World::on(
        world.pool.clone(),
        crate::support::time::Time::stopped(),
        world.idp.config().clone(),
    )
    .await;
    other
        .idp
        .change_settings("operation", &change)
        .await
        .unwrap();
    assert_eq!(world.idp.settings().operation.webhook_timeout_seconds, 15);
    world.idp.refresh().await.unwrap();
    assert_eq!(world.idp.settings().operation.webhook_timeout_seconds, 7);
}
