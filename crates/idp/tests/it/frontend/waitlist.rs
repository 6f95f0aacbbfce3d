//! Asking to be let in.

use super::world::World;

#[tokio::test]
async fn anybody_joins_once_and_is_told_by_mail() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = [("email_address", "Ada@x.example")];
    let first = browser.post("/v1/waitlist", &form).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let again = browser.post("/v1/waitlist", &form).await;
    assert_eq!(again.body, first.body);
    assert_eq!(world.said_types().await, ["waitlistEntry.created"]);
    let mails = world.mails("Ada@x.example").len() + world.mails("ada@x.example").len();
    assert_eq!(mails, 1);
    browser
        .post("/v1/waitlist", &[("email_address", "nobody")])
        .await
        .refused_param(422, "form_param_format_invalid", "email_address");
    browser.post("/v1/waitlist", &[]).await.refused_param(
        422,
        "form_param_missing",
        "email_address",
    );

    // An account ends the waiting.
    browser.sign_up(&world, "ada@x.example").await;
    assert!(
        world
            .said_types()
            .await
            .contains(&"waitlistEntry.updated".to_owned())
    );
}
