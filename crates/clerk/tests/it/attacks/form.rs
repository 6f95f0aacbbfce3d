//! Signatures, and what is no token.

use bailiwick_clerk::session::TokenError;
use serde_json::json;

use super::{attack, body, check};
use crate::issuer::{FIRST_KEY, SECOND_KEY, claims, claims_with, signed_part};

#[tokio::test]
async fn signatures_and_form() {
    let good = FIRST_KEY.token(&claims());
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let admin = claims_with(json!({"sub": "user_2"})).to_string();
    let (_, other_body) = signed_part("", &admin).split_once('.').map(owned).unwrap();
    let mut flipped = signature.to_owned();
    flipped.replace_range(..1, if signature.starts_with('A') { "B" } else { "A" });
    let form = TokenError::Malformed("form");
    check(vec![
        attack(
            "other claims",
            format!("{head}.{other_body}.{signature}"),
            TokenError::Signature,
        ),
        attack(
            "a flipped bit",
            format!("{signed}.{flipped}"),
            TokenError::Signature,
        ),
        attack("no signature", format!("{signed}."), TokenError::Signature),
        attack(
            "half a signature",
            good[..good.len() - 102].to_owned(),
            TokenError::Signature,
        ),
        attack(
            "another key under our kid",
            SECOND_KEY.sign(&FIRST_KEY.header().to_string(), &claims().to_string()),
            TokenError::Signature,
        ),
        attack(
            "padded",
            format!("{good}=="),
            TokenError::Malformed("signature"),
        ),
        attack(
            "standard base64",
            format!("{signed}.+/+/"),
            TokenError::Malformed("signature"),
        ),
        attack("four parts", format!("{good}.AAAA"), form),
        attack("two parts", signed.to_owned(), form),
        attack("one part", "abc".to_owned(), form),
        attack("nothing", String::new(), form),
        attack("dots", "..".to_owned(), TokenError::Malformed("header")),
        attack(
            "not base64",
            "ä.ö.ü".to_owned(),
            TokenError::Malformed("header"),
        ),
        attack(
            "a white space before",
            format!(" {good}"),
            TokenError::Malformed("header"),
        ),
        attack("too large", "a".repeat(8 * 1024 + 1), TokenError::TooLarge),
        attack(
            "too large, though signed",
            body(json!({"padding": "x".repeat(8 * 1024)})),
            TokenError::TooLarge,
        ),
    ])
    .await;
}

fn owned((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}
