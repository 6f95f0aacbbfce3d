//! Tokens that must not pass, each with its own reason, so that none is refused by accident.

mod claims;
mod form;
mod headers;

use bailiwick_clerk::session::TokenError;
use serde_json::Value;

use crate::issuer::{self, FIRST_KEY, claims, claims_with, merged};

#[derive(Debug)]
struct Attack {
    name: &'static str,
    token: String,
    verdict: TokenError,
}

fn attack(name: &'static str, token: String, verdict: TokenError) -> Attack {
    Attack {
        name,
        token,
        verdict,
    }
}

fn header(changes: Value) -> String {
    FIRST_KEY.sign(
        &merged(FIRST_KEY.header(), changes).to_string(),
        &claims().to_string(),
    )
}

fn body(changes: Value) -> String {
    FIRST_KEY.token(&claims_with(changes))
}

async fn check(attacks: Vec<Attack>) {
    let verifier = issuer::verifier(&issuer::clock());
    let good = FIRST_KEY.token(&claims());
    assert!(
        verifier.verify(&good).await.is_ok(),
        "the good token passes"
    );
    for attack in attacks {
        let verdict = verifier.verify(&attack.token).await.map(|_| ());
        assert_eq!(verdict, Err(attack.verdict), "{}", attack.name);
    }
}
