//! Algorithms and headers.

use bailiwick_clerk::session::TokenError;
use serde_json::json;

use super::{attack, check, header};
use crate::issuer::{self, FIRST_KEY, SECOND_KEY, claims, merged, sign_hs256, signed_part};

#[tokio::test]
async fn algorithms() {
    let claims = claims().to_string();
    let named = |alg: &str| merged(FIRST_KEY.header(), json!({"alg": alg})).to_string();
    let set = issuer::key_set(&[FIRST_KEY]);
    check(vec![
        attack(
            "none",
            format!("{}.", signed_part(&named("none"), &claims)),
            TokenError::Algorithm,
        ),
        attack(
            "None",
            format!("{}.", signed_part(&named("None"), &claims)),
            TokenError::Algorithm,
        ),
        attack(
            "HS256 with the PEM as the secret",
            sign_hs256(&named("HS256"), &claims, FIRST_KEY.pem().as_bytes()),
            TokenError::Algorithm,
        ),
        attack(
            "HS256 with the DER as the secret",
            sign_hs256(&named("HS256"), &claims, &FIRST_KEY.spki()),
            TokenError::Algorithm,
        ),
        attack(
            "HS256 called RS256",
            sign_hs256(&named("RS256"), &claims, set.as_bytes()),
            TokenError::Signature,
        ),
        attack(
            "RS512",
            header(json!({"alg": "RS512"})),
            TokenError::Algorithm,
        ),
        attack(
            "PS256",
            header(json!({"alg": "PS256"})),
            TokenError::Algorithm,
        ),
        attack(
            "lower case",
            header(json!({"alg": "rs256"})),
            TokenError::Algorithm,
        ),
        attack(
            "unknown",
            header(json!({"alg": "XX1"})),
            TokenError::Algorithm,
        ),
        attack(
            "absent",
            header(json!({"alg": null})),
            TokenError::Algorithm,
        ),
        attack(
            "no string",
            header(json!({"alg": ["RS256"]})),
            TokenError::Malformed("header"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn headers() {
    let forbidden = |name| TokenError::ForbiddenHeader(name);
    let plain = FIRST_KEY.header().to_string();
    let with = |member: &str| {
        let header = format!("{},{member}}}", plain.trim_end_matches('}'));
        FIRST_KEY.sign(&header, &claims().to_string())
    };
    let template = json!({"cat": "cl_B7d4PD222AAA"});
    let machine = json!({"cat": "cl_B7d4PD333AAA"});
    check(vec![
        attack(
            "jku",
            with(r#""jku":"https://evil.example/jwks""#),
            forbidden("jku"),
        ),
        attack(
            "jwk",
            with(&format!(r#""jwk":{}"#, SECOND_KEY.jwk())),
            forbidden("jwk"),
        ),
        attack(
            "x5u",
            with(r#""x5u":"https://evil.example/cert""#),
            forbidden("x5u"),
        ),
        attack("x5c", with(r#""x5c":["AAAA"]"#), forbidden("x5c")),
        attack("crit", with(r#""crit":["exp"]"#), forbidden("crit")),
        attack(
            "crit that is null",
            with(r#""crit":null"#),
            forbidden("crit"),
        ),
        attack("b64", with(r#""b64":false"#), forbidden("b64")),
        attack(
            "b64 that changes nothing",
            with(r#""b64":true"#),
            forbidden("b64"),
        ),
        attack("a template's token", header(template), TokenError::Category),
        attack("a machine's token", header(machine), TokenError::Category),
        attack(
            "no category's token",
            header(json!({"cat": ""})),
            TokenError::Category,
        ),
        attack(
            "another type",
            header(json!({"typ": "at+jwt"})),
            TokenError::Type,
        ),
        attack(
            "no kid",
            header(json!({"kid": null})),
            TokenError::KeyIdMissing,
        ),
        attack(
            "empty kid",
            header(json!({"kid": ""})),
            TokenError::KeyIdMissing,
        ),
        attack(
            "kid of no string",
            header(json!({"kid": 1})),
            TokenError::Malformed("header"),
        ),
        attack(
            "unknown kid",
            header(json!({"kid": "ins_other"})),
            TokenError::KeyUnknown,
        ),
        attack(
            "endless kid",
            header(json!({"kid": "k".repeat(300)})),
            TokenError::KeyUnknown,
        ),
        attack(
            "kid twice",
            with(r#""kid":"ins_other""#),
            TokenError::Malformed("header"),
        ),
        attack(
            "alg twice",
            with(r#""alg":"none""#),
            TokenError::Malformed("header"),
        ),
        attack(
            "null type",
            with(r#""cty":1}{"#),
            TokenError::Malformed("header"),
        ),
        attack(
            "an array instead of an object",
            FIRST_KEY.sign(r#"["RS256","ins_first"]"#, &claims().to_string()),
            TokenError::Malformed("header"),
        ),
    ])
    .await;
}
