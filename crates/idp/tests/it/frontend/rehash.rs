//! Digests of other systems are replaced when their owners sign in.

use bailiwick_pg::sql;

use super::world::{PASSWORD, World};

sql! {
    /// Gives the only user another digest, as an import does.
    IMPORT(TEXT) = "update idp.users set password_digest = $1";
    /// The digest of the only user.
    DIGEST() = "select password_digest from idp.users limit 1";
}

/// `PASSWORD`, by bcrypt.
const BCRYPT: &str = "{bcrypt}$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS";
/// Another password, by argon2i.
const ARGON2I: &str =
    "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA";

async fn digest(world: &World) -> String {
    world.pool.query_one(&DIGEST, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn the_first_sign_in_replaces_the_digest_and_a_wrong_password_does_not() {
    let world = World::new().await;
    world.signed_up("ada@x.example").await;
    world.pool.execute(&IMPORT, &[&BCRYPT]).await.unwrap();
    let events = world.said().await.len();

    let mut browser = world.browser();
    let id = browser.begin_sign_in("ada@x.example").await["id"].clone();
    let runs = world.idp.passwords().runs();
    browser
        .attempt_sign_in(id.as_str().unwrap(), "password", "wrong horse battery")
        .await
        .refused(422, "form_password_incorrect");
    // The one run computes an argon2id hash beside the old one: nobody's password answers faster.
    assert_eq!(world.idp.passwords().runs() - runs, 1);
    assert_eq!(digest(&world).await, BCRYPT);

    browser
        .attempt_sign_in(id.as_str().unwrap(), "password", PASSWORD)
        .await
        .ok();
    let better = digest(&world).await;
    assert!(better.starts_with("$argon2id$"), "{better}");
    // The password is the same: the session is all that is told of.
    assert_eq!(world.said_types().await[events..], ["session.created"]);
    world.browser().sign_in("ada@x.example").await.ok();
    assert_eq!(digest(&world).await, better);
}

#[tokio::test]
async fn a_weaker_argon2_is_replaced_too_also_where_the_browser_fills_the_password_in() {
    let world = World::new().await;
    world.signed_up("ada@x.example").await;
    world.pool.execute(&IMPORT, &[&ARGON2I]).await.unwrap();
    let form = [
        ("identifier", "ada@x.example"),
        ("strategy", "password"),
        ("password", "password"),
    ];
    let reply = world.browser().post("/v1/client/sign_ins", &form).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert!(digest(&world).await.starts_with("$argon2id$"));
}
