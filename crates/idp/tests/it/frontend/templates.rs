//! Claims of one's own, and tokens for other services.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::hmac;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Value, json};

use super::world::{Browser, World};

const ADA: &str = "ada@northwind.example";
const SECRET: &str = "a shared secret of 32 bytes, or more";

impl Browser {
    async fn template_token(&mut self, name: &str) -> super::world::Reply {
        let id = self.session_id().await;
        let path = format!("/v1/client/sessions/{id}/tokens/{name}");
        self.post(&path, &[]).await
    }
}

fn part(jwt: &str, index: usize) -> Value {
    let part = jwt.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

fn refused(answer: &(http::StatusCode, Value), status: u16, code: &str, param: &str) {
    let error = &answer.1["errors"][0];
    assert_eq!(
        (
            answer.0.as_u16(),
            &error["code"],
            &error["meta"]["param_name"]
        ),
        (status, &json!(code), &json!(param)),
        "{}",
        answer.1
    );
}

#[tokio::test]
async fn a_template_is_made_read_changed_and_removed() {
    let world = World::new().await;
    let body = json!({ "name": "hasura", "claims": { "aud": "x", "id": "{{user.id}}" } });
    let (status, made) = world
        .server(Method::POST, "/jwt_templates", body.clone())
        .await;
    assert_eq!(status, 200, "{made}");
    for (field, value) in [
        ("object", json!("jwt_template")),
        ("name", json!("hasura")),
        ("claims", body["claims"].clone()),
        ("lifetime", json!(60)),
        ("allowed_clock_skew", json!(5)),
        ("custom_signing_key", json!(false)),
        ("signing_algorithm", json!("RS256")),
    ] {
        assert_eq!(made[field], value, "{field}");
    }
    let answer = world.server(Method::POST, "/jwt_templates", body).await;
    refused(&answer, 422, "form_identifier_exists", "name");
    let path = format!("/jwt_templates/{}", made["id"].as_str().unwrap());
    assert_eq!(world.server(Method::GET, &path, json!(null)).await.1, made);
    let (_, list) = world
        .server(Method::GET, "/jwt_templates", json!(null))
        .await;
    assert_eq!(list, json!([made]));
    let (_, list) = world
        .server(Method::GET, "/jwt_templates?paginated=true", json!(null))
        .await;
    assert_eq!(list, json!({ "data": [made], "total_count": 1 }));
    let body = json!({
        "name": "other", "claims": {}, "lifetime": 315_360_000, "allowed_clock_skew": 0,
        "custom_signing_key": true, "signing_algorithm": "HS256", "signing_key": SECRET,
    });
    let (status, changed) = world.server(Method::PATCH, &path, body).await;
    assert_eq!(status, 200, "{changed}");
    assert_eq!(
        (
            &changed["name"],
            &changed["custom_signing_key"],
            &changed["lifetime"]
        ),
        (&json!("other"), &json!(true), &json!(315_360_000))
    );
    assert!(!changed.to_string().contains("shared secret"));
    let (status, gone) = world.server(Method::DELETE, &path, json!(null)).await;
    assert_eq!((status.as_u16(), &gone["deleted"]), (200, &json!(true)));
    for method in [Method::GET, Method::DELETE] {
        let (status, _) = world.server(method, &path, json!(null)).await;
        assert_eq!(status, 404);
    }
    let body = json!({ "name": "x", "claims": {} });
    let (status, _) = world.server(Method::PATCH, &path, body).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    let world = World::new().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "name": "x", "claims": {} });
        body[field] = value;
        body
    };
    for (field, value, code) in [
        ("name", json!("a b"), "form_param_format_invalid"),
        ("name", json!("../x"), "form_param_format_invalid"),
        (
            "claims",
            json!({ "sub": "user_x" }),
            "jwt_template_reserved_claim",
        ),
        ("claims", json!({ "exp": 1 }), "jwt_template_reserved_claim"),
        ("claims", json!([1]), "form_param_format_invalid"),
        (
            "claims",
            json!({ "x": "y".repeat(20_000) }),
            "form_param_format_invalid",
        ),
        ("lifetime", json!(29), "form_param_format_invalid"),
        ("lifetime", json!(315_360_001), "form_param_format_invalid"),
        (
            "allowed_clock_skew",
            json!(301),
            "form_param_format_invalid",
        ),
    ] {
        let answer = world
            .server(Method::POST, "/jwt_templates", with(field, value))
            .await;
        refused(&answer, 422, code, field);
    }
    for (algorithm, key, param) in [
        ("none", SECRET, "signing_algorithm"),
        ("HS256", "short", "signing_key"),
        ("RS256", SECRET, "signing_key"),
    ] {
        let body = json!({
            "name": "x", "claims": {}, "custom_signing_key": true,
            "signing_algorithm": algorithm, "signing_key": key,
        });
        let answer = world.server(Method::POST, "/jwt_templates", body).await;
        refused(&answer, 422, "form_param_format_invalid", param);
    }
    let body = json!({ "name": "x", "claims": {}, "custom_signing_key": true });
    let answer = world.server(Method::POST, "/jwt_templates", body).await;
    refused(&answer, 422, "form_param_missing", "signing_key");
}

