//! Sessions and their tokens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::{Value, json};

use super::world::{World, ids};

/// The claims of a token whose signature holds by the served key set.
async fn claims(world: &World, jwt: &str) -> Value {
    let header = decode_header(jwt).unwrap();
    let keys = world.get("/jwks").await.ok();
    let keys = keys["keys"].as_array().unwrap();
    let key = keys
        .iter()
        .find(|key| key["kid"] == json!(header.kid))
        .unwrap();
    let key =
        DecodingKey::from_rsa_components(key["n"].as_str().unwrap(), key["e"].as_str().unwrap())
            .unwrap();
    let mut validation = Validation::new(Algorithm::RS256);
    // The provider's clock stands still, far from the machine's.
    validation.validate_exp = false;
    validation.validate_nbf = false;
    decode::<Value>(jwt, &key, &validation).unwrap().claims
}

#[tokio::test]
async fn a_token_for_the_active_organization() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    let body = json!({ "user_id": ada, "active_organization_id": acme });
    let session = world.post("/sessions", body).await.ok();
    let now = world.time.now();
    assert_eq!(
        (
            &session["object"],
            &session["status"],
            &session["last_active_organization_id"]
        ),
        (&json!("session"), &json!("active"), &json!(acme))
    );
    assert_eq!(session["last_active_at"], json!(now.as_millisecond()));
    let id = session["id"].as_str().unwrap();
    let token = world
        .post(&format!("/sessions/{id}/tokens"), json!({}))
        .await
        .ok();
    assert_eq!(token["object"], "token");
    let jwt = token["jwt"].as_str().unwrap();
    let header: Value = serde_json::from_slice(
        &URL_SAFE_NO_PAD
            .decode(jwt.split('.').next().unwrap())
            .unwrap(),
    )
    .unwrap();
    assert_eq!(header["cat"], "cl_B7d4PD111AAA");
    let claims = claims(&world, jwt).await;
    assert_eq!(
        claims,
        json!({
            "exp": now.as_second() + 60,
            "fea": "o:max_members_2",
            "fva": [0, -1],
            "iat": now.as_second(),
            "iss": "http://clerk.bailiwick.localhost",
            "jti": claims["jti"],
            "nbf": now.as_second() - 10,
            "o": { "id": acme, "rol": "admin", "slg": "acme" },
            "pla": "o:starter",
            "sid": id,
            "sts": "active",
            "sub": ada,
            "v": 2,
        })
    );
    let (event, data) = world.said().await.pop().unwrap();
    assert_eq!(event, "session.created");
    assert_eq!(
        (&data["id"], &data["user"]["id"]),
        (&json!(id), &json!(ada))
    );
}

#[tokio::test]
async fn tokens_live_as_long_as_asked_within_bounds() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let session = world
        .post("/sessions", json!({ "user_id": ada }))
        .await
        .ok();
    let tokens = format!("/sessions/{}/tokens", session["id"].as_str().unwrap());
    let token = world
        .post(&tokens, json!({ "expires_in_seconds": 3600 }))
        .await
        .ok();
    let claims = claims(&world, token["jwt"].as_str().unwrap()).await;
    assert_eq!(claims["exp"], json!(world.time.now().as_second() + 3600));
    assert!(claims.get("o").is_none());
    for bad in [json!(5), json!(-1), json!("60")] {
        let reply = world
            .post(&tokens, json!({ "expires_in_seconds": bad }))
            .await;
        reply.refused(422, "form_param_format_invalid", "expires_in_seconds");
    }
    world.act(&tokens).await.ok();
}

#[tokio::test]
async fn a_revoked_session_gives_no_token() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let session = world
        .post("/sessions", json!({ "user_id": ada }))
        .await
        .ok();
    let path = format!("/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(
        world.act(&format!("{path}/revoke")).await.ok()["status"],
        "revoked"
    );
    assert_eq!(
        world.act(&format!("{path}/revoke")).await.ok()["status"],
        "revoked"
    );
    assert_eq!(world.said_types(2).await, ["session.revoked"]);
    world
        .act(&format!("{path}/tokens"))
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(world.get(&path).await.ok()["status"], "revoked");
    world
        .act("/sessions/sess_1/revoke")
        .await
        .refused(404, "resource_not_found", "");
    world
        .get("/sessions/sess_1")
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn only_members_act_for_an_organization() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@x.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let body = json!({ "user_id": grace, "active_organization_id": acme });
    world
        .post("/sessions", body)
        .await
        .refused(404, "resource_not_found", "");
    world
        .post("/sessions", json!({ "user_id": "user_1" }))
        .await
        .refused(404, "resource_not_found", "");
    world
        .post("/sessions", json!({}))
        .await
        .refused(422, "form_param_missing", "user_id");

    // Who leaves, leaves with the sessions' next token.
    let path = format!("/organizations/{acme}/memberships");
    world
        .post(&path, json!({ "user_id": grace, "role": "org:member" }))
        .await
        .ok();
    let body = json!({ "user_id": grace, "active_organization_id": acme });
    let session = world.post("/sessions", body).await.ok();
    world.delete(&format!("{path}/{grace}")).await.ok();
    let tokens = format!("/sessions/{}/tokens", session["id"].as_str().unwrap());
    let token = world.act(&tokens).await.ok();
    assert!(
        claims(&world, token["jwt"].as_str().unwrap())
            .await
            .get("o")
            .is_none()
    );
}

#[tokio::test]
async fn lists() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@x.example").await,
    );
    let mut sessions = Vec::new();
    for user in [&ada, &ada, &grace] {
        let session = world
            .post("/sessions", json!({ "user_id": user }))
            .await
            .ok();
        sessions.push(session["id"].as_str().unwrap().to_owned());
        world.time.advance(SignedDuration::from_secs(1));
    }
    world
        .act(&format!("/sessions/{}/revoke", sessions[0]))
        .await
        .ok();
    for (query, expected) in [
        (
            String::new(),
            vec![&sessions[2], &sessions[1], &sessions[0]],
        ),
        (format!("user_id={ada}"), vec![&sessions[1], &sessions[0]]),
        (format!("user_id={ada}&status=active"), vec![&sessions[1]]),
        ("status=revoked".into(), vec![&sessions[0]]),
        ("limit=1".into(), vec![&sessions[2]]),
    ] {
        let list = world.get(&format!("/sessions?{query}")).await.ok();
        assert!(list.is_array());
        assert_eq!(ids(&list), expected, "{query}");
        let page = world
            .get(&format!("/sessions?paginated=true&{query}"))
            .await
            .ok();
        assert_eq!(ids(&page), expected, "{query}");
    }
    world.time.advance(SignedDuration::from_hours(8 * 24));
    assert_eq!(
        ids(&world.get("/sessions?status=active").await.ok()),
        [""; 0]
    );
    assert_eq!(
        ids(&world.get("/sessions?status=expired").await.ok()).len(),
        2
    );
}
