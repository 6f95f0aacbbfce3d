//! Second factors: set up, asked for at sign-in, attacked.

use bailiwick_pg::sql;
use http::{Method, StatusCode};
use jiff::SignedDuration;
use serde_json::json;

use super::authenticator::Authenticator;
use super::world::{PASSWORD, World};

sql! {
    /// What is stored of the only secret.
    SEALED() = "select sealed_secret from idp.totps limit 1";
}

const ADA: &str = "ada@northwind.example";
const GRACE: &str = "grace@northwind.example";

#[tokio::test]
async fn an_authenticator_is_set_up_with_its_first_code() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/me/totp").await;
    let reply = browser.post(&path, &[]).await;
    let (totp, secret) = (reply.ok().clone(), reply.ok()["secret"].clone());
    assert_eq!(
        (&totp["object"], &totp["verified"]),
        (&json!("totp"), &json!(false))
    );
    let secret = secret.as_str().unwrap();
    assert_eq!(
        totp["uri"],
        format!(
            "otpauth://totp/Bailiwick:ada%40northwind.example?algorithm=SHA1&digits=6\
             &issuer=Bailiwick&period=30&secret={secret}"
        )
    );
    // Nothing is demanded yet.
    assert_eq!(reply.client()["sessions"][0]["user"]["totp_enabled"], false);
    world.browser().sign_in(ADA).await.ok();

    let phone = Authenticator::scan(secret);
    let path = browser.own("/v1/me/totp/attempt_verification").await;
    let wrong = phone.wrong_code(&world);
    browser
        .post(&path, &[("code", &wrong)])
        .await
        .refused_param(422, "form_code_incorrect", "code");
    let reply = browser
        .post(&path, &[("code", &phone.code(&world, 0))])
        .await;
    assert_eq!(
        (
            &reply.ok()["verified"],
            &reply.ok()["secret"],
            &reply.ok()["uri"]
        ),
        (&json!(true), &json!(null), &json!(null))
    );
    assert_eq!(reply.ok()["backup_codes"].as_array().unwrap().len(), 10);
    let user = &reply.client()["sessions"][0]["user"];
    for (field, value) in [
        ("totp_enabled", json!(true)),
        ("backup_code_enabled", json!(true)),
        ("two_factor_enabled", json!(true)),
        ("mfa_enabled_at", json!(world.time.now().as_millisecond())),
        ("mfa_disabled_at", json!(null)),
    ] {
        assert_eq!(user[field], value, "{field}");
    }
    let (event, data) = world.said().await.pop().unwrap();
    assert_eq!(
        (event.as_str(), &data["totp_enabled"]),
        ("user.updated", &json!(true))
    );
    // A second one would let a thief of the session lock the owner out.
    let path = browser.own("/v1/me/totp").await;
    browser
        .post(&path, &[])
        .await
        .refused(400, "totp_already_enabled");
}

#[tokio::test]
async fn the_second_factor_is_asked_for_and_makes_the_session() {
    let world = World::new().await;
    let (phone, _) = world.signed_up(ADA).await.enrol(&world).await;
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    let reply = browser.get(&format!("/v1/client/sign_ins/{id}")).await;
    assert_eq!(
        reply.ok()["supported_second_factors"],
        json!([{ "strategy": "totp" }, { "strategy": "backup_code" }])
    );
    assert_eq!(reply.ok()["created_session_id"], json!(null));
    let reply = browser.get("/v1/client").await;
    assert_eq!(reply.ok()["sessions"], json!([]));
    assert_eq!(reply.ok()["sign_in"]["id"], id.as_str());

    world.time.advance(SignedDuration::from_mins(2));
    let reply = browser
        .attempt_second(&id, "totp", &phone.code(&world, 0))
        .await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    assert_eq!(
        reply.ok()["second_factor_verification"],
        json!({
            "object": "verification_totp", "status": "verified", "strategy": "totp",
            "attempts": 1, "expire_at": null,
        })
    );
    let session = &reply.client()["sessions"][0];
    assert_eq!(session["factor_verification_age"], json!([2, 0]));
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    assert_eq!(world.claims(jwt).await["fva"], json!([2, 0]));
}

