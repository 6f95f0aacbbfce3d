//! Issuers, parties, times and types.

use bailiwick_clerk::session::TokenError;
use serde_json::{Value, json};

use super::{attack, body, check};
use crate::issuer::{FIRST_KEY, NOW, claims};

#[tokio::test]
async fn issuers_and_parties() {
    let iss = |iss: &str| body(json!({"iss": iss}));
    let azp = |azp: Value| body(json!({"azp": azp}));
    check(vec![
        attack(
            "another issuer",
            iss("https://clerk.evil.example"),
            TokenError::Issuer,
        ),
        attack(
            "https",
            iss("https://clerk.bailiwick.localhost"),
            TokenError::Issuer,
        ),
        attack(
            "a slash",
            iss("http://clerk.bailiwick.localhost/"),
            TokenError::Issuer,
        ),
        attack(
            "a suffix",
            iss("http://clerk.bailiwick.localhost.evil.example"),
            TokenError::Issuer,
        ),
        attack("empty issuer", iss(""), TokenError::Issuer),
        attack(
            "no issuer",
            body(json!({"iss": null})),
            TokenError::ClaimMissing("iss"),
        ),
        attack(
            "another party",
            azp(json!("http://evil.example")),
            TokenError::AuthorizedParty,
        ),
        attack("empty party", azp(json!("")), TokenError::AuthorizedParty),
        attack(
            "a list",
            azp(json!(["http://localhost:3000"])),
            TokenError::Malformed("claims"),
        ),
    ])
    .await;
}

#[tokio::test]
async fn times() {
    check(vec![
        attack(
            "expired",
            body(json!({"exp": NOW - 60})),
            TokenError::Expired,
        ),
        attack(
            "expired to the second",
            body(json!({"exp": NOW - 5})),
            TokenError::Expired,
        ),
        attack(
            "no end",
            body(json!({"exp": null})),
            TokenError::ClaimMissing("exp"),
        ),
        attack(
            "end in words",
            body(json!({"exp": "never"})),
            TokenError::Malformed("claims"),
        ),
        attack(
            "end in digits",
            body(json!({"exp": "9999999999"})),
            TokenError::Malformed("claims"),
        ),
        attack(
            "end of time",
            body(json!({"exp": i64::MAX})),
            TokenError::ClaimMalformed("exp"),
        ),
        attack(
            "beyond it",
            body(json!({"exp": u64::MAX})),
            TokenError::Malformed("claims"),
        ),
        attack(
            "before time",
            body(json!({"exp": i64::MIN})),
            TokenError::ClaimMalformed("exp"),
        ),
        attack(
            "a fraction",
            body(json!({"exp": 1e18})),
            TokenError::Malformed("claims"),
        ),
        attack(
            "not yet",
            body(json!({"nbf": NOW + 6})),
            TokenError::NotYetValid,
        ),
        attack(
            "never yet",
            body(json!({"nbf": i64::MAX})),
            TokenError::ClaimMalformed("nbf"),
        ),
        attack(
            "nbf of no number",
            body(json!({"nbf": true})),
            TokenError::Malformed("claims"),
        ),
        attack(
            "issued tomorrow",
            body(json!({"iat": NOW + 86_400})),
            TokenError::NotYetValid,
        ),
    ])
    .await;
}

#[tokio::test]
async fn claims_of_wrong_types() {
    let raw = |claims: &str| FIRST_KEY.sign(&FIRST_KEY.header().to_string(), claims);
    let malformed = TokenError::Malformed("claims");
    let good = claims().to_string();
    let twice = format!(r#"{},"sub":"user_2"}}"#, good.trim_end_matches('}'));
    let null = good.replace(r#""sts":"active""#, r#""sts":null"#);
    let odd_o = |o: Value| body(json!({"o": o}));
    check(vec![
        attack(
            "no subject",
            body(json!({"sub": null})),
            TokenError::ClaimMissing("sub"),
        ),
        attack(
            "empty subject",
            body(json!({"sub": ""})),
            TokenError::ClaimMalformed("sub"),
        ),
        attack("a number for a subject", body(json!({"sub": 1})), malformed),
        attack("two subjects", body(json!({"sub": ["user_1"]})), malformed),
        attack("the subject twice", raw(&twice), malformed),
        attack(
            "no session",
            body(json!({"sid": null})),
            TokenError::ClaimMissing("sid"),
        ),
        attack(
            "empty session",
            body(json!({"sid": ""})),
            TokenError::ClaimMalformed("sid"),
        ),
        attack(
            "pending",
            body(json!({"sts": "pending"})),
            TokenError::NotActive,
        ),
        attack(
            "a status to come",
            body(json!({"sts": "frozen"})),
            TokenError::NotActive,
        ),
        attack("no status at all", raw(&null), malformed),
        attack("version 3", body(json!({"v": 3})), TokenError::Version),
        attack("version in words", body(json!({"v": "2"})), malformed),
        attack(
            "an actor of no name",
            body(json!({"act": {"iss": "x"}})),
            malformed,
        ),
        attack(
            "an actor that is a word",
            body(json!({"act": "user_2"})),
            malformed,
        ),
        attack(
            "o that is a word",
            odd_o(json!("org_1")),
            TokenError::ClaimMalformed("o"),
        ),
        attack(
            "o that is a list",
            odd_o(json!(["org_1"])),
            TokenError::ClaimMalformed("o"),
        ),
        attack(
            "o without id",
            odd_o(json!({"rol": "admin"})),
            TokenError::ClaimMalformed("o"),
        ),
        attack(
            "o of no id",
            odd_o(json!({"id": ""})),
            TokenError::ClaimMalformed("o.id"),
        ),
        attack(
            "a number for an id",
            odd_o(json!({"id": 7})),
            TokenError::ClaimMalformed("o"),
        ),
        attack(
            "a bare feature",
            body(json!({"fea": "x"})),
            TokenError::ClaimMalformed("fea"),
        ),
        attack(
            "features of no string",
            body(json!({"fea": 1})),
            TokenError::ClaimMalformed("fea"),
        ),
        attack("an array", raw(r#"["user_1"]"#), malformed),
        attack("null", raw("null"), malformed),
        attack("two objects", raw(&format!("{good}{good}")), malformed),
        attack("no JSON", raw("hello"), malformed),
        attack(
            "no text",
            FIRST_KEY.sign(&FIRST_KEY.header().to_string(), ""),
            malformed,
        ),
    ])
    .await;
}
