//! Tokens that must not pass, each with its own reason, so that none is refused by accident.

use bailiwick_clerk::session::TokenError;
use serde_json::{Value, json};

use crate::issuer::{
    self, FIRST_KEY, NOW, SECOND_KEY, claims, claims_with, merged, sign_hs256, signed_part,
};

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
