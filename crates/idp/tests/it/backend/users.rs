//! Users: created, read, changed, deleted.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{SECRET_KEY, World};

#[tokio::test]
async fn a_new_user_has_every_field() {
    let world = World::new().await;
    let user = world
        .post(
            "/users",
            json!({
                "email_address": ["Ada@Northwind.example", "ada@northwind.example", "a@x.example"],
                "first_name": "Ada",
                "last_name": "Byron",
                "username": "ada",
                "password": "correct horse",
                "external_id": "crm-1",
                "public_metadata": { "plan": "pro" },
                "private_metadata": { "score": 1 },
                "unsafe_metadata": { "theme": "dark" },
                "created_at": "2020-01-02T03:04:05.678Z",
                "skip_password_requirement": true,
                "phone_number": [],
            }),
        )
        .await
        .ok();
    let now = world.time.now().as_millisecond();
    let id = user["id"].as_str().unwrap();
    assert!(id.starts_with("user_") && id.len() == 32);
    let emails = user["email_addresses"].as_array().unwrap();
    assert_eq!(emails.len(), 2);
    assert_eq!(
        emails[0],
        json!({
            "id": user["primary_email_address_id"],
            "object": "email_address",
            "email_address": "Ada@Northwind.example",
            "reserved": false,
            "verification": emails[0]["verification"],
            "linked_to": [],
            "matches_sso_connection": false,
            "created_at": now,
            "updated_at": now,
        })
    );
    let verification = &emails[0]["verification"];
    assert_eq!(
        (&verification["status"], &verification["strategy"]),
        (&json!("verified"), &json!("admin"))
    );
    let mut expected = json!({
        "object": "user",
        "username": "ada",
        "first_name": "Ada",
        "last_name": "Byron",
        "locale": null,
        "has_image": false,
        "primary_phone_number_id": null,
        "primary_web3_wallet_id": null,
        "password_enabled": true,
        "password_last_updated_at": now,
        "two_factor_enabled": false,
        "totp_enabled": false,
        "backup_code_enabled": false,
        "mfa_enabled_at": null,
        "mfa_disabled_at": null,
        "phone_numbers": [],
        "web3_wallets": [],
        "passkeys": [],
        "external_accounts": [],
        "saml_accounts": [],
        "enterprise_accounts": [],
        "public_metadata": { "plan": "pro" },
        "private_metadata": { "score": 1 },
        "unsafe_metadata": { "theme": "dark" },
        "external_id": "crm-1",
        "last_sign_in_at": null,
        "last_active_at": null,
        "banned": false,
        "bypass_client_trust": false,
        "deprovisioned": false,
        "locked": false,
        "lockout_expires_in_seconds": null,
        "create_organization_enabled": true,
        "create_organizations_limit": null,
        "delete_self_enabled": true,
        "legal_accepted_at": null,
        "created_at": 1_577_934_245_678_i64,
        "updated_at": now,
    });
    for own in [
        "id",
        "image_url",
        "profile_image_url",
        "primary_email_address_id",
        "email_addresses",
        "verification_attempts_remaining",
    ] {
        expected[own] = user[own].clone();
    }
    assert_eq!(user, expected);
    assert_eq!(world.get(&format!("/users/{id}")).await.ok(), user);
    assert_eq!(world.said().await, [("user.created".to_owned(), user)]);
}

#[tokio::test]
async fn what_is_taken_stays_taken() {
    let world = World::new().await;
    let first =
        json!({ "email_address": ["ada@x.example"], "username": "ada", "external_id": "1" });
    world.post("/users", first).await.ok();
    for (body, param) in [
        (
            json!({ "email_address": ["ADA@x.example"] }),
            "email_address",
        ),
        (json!({ "username": "Ada" }), "username"),
        (json!({ "external_id": "1" }), "external_id"),
    ] {
        let reply = world.post("/users", body).await;
        reply.refused(422, "form_identifier_exists", param);
    }
    assert_eq!(world.said_types(0).await, ["user.created"]);
    let other = world.user("grace@x.example").await;
    let reply = world
        .patch(&format!("/users/{other}"), json!({ "username": "ADA" }))
        .await;
    reply.refused(422, "form_identifier_exists", "username");
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let world = World::new().await;
    let reply = world
        .post(
            "/users",
            json!({
                "email_address": ["nobody"],
                "first_name": 5,
                "password": "short",
                "phone_number": ["12"],
                "phone_number_identification_status": ["reserved"],
                "totp_secret": "ABCDEFGH",
                "shoe_size": 42,
            }),
        )
        .await;
    let (status, mut errors) = reply.refusal();
    errors.sort_unstable();
    assert_eq!(status, 422);
    assert_eq!(
        errors,
        [
            ("form_param_format_invalid", "email_address"),
            ("form_param_format_invalid", "first_name"),
            ("form_param_format_invalid", "phone_number"),
            ("form_param_format_invalid", "totp_secret"),
            (
                "form_param_not_enabled",
                "phone_number_identification_status",
            ),
            ("form_param_unknown", "shoe_size"),
            ("form_password_length_too_short", "password"),
        ]
    );
    // The rules of passwords can be waived by those who bring old ones along.
    let old = json!({ "password": "short", "skip_password_checks": true });
    assert_eq!(
        world.post("/users", old).await.ok()["password_enabled"],
        true
    );
}

