//! Users who bring the digest of their password along.

use serde_json::{Value, json};

use super::world::World;

/// One of each hasher; the password is `correct horse battery`.
const DIGESTS: [(&str, &str); 4] = [
    (
        "bcrypt",
        "$2b$04$abcdefghijklmnopqrstuuqREtd3VJD2QVZbuFskFSLk6eRIrQoOS",
    ),
    (
        "pbkdf2_sha256_django",
        "pbkdf2_sha256$1000$somesalt$K5SAHVwQoz0J3yvOytAOiRUeGU14G3lS2KOx1HL3NxA=",
    ),
    (
        "scrypt_werkzeug",
        "scrypt:1024:8:1$somesalt$e4a78b0d10edb86037de28e5421ea029412006d67612dd0ade5fa34704005dc2\
         52508d520bbaf0240465076a04cbc6af6d7e46eb38a6a7dfba260012b33017ad",
    ),
    ("md5", "88e4ddd2402d92d50e1879d6ecd9ffd4"),
];

async fn verify(world: &World, id: &Value, password: &str) -> u16 {
    let path = format!("/users/{}/verify_password", id.as_str().unwrap());
    let reply = world.post(&path, json!({ "password": password })).await;
    reply.status.as_u16()
}

#[tokio::test]
async fn a_digest_of_another_system_knows_its_password() {
    let world = World::new().await;
    for (hasher, digest) in DIGESTS {
        let body = json!({ "password_digest": digest, "password_hasher": hasher });
        let user = world.post("/users", body).await.ok();
        assert_eq!(user["password_enabled"], true);
        assert_eq!(
            verify(&world, &user["id"], "correct horse battery").await,
            200
        );
        assert_eq!(
            verify(&world, &user["id"], "wrong horse battery").await,
            422
        );
    }
    // An update takes one too.
    let id = world.user("ada@x.example").await;
    let body = json!({ "password_digest": DIGESTS[0].1, "password_hasher": "bcrypt" });
    world.patch(&format!("/users/{id}"), body).await.ok();
    assert_eq!(
        verify(&world, &json!(id), "correct horse battery").await,
        200
    );
}

#[tokio::test]
async fn malformed_foreign_and_expensive_digests_are_refused() {
    let world = World::new().await;
    let bcrypt = DIGESTS[0].1;
    for (hasher, digest) in [
        ("bcrypt", "not a digest"),
        ("bcrypt", &bcrypt[..50]),
        ("bcrypt", &bcrypt.replace("$04$", "$31$")),
        ("md5", bcrypt),
        ("awscognito", bcrypt),
        ("no such hasher", bcrypt),
        (
            "pbkdf2_sha256_django",
            "pbkdf2_sha256$4000000000$somesalt$K5SAHVwQoz0J3yvOytAOiRUeGU14G3lS2KOx1HL3NxA=",
        ),
        (
            "argon2id",
            "$argon2id$v=19$m=4194304,t=3,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ),
    ] {
        let body = json!({ "password_digest": digest, "password_hasher": hasher });
        let reply = world.post("/users", body).await;
        reply.refused(422, "form_password_digest_invalid", "password_digest");
    }
    let body = json!({ "password_digest": bcrypt });
    world
        .post("/users", body)
        .await
        .refused(422, "form_param_missing", "password_hasher");
    assert_eq!(world.get("/users/count").await.ok()["total_count"], 0);
}
