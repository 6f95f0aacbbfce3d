//! Signing keys that change while they are in use.

use bailiwick_idp::keys::{KeyState, Keys, Rotation, rotate};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use serde_json::Value;

use crate::frontend::world::{Browser, World};

const LEAD: SignedDuration = SignedDuration::from_secs(300);

fn kid_of(jwt: &str) -> String {
    let header = URL_SAFE_NO_PAD
        .decode(jwt.split('.').next().unwrap())
        .unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn published(world: &World) -> Vec<String> {
    let set = world.browser().get("/.well-known/jwks.json").await.body;
    let keys = set["keys"].as_array().unwrap();
    keys.iter()
        .map(|key| key["kid"].as_str().unwrap().to_owned())
        .collect()
}

async fn token(browser: &mut Browser) -> String {
    let client = browser.get("/v1/client").await.body;
    let session = client["response"]["last_active_session_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/client/sessions/{session}/tokens");
    browser.post(&path, &[]).await.body["jwt"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_new_key_is_published_before_it_signs_and_the_old_one_after_it_has() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    let old = world.idp.keys().kid().unwrap();
    let before = token(&mut browser).await;
    assert_eq!(kid_of(&before), old);

    let new = world.idp.rotate_keys(Rotation::After(LEAD)).await.unwrap();
    assert_ne!(new, old);
    assert!(published(&world).await.contains(&new));
    assert_eq!(kid_of(&token(&mut browser).await), old);
    // Asked again, it is the same rotation.
    assert_eq!(
        world.idp.rotate_keys(Rotation::After(LEAD)).await.unwrap(),
        new
    );

    world.time.advance(LEAD - SignedDuration::from_millis(1));
    assert_eq!(kid_of(&token(&mut browser).await), old);
    world.time.advance(SignedDuration::from_millis(1));
    let after = token(&mut browser).await;
    assert_eq!(kid_of(&after), new);
    // Both verify against what is published.
    world.claims(&before).await;
    world.claims(&after).await;

    let kept = world.idp.settings().operation.signing_key_retention();
    world.time.advance(kept);
    world.idp.sweep(10).await.unwrap();
    world.idp.refresh().await.unwrap();
    assert_eq!(published(&world).await.len(), 2);
    world.time.advance(SignedDuration::from_millis(1));
    world.idp.sweep(10).await.unwrap();
    world.idp.refresh().await.unwrap();
    assert_eq!(published(&world).await, [new.as_str()]);
    assert_eq!(world.idp.keys().kid().unwrap(), new);
}

#[tokio::test]
async fn another_process_takes_it_up() {
    let world = World::new().await;
    let (pool, env) = (&world.pool, &world.time.env);
    let other = Keys::ensure(pool, env).await.unwrap();
    let old = other.kid().unwrap();
    let new = world.idp.rotate_keys(Rotation::After(LEAD)).await.unwrap();
    assert_eq!(other.list().len(), 1);
    other.reload(pool).await.unwrap();
    let states: Vec<_> = other
        .list()
        .iter()
        .map(|key| (key.kid.clone(), key.state))
        .collect();
    assert_eq!(
        states,
        [
            (new.clone(), KeyState::Next),
            (old.clone(), KeyState::Signing)
        ]
    );
    world.time.advance(LEAD);
    assert_eq!(other.kid().unwrap(), new);
    let states: Vec<_> = other.list().iter().map(|key| key.state).collect();
    assert_eq!(states, [KeyState::Signing, KeyState::Retired]);
    // A start in the middle finds the same.
    assert_eq!(Keys::ensure(pool, env).await.unwrap().kid().unwrap(), new);
}

#[tokio::test]
async fn a_rotation_that_dies_half_way_has_not_happened() {
    let world = World::new().await;
    let old = world.idp.keys().kid().unwrap();
    let mut tx = world.pool.begin().await.unwrap();
    rotate(&mut tx, &world.time.env, Rotation::Compromised)
        .await
        .unwrap();
    drop(tx);
    world.idp.refresh().await.unwrap();
    assert_eq!(published(&world).await, [old.as_str()]);
    assert_eq!(world.idp.keys().kid().unwrap(), old);
}

#[tokio::test]
async fn of_two_rotations_at_once_one_key_comes() {
    let world = World::new().await;
    let rotate = || world.idp.rotate_keys(Rotation::After(LEAD));
    let (one, two, three) = tokio::join!(rotate(), rotate(), rotate());
    let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
    assert!(one == two && two == three);
    assert_eq!(published(&world).await.len(), 2);
}

#[tokio::test]
async fn a_key_in_other_hands_is_gone_at_once() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    let stolen = world.idp.keys().kid().unwrap();
    let new = world.idp.rotate_keys(Rotation::Compromised).await.unwrap();
    assert_eq!(published(&world).await, [new.as_str()]);
    assert_eq!(kid_of(&token(&mut browser).await), new);
    assert_ne!(stolen, new);
}