#[tokio::test]
async fn every_first_factor_leads_to_the_second() {
    let world = World::new().await;
    world.signed_up(ADA).await.enrol(&world).await;
    // The password together with the identifier, as password managers send it.
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("password", PASSWORD)];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    // A code.
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let reply = browser
        .attempt_sign_in(&id, "email_code", &world.code(ADA))
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    // A new password after a proof of the address.
    let mut browser = world.browser();
    let form = [
        ("identifier", ADA),
        ("strategy", "reset_password_email_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let strategy = "reset_password_email_code";
    browser
        .attempt_sign_in(&id, strategy, &world.code(ADA))
        .await
        .ok();
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    let reply = browser
        .post(&path, &[("password", "another horse battery")])
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    assert_eq!(reply.client()["sessions"], json!([]));
}

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

#[tokio::test]
async fn without_the_authenticator_the_backup_codes_go_too() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser.enrol(&world).await;
    let path = browser.own("/v1/me/totp").await;
    let reply = browser.call("DELETE", &path, &[]).await;
    assert_eq!(
        (&reply.ok()["object"], &reply.ok()["deleted"]),
        (&json!("totp"), &json!(true))
    );
    let user = &reply.client()["sessions"][0]["user"];
    for field in ["totp_enabled", "backup_code_enabled", "two_factor_enabled"] {
        assert_eq!(user[field], false, "{field}");
    }
    assert!(user["mfa_disabled_at"].as_i64() >= user["mfa_enabled_at"].as_i64());
    let reply = world.browser().sign_in(ADA).await;
    assert_eq!(reply.ok()["status"], "complete");
    browser
        .call("DELETE", &path, &[])
        .await
        .refused(404, "resource_not_found");
    let path = browser.own("/v1/me/backup_codes").await;
    browser
        .post(&path, &[])
        .await
        .refused(400, "backup_codes_not_available");
}

#[tokio::test]
async fn the_secret_is_not_in_the_database() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/me/totp").await;
    let reply = browser.post(&path, &[]).await;
    let secret = reply.ok()["secret"].as_str().unwrap().to_owned();
    let row = world.pool.query(&SEALED, &[]).await.unwrap();
    let sealed: String = row[0].get(0);
    assert!(!sealed.contains(&secret) && sealed.len() > 60);
    // It opens for its own user and key only.
    let user_id = browser.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let seal = world.idp.seal();
    assert!(
        seal.open(&format!("totps.secret.{user_id}"), &sealed)
            .is_ok()
    );
    assert!(seal.open("totps.secret.user_other", &sealed).is_err());
}

#[tokio::test]
async fn strangers_have_no_factors() {
    let world = World::new().await;
    let mut stranger = world.browser();
    for path in ["/v1/me/totp", "/v1/me/backup_codes"] {
        stranger.post(path, &[]).await.refused(401, "signed_out");
    }
    let path = "/v1/me/totp/attempt_verification";
    stranger
        .post(path, &[("code", "123456")])
        .await
        .refused(401, "signed_out");
    stranger
        .call("DELETE", "/v1/me/totp", &[])
        .await
        .refused(401, "signed_out");
}

#[tokio::test]
async fn servers_verify_and_remove_factors() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let user = browser.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let at = |action: &str| format!("/users/{user}/{action}");
    let code = |code: &str| json!({ "code": code });
    let (status, body) = world
        .server(Method::POST, &at("verify_totp"), code("123456"))
        .await;
    assert_eq!(
        (status.as_u16(), &body["errors"][0]["code"]),
        (400, &json!("totp_disabled"))
    );
    let (phone, codes) = browser.enrol(&world).await;
    let right = phone.code(&world, 0);
    let verified = |kind: &str| {
        (
            StatusCode::OK,
            json!({ "verified": true, "code_type": kind }),
        )
    };
    let answer = world
        .server(Method::POST, &at("verify_totp"), code(&right))
        .await;
    assert_eq!(answer, verified("totp"));
    let answer = world
        .server(Method::POST, &at("verify_totp"), code(&codes[0]))
        .await;
    assert_eq!(answer, verified("backup_code"));
    for used in [&right, &codes[0]] {
        let (status, body) = world
            .server(Method::POST, &at("verify_totp"), code(used))
            .await;
        assert_eq!(
            (status.as_u16(), &body["errors"][0]["code"]),
            (422, &json!("form_code_incorrect"))
        );
    }
    let gone = (StatusCode::OK, json!({ "user_id": user }));
    let answer = world
        .server(Method::DELETE, &at("backup_code"), json!(null))
        .await;
    assert_eq!(answer, gone);
    let (status, _) = world
        .server(Method::DELETE, &at("backup_code"), json!(null))
        .await;
    assert_eq!(status, 404);
    let shown = browser.session().await["user"].clone();
    assert_eq!(
        (&shown["totp_enabled"], &shown["backup_code_enabled"]),
        (&json!(true), &json!(false))
    );
    let answer = world.server(Method::DELETE, &at("totp"), json!(null)).await;
    assert_eq!(answer, gone);
    let (status, _) = world.server(Method::DELETE, &at("totp"), json!(null)).await;
    assert_eq!(status, 404);
    browser.enrol(&world).await;
    let answer = world.server(Method::DELETE, &at("mfa"), json!(null)).await;
    assert_eq!(answer, gone);
    assert_eq!(browser.session().await["user"]["two_factor_enabled"], false);
    let (status, _) = world
        .server(Method::DELETE, "/users/user_nobody/mfa", json!(null))
        .await;
    assert_eq!(status, 404);
}