#[tokio::test]
async fn a_user_is_created_with_numbers_and_the_first_is_primary() {
    let world = World::new().await;
    let body = json!({ "phone_number": ["+12015550101", "+12015550102", "+12015550101"] });
    let user = world.post("/users", body.clone()).await.ok();
    let phones = user["phone_numbers"].as_array().unwrap();
    let numbers: Vec<&Value> = phones.iter().map(|phone| &phone["phone_number"]).collect();
    assert_eq!(numbers, ["+12015550101", "+12015550102"]);
    for phone in phones {
        assert_eq!(phone["verification"]["status"], "verified");
        assert_eq!(phone["verification"]["strategy"], "admin");
    }
    assert_eq!(user["primary_phone_number_id"], phones[0]["id"]);
    let taken = world.post("/users", body).await;
    taken.refused(422, "form_identifier_exists", "phone_number");

    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let choose = |id: &Value| json!({ "primary_phone_number_id": id });
    let changed = world.patch(&path, choose(&phones[1]["id"])).await.ok();
    assert_eq!(changed["primary_phone_number_id"], phones[1]["id"]);
    // Nobody's, and somebody else's, are refused alike.
    let body = json!({ "phone_number": ["+12015550103"] });
    let other = world.post("/users", body).await.ok();
    for id in [&json!("idn_none"), &other["primary_phone_number_id"]] {
        let reply = world.patch(&path, choose(id)).await;
        reply.refused(422, "form_param_value_invalid", "primary_phone_number_id");
    }
}

