//! Tokens that were verified before are judged again where it matters.

use std::time::Instant;

use bailiwick_clerk::session::TokenError;
use jiff::SignedDuration;
use serde_json::json;

use crate::issuer::{self, FIRST_KEY, NOW, claims, claims_with};

#[tokio::test]
async fn a_remembered_token_expires() {
    let clock = issuer::clock();
    let verifier = issuer::verifier(&clock);
    let token = FIRST_KEY.token(&claims());
    let first = verifier.verify(&token).await.unwrap();
    let again = verifier.verify(&token).await.unwrap();
    assert!(
        std::sync::Arc::ptr_eq(&first, &again),
        "the second time it is remembered"
    );

    clock.advance(SignedDuration::from_secs(64));
    verifier.verify(&token).await.unwrap();
    clock.advance(SignedDuration::from_secs(1));
    assert_eq!(
        verifier.verify(&token).await.map(|_| ()),
        Err(TokenError::Expired)
    );
}

#[tokio::test]
async fn a_remembered_token_is_not_valid_before_its_time() {
    let clock = issuer::clock();
    let verifier = issuer::verifier(&clock);
    let token = FIRST_KEY.token(&claims());
    verifier.verify(&token).await.unwrap();
    clock.advance(SignedDuration::from_secs(-60));
    assert_eq!(
        verifier.verify(&token).await.map(|_| ()),
        Err(TokenError::NotYetValid)
    );
}

#[tokio::test]
async fn a_long_lived_token_is_remembered_for_a_minute() {
    let clock = issuer::clock();
    let verifier = issuer::verifier(&clock);
    let token = FIRST_KEY.token(&claims_with(json!({"exp": NOW + 86_400})));
    let first = verifier.verify(&token).await.unwrap();
    clock.advance(SignedDuration::from_secs(60));
    let later = verifier.verify(&token).await.unwrap();
    assert!(
        !std::sync::Arc::ptr_eq(&first, &later),
        "it was verified anew"
    );
}

#[tokio::test]
async fn a_token_is_remembered_with_its_signature() {
    let verifier = issuer::verifier(&issuer::clock());
    let token = FIRST_KEY.token(&claims());
    verifier.verify(&token).await.unwrap();
    let (signed, _) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", "A".repeat(342));
    assert_eq!(
        verifier.verify(&forged).await.map(|_| ()),
        Err(TokenError::Signature)
    );
}

/// Run with `cargo test --release -p bailiwick-clerk -- --ignored --nocapture measure`.
#[tokio::test]
#[ignore = "a measurement, not a test"]
async fn measure() {
    let verifier = issuer::verifier(&issuer::clock());
    let token = FIRST_KEY.token(&claims());
    verifier.verify(&token).await.unwrap();
    const HITS: u32 = 1_000_000;
    for _ in 0..3 {
        let start = Instant::now();
        for _ in 0..HITS {
            verifier.verify(&token).await.unwrap();
        }
        println!(
            "{} bytes, remembered: {:?} each",
            token.len(),
            start.elapsed() / HITS
        );
    }
    let fresh: Vec<String> = (0..2_000)
        .map(|n| FIRST_KEY.token(&claims_with(json!({"jti": n.to_string()}))))
        .collect();
    let start = Instant::now();
    for token in &fresh {
        verifier.verify(token).await.unwrap();
    }
    println!("verified anew: {:?} each", start.elapsed() / 2_000);
}
