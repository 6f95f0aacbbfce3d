//! Set up, removed and stored: one's own, and by servers.

use bailiwick_pg::sql;
use http::{Method, StatusCode};
use serde_json::json;

use super::ADA;
use crate::frontend::authenticator::Authenticator;
use crate::frontend::world::World;

sql! {
    /// What is stored of the only secret.
    SEALED() = "select sealed_secret from idp.totps limit 1";
}

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