#[tokio::test]
async fn a_token_says_what_its_template_says() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let organization = browser.create_organization("Northwind").await;
    browser
        .call_own(
            "PATCH",
            "/v1/me",
            &[("first_name", "Ada"), ("unsafe_metadata", r#"{"n":3}"#)],
        )
        .await
        .ok();
    let body = json!({
        "name": "service", "lifetime": 600, "allowed_clock_skew": 7,
        "claims": {
            "aud": "service",
            "mail": "{{user.primary_email_address}}",
            "verified": "{{user.email_verified}}",
            "n": "{{user.unsafe_metadata.n}}",
            "greeting": "Hello {{user.first_name}} {{user.last_name}}",
            "nick": "{{user.username || 'nobody'}}",
            "org": { "id": "{{org.id}}", "role": "{{org.role}}", "slug": "{{org.slug}}" },
            "all": "{{user.organizations}}",
            "private": "{{user.private_metadata}}",
            "hash": "{{user.password_digest}}",
        },
    });
    world.server(Method::POST, "/jwt_templates", body).await;
    let reply = browser.template_token("service").await;
    let jwt = reply.body["jwt"].as_str().unwrap();
    let header = part(jwt, 0);
    assert_eq!(
        (&header["cat"], &header["alg"]),
        (&json!("cl_B7d4PD222AAA"), &json!("RS256"))
    );
    let session = browser.session().await;
    let claims = part(jwt, 1);
    let now = world.time.now().as_second();
    assert_eq!(
        claims,
        json!({
            "aud": "service", "mail": ADA, "verified": true, "n": 3,
            "greeting": "Hello Ada null", "nick": "nobody",
            "org": { "id": organization, "role": "org:admin", "slug": "northwind" },
            "all": { organization.as_str(): "org:admin" }, "private": null, "hash": null,
            "azp": "http://localhost:3000", "exp": now + 600, "iat": now, "nbf": now - 7,
            "iss": "http://clerk.bailiwick.localhost", "jti": claims["jti"],
            "sub": session["user"]["id"],
        })
    );
    // The server's way, with a lifetime of its own.
    let path = format!(
        "/sessions/{}/tokens/service",
        session["id"].as_str().unwrap()
    );
    let body = json!({ "expires_in_seconds": 30 });
    let (status, answer) = world.server(Method::POST, &path, body).await;
    assert_eq!(status, 200, "{answer}");
    let claims = part(answer["jwt"].as_str().unwrap(), 1);
    assert_eq!(
        (&claims["exp"], &claims["azp"]),
        (&json!(now + 30), &json!(null))
    );
    let (status, _) = world
        .server(Method::POST, &path, json!({ "expires_in_seconds": 29 }))
        .await;
    assert_eq!(status, 422);
    browser
        .template_token("unknown")
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_key_of_ones_own_signs() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let body = json!({
        "name": "shared", "claims": {}, "custom_signing_key": true,
        "signing_algorithm": "HS256", "signing_key": SECRET,
    });
    world.server(Method::POST, "/jwt_templates", body).await;
    let reply = browser.template_token("shared").await;
    let jwt = reply.body["jwt"].as_str().unwrap();
    assert_eq!(part(jwt, 0)["alg"], "HS256");
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    let tag = URL_SAFE_NO_PAD.decode(signature).unwrap();
    hmac::verify(&key, signed.as_bytes(), &tag).unwrap();
}

#[tokio::test]
async fn a_pair_of_keys_of_ones_own_signs_and_is_shown_to_nobody() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    for (algorithm, verification) in [
        ("RS256", &RSA_PKCS1_2048_8192_SHA256),
        ("RS384", &RSA_PKCS1_2048_8192_SHA384),
        ("RS512", &RSA_PKCS1_2048_8192_SHA512),
    ] {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let pem = pem(&pair);
        let body = json!({
            "name": algorithm, "claims": { "aud": "warehouse" }, "custom_signing_key": true,
            "signing_algorithm": algorithm, "signing_key": pem,
        });
        let (status, made) = world.server(Method::POST, "/jwt_templates", body).await;
        assert_eq!(status, 200, "{made}");
        let path = format!("/jwt_templates/{}", made["id"].as_str().unwrap());
        let (_, read) = world.server(Method::GET, &path, Value::Null).await;
        for shown in [&made, &read] {
            assert!(shown["signing_key"].is_null() && !shown.to_string().contains("PRIVATE"));
        }
        let reply = browser.template_token(algorithm).await;
        let jwt = reply.body["jwt"].as_str().unwrap();
        assert_eq!(part(jwt, 0)["alg"], algorithm);
        assert_eq!(part(jwt, 1)["aud"], "warehouse");
        let (signed, signature) = jwt.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let public = UnparsedPublicKey::new(verification, pair.public_key().as_ref());
        public.verify(signed.as_bytes(), &signature).unwrap();
        // Ours is another key.
        let keys = world.browser().get("/.well-known/jwks.json").await.body;
        assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
        assert_eq!(part(jwt, 0).get("kid"), None);
        // Taken back, the instance's own key signs again.
        let (status, body) = world
            .server(
                Method::PATCH,
                &path,
                json!({ "name": algorithm, "claims": {}, "custom_signing_key": false }),
            )
            .await;
        assert_eq!(status, 200, "{body}");
        let reply = browser.template_token(algorithm).await;
        let jwt = reply.body["jwt"].as_str().unwrap();
        assert_eq!(part(jwt, 0)["kid"], keys["keys"][0]["kid"]);
    }
}

