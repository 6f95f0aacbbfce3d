//! Used again, guessed, skipped.

use jiff::SignedDuration;
use serde_json::json;

use super::{ADA, GRACE};
use crate::frontend::world::{PASSWORD, World};

#[tokio::test]
async fn a_backup_code_is_good_once() {
    let world = World::new().await;
    let mut owner = world.signed_up(ADA).await;
    let (_, codes) = owner.enrol(&world).await;
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    let shouted = format!(" {} ", codes[0].to_uppercase());
    let reply = browser.attempt_second(&id, "backup_code", &shouted).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    let mut again = world.browser();
    let id = again.up_to_second_factor(ADA).await;
    again
        .attempt_second(&id, "backup_code", &codes[0])
        .await
        .refused(422, "form_code_incorrect");
    // New codes put an end to all old ones.
    let path = owner.own("/v1/me/backup_codes/").await;
    let reply = owner.post(&path, &[]).await;
    assert_eq!(reply.ok()["object"], "backup_code");
    let new = reply.ok()["codes"][0].as_str().unwrap().to_owned();
    again
        .attempt_second(&id, "backup_code", &codes[1])
        .await
        .refused(422, "form_code_incorrect");
    again.attempt_second(&id, "backup_code", &new).await.ok();
}

#[tokio::test]
async fn a_code_of_the_authenticator_is_good_once() {
    let world = World::new().await;
    let (phone, _) = world.signed_up(ADA).await.enrol(&world).await;
    let code = phone.code(&world, 0);
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    browser.attempt_second(&id, "totp", &code).await.ok();
    let mut thief = world.browser();
    let id = thief.up_to_second_factor(ADA).await;
    thief
        .attempt_second(&id, "totp", &code)
        .await
        .refused(422, "form_code_incorrect");
    // Nor is an older one, though it was never used.
    let older = phone.code(&world, -1);
    thief
        .attempt_second(&id, "totp", &older)
        .await
        .refused(422, "form_code_incorrect");
    world.time.advance(SignedDuration::from_secs(30));
    let next = phone.code(&world, 0);
    thief.attempt_second(&id, "totp", &next).await.ok();
}

#[tokio::test]
async fn one_code_given_by_many_at_once_signs_one_in() {
    let world = World::new().await;
    let (phone, _) = world.signed_up(ADA).await.enrol(&world).await;
    let code = phone.code(&world, 0);
    let mut attempts = Vec::new();
    for _ in 0..5 {
        let mut browser = world.browser();
        let id = browser.up_to_second_factor(ADA).await;
        let code = code.clone();
        attempts.push(async move { browser.attempt_second(&id, "totp", &code).await });
    }
    let replies = futures::future::join_all(attempts).await;
    let right = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(right, 1);
}

#[tokio::test]
async fn guessing_codes_locks_the_account() {
    let world = World::with(|config| config.lockout.max_attempts = 5).await;
    let (phone, _) = world.signed_up(ADA).await.enrol(&world).await;
    let mut thief = world.browser();
    let id = thief.up_to_second_factor(ADA).await;
    for strategy in ["totp", "backup_code", "totp", "backup_code", "totp"] {
        let wrong = phone.wrong_code(&world);
        thief
            .attempt_second(&id, strategy, &wrong)
            .await
            .refused(422, "form_code_incorrect");
    }
    let right = phone.code(&world, 0);
    thief
        .attempt_second(&id, "totp", &right)
        .await
        .refused(403, "user_locked");
    // Giving the password again does not start the count anew.
    world.time.advance(SignedDuration::from_mins(15));
    let id = thief.up_to_second_factor(ADA).await;
    for round in 0..5 {
        let wrong = phone.wrong_code(&world);
        thief
            .attempt_second(&id, "totp", &wrong)
            .await
            .refused(422, "form_code_incorrect");
        if round < 4 {
            thief.up_to_second_factor(ADA).await;
        }
    }
    let right = phone.code(&world, 0);
    thief
        .attempt_second(&id, "totp", &right)
        .await
        .refused(403, "user_locked");
}

#[tokio::test]
async fn the_second_factor_cannot_be_skipped_or_come_first() {
    let world = World::new().await;
    let (phone, codes) = world.signed_up(ADA).await.enrol(&world).await;
    let mut browser = world.browser();
    let id = browser.begin_sign_in(ADA).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    browser
        .attempt_second(&id, "totp", &phone.code(&world, 0))
        .await
        .refused(400, "sign_in_cannot_be_updated");
    let id = browser.up_to_second_factor(ADA).await;
    // The first factor again is no second one.
    browser
        .attempt_sign_in(&id, "password", PASSWORD)
        .await
        .refused(400, "sign_in_cannot_be_updated");
    for strategy in ["password", "email_code", "phone_code", ""] {
        let reply = browser.attempt_second(&id, strategy, "424242").await;
        assert_eq!(reply.status, 422, "{strategy}");
    }
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    browser
        .post(&path, &[("password", "another horse battery")])
        .await
        .refused(400, "sign_in_cannot_be_updated");
    let reply = browser.get("/v1/client").await;
    assert_eq!(reply.ok()["sessions"], json!([]));
    // An attempt is of one browser and of one user.
    world
        .browser()
        .attempt_second(&id, "backup_code", &codes[0])
        .await
        .refused(404, "resource_not_found");
    let (grace, grace_codes) = world.signed_up(GRACE).await.enrol(&world).await;
    for (strategy, code) in [
        ("totp", grace.code(&world, 0)),
        ("backup_code", grace_codes[0].clone()),
    ] {
        browser
            .attempt_second(&id, strategy, &code)
            .await
            .refused(422, "form_code_incorrect");
    }
}