#[tokio::test]
async fn an_update_changes_what_it_names() {
    let world = World::new().await;
    let emails = json!({ "email_address": ["a@x.example", "b@x.example"], "first_name": "Ada" });
    let user = world.post("/users", emails).await.ok();
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    world.time.advance(SignedDuration::from_secs(1));
    let second = user["email_addresses"][1]["id"].clone();
    let body = json!({
        "last_name": "Byron", "first_name": null, "primary_email_address_id": second,
        "create_organizations_limit": 3,
    });
    let changed = world.patch(&path, body).await.ok();
    let mut expected = user.clone();
    expected["first_name"] = Value::Null;
    expected["last_name"] = json!("Byron");
    expected["primary_email_address_id"] = second;
    expected["create_organizations_limit"] = json!(3);
    expected["updated_at"] = json!(world.time.now().as_millisecond());
    expected["image_url"] = changed["image_url"].clone();
    expected["profile_image_url"] = changed["profile_image_url"].clone();
    assert_eq!(changed, expected);
    assert_eq!(world.get(&path).await.ok(), expected);
    assert_eq!(world.said().await[1], ("user.updated".to_owned(), expected));

    let reply = world
        .patch(&path, json!({ "primary_email_address_id": "idn_1" }))
        .await;
    reply.refused(422, "form_param_value_invalid", "primary_email_address_id");
    world
        .patch("/users/user_1", json!({}))
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn metadata_is_merged_or_replaced_on_its_own_path() {
    let world = World::new().await;
    let body = json!({ "public_metadata": { "a": { "b": 1, "c": 2 }, "d": 3 } });
    let user = world.post("/users", body).await.ok();
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let metadata = format!("{path}/metadata");

    let body = json!({ "public_metadata": { "a": { "b": null }, "e": [1] } });
    let user = world.patch(&metadata, body).await.ok();
    assert_eq!(
        user["public_metadata"],
        json!({ "a": { "c": 2 }, "d": 3, "e": [1] })
    );
    let body = json!({ "public_metadata": {}, "private_metadata": { "x": null } });
    let user = world.put(&metadata, body).await.ok();
    assert_eq!(user["public_metadata"], json!({}));
    assert_eq!(user["private_metadata"], json!({ "x": null }));

    // Since 2026-05-12 it is no part of the update; before, it is.
    let body = json!({ "public_metadata": { "y": 1 } });
    let reply = world.patch(&path, body.clone()).await;
    reply.refused(422, "form_param_unknown", "public_metadata");
    let old = world
        .request(Method::PATCH, &path)
        .bearer_auth(SECRET_KEY)
        .json(&body);
    let old = old.header("clerk-api-version", "2025-11-10");
    assert_eq!(
        world.send(old).await.ok()["public_metadata"],
        json!({ "y": 1 })
    );

    let large = json!({ "public_metadata": { "z": "x".repeat(9000) } });
    let reply = world.patch(&metadata, large).await;
    reply.refused(422, "form_param_format_invalid", "public_metadata");
    assert_eq!(
        world.said_types(0).await,
        [
            "user.created",
            "user.updated",
            "user.updated",
            "user.updated"
        ]
    );
}

#[tokio::test]
async fn somebody_from_elsewhere_brings_numbers_and_second_factors_along() {
    let world = World::new().await;
    let body = json!({
        "email_address": ["ada@x.example"],
        "phone_number": ["+1 (201) 555-0101", "+12015550102", "+12015550101"],
        "phone_number_identification_status": ["verified", "verified", "verified"],
        "password": "correct horse battery",
        // As authenticator applications show it.
        "totp_secret": "jbsw y3dp ehpk 3pxp",
        "backup_codes": ["ABCD-1234", "efgh5678"],
    });
    let user = world.post("/users", body.clone()).await.ok();
    let numbers: Vec<_> = user["phone_numbers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (&one["phone_number"], &one["verification"]["status"]))
        .collect();
    let verified = json!("verified");
    assert_eq!(
        numbers,
        [
            (&json!("+12015550101"), &verified),
            (&json!("+12015550102"), &verified)
        ]
    );
    assert_eq!(
        user["primary_phone_number_id"],
        user["phone_numbers"][0]["id"]
    );
    for flag in ["totp_enabled", "backup_code_enabled", "two_factor_enabled"] {
        assert_eq!(user[flag], true, "{flag}");
    }
    // Both factors are good, once each.
    let path = format!("/users/{}/verify_totp", user["id"].as_str().unwrap());
    let step = world.time.now().as_second() / 30;
    let code = totp(b"Hello!\xde\xad\xbe\xef", step);
    for (code, status) in [
        (code.as_str(), 200),
        (code.as_str(), 422),
        ("abcd1234", 200),
        ("ABCD-1234", 422),
        ("EFGH 5678", 200),
    ] {
        let reply = world.post(&path, json!({ "code": code })).await;
        assert_eq!(reply.status, status, "{code}: {}", reply.body);
    }
    // Nothing of it is shown to anybody, and the number is nobody else's.
    let shown = world
        .get(&format!("/users/{}", user["id"].as_str().unwrap()))
        .await
        .ok();
    assert!(!shown.to_string().to_lowercase().contains("jbsw"));
    let mut twin = body;
    twin["email_address"] = json!(["twin@x.example"]);
    let reply = world.post("/users", twin).await;
    reply.refused(422, "form_identifier_exists", "phone_number");
}

/// The code of a time step, computed here (RFC 6238).
fn totp(secret: &[u8], step: i64) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    let start = usize::from(tag[19] & 15);
    let four: [u8; 4] = tag[start..start + 4].try_into().unwrap();
    format!(
        "{:06}",
        (u32::from_be_bytes(four) & 0x7fff_ffff) % 1_000_000
    )
}

#[tokio::test]
async fn second_factors_that_prove_nothing_are_refused() {
    let world = World::new().await;
    let good = "JBSWY3DPEHPK3PXP";
    for (field, body) in [
        ("totp_secret", json!({ "totp_secret": "not base 32!" })),
        ("totp_secret", json!({ "totp_secret": "JBSWY3DP" })),
        ("totp_secret", json!({ "totp_secret": "A".repeat(200) })),
        ("backup_codes", json!({ "backup_codes": ["abcd1234"] })),
        (
            "backup_codes",
            json!({ "totp_secret": good, "backup_codes": ["12345"] }),
        ),
        (
            "backup_codes",
            json!({ "totp_secret": good, "backup_codes": ["$2a$10$N9qo8uLOickgx2ZMRZoMye"] }),
        ),
        (
            "backup_codes",
            json!({ "totp_secret": good, "backup_codes": vec!["abcd1234"; 51] }),
        ),
    ] {
        let reply = world.post("/users", body).await;
        reply.refused(422, "form_param_format_invalid", field);
    }
    let reserved = json!({
        "email_address": ["ada@x.example"], "email_address_identification_status": ["reserved"],
    });
    let reply = world.post("/users", reserved).await;
    reply.refused(
        422,
        "form_param_not_enabled",
        "email_address_identification_status",
    );
    let count = world.get("/users/count").await.ok();
    assert_eq!(count["total_count"], 0);
}