/// A key as people keep it in files.
fn pem(pair: &KeyPair) -> String {
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    let text = STANDARD.encode(der.as_ref());
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        lines.join("\n")
    )
}

#[tokio::test]
async fn tokens_of_templates_are_of_ones_own_session_only() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let body = json!({ "name": "service", "claims": {} });
    world.server(Method::POST, "/jwt_templates", body).await;
    let other = world
        .signed_up("grace@northwind.example")
        .await
        .session_id()
        .await;
    let path = format!("/v1/client/sessions/{other}/tokens/service");
    browser
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    world
        .browser()
        .post(&path, &[])
        .await
        .refused(401, "signed_out");
    let own = browser.session_id().await;
    browser
        .call("DELETE", "/v1/client/sessions", &[])
        .await
        .ok();
    let path = format!("/sessions/{own}/tokens/service");
    let (status, _) = world.server(Method::POST, &path, json!({})).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn session_tokens_carry_claims_of_ones_own() {
    let world = World::with(|config| {
        let claims = json!({
            "mail": "{{user.primary_email_address}}", "tier": "free",
            // These decide what somebody may do, and are nobody's own.
            "sub": "user_x", "sid": "sess_x", "sts": "active", "o": { "rol": "admin" },
            "pla": "o:pro", "fea": "o:all", "act": { "sub": "user_x" }, "org_role": "org:admin",
            "fva": [0, 0], "v": 1, "exp": 1,
        });
        config.settings.sessions.claims = claims.as_object().unwrap().clone();
    })
    .await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session().await;
    let path = format!(
        "/v1/client/sessions/{}/tokens",
        session["id"].as_str().unwrap()
    );
    let minted = browser.post(&path, &[]).await.body["jwt"].clone();
    for jwt in [&session["last_active_token"]["jwt"], &minted] {
        let claims = world.claims(jwt.as_str().unwrap()).await;
        assert_eq!(
            (&claims["mail"], &claims["tier"]),
            (&json!(ADA), &json!("free"))
        );
        assert_eq!(claims["sub"], session["user"]["id"]);
        assert_eq!((&claims["v"], &claims["fva"]), (&json!(2), &json!([0, -1])));
        for absent in ["o", "pla", "fea", "act", "org_role"] {
            assert_eq!(claims.get(absent), None, "{absent}");
        }
    }
}
