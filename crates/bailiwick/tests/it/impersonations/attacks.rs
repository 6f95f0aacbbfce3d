//! Tokens that the provider signed and nobody here has let act.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Issuer, Persona};
use serde_json::{Value, json};

use super::{INVALID, another_operator, stage};

/// What is changed in a token.
type Change<'a> = &'a dyn Fn(&mut Value);

/// A token of `persona` with these claims changed, signed by the provider.
fn forged(persona: &Persona, change: impl Fn(&mut Value)) -> Persona {
    let mut claims = persona.claims();
    change(&mut claims);
    persona.with_token(Issuer::trusted().sign(&claims))
}

#[tokio::test]
async fn an_actor_whom_nobody_let_act_is_refused_everywhere() {
    let s = stage(Tier::Starter).await;
    let owner = s.acme.owner();
    let operator = s.operator.clerk_user_id();
    for act in [
        json!({"sub": "user_support"}),
        json!({"sub": operator}),
        json!({"sub": operator, "impersonation": "not-an-id"}),
        json!({"sub": operator, "impersonation": "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f"}),
        json!({"sub": "console", "iss": "http://clerk.bailiwick.localhost/console"}),
    ] {
        let forged = forged(owner, |claims| claims["act"] = act.clone());
        for path in ["/me", "/projects", "/organizations", "/events", "/audit"] {
            let _ = forged.get(path).await.assert_problem(401, INVALID);
        }
        let refused = forged.post("/projects", json!({"name": "Mine"})).await;
        let _ = refused.assert_problem(401, INVALID);
    }
    assert_eq!(owner.get("/projects").await.column("name"), [""; 0]);
}

#[tokio::test]
async fn an_impersonation_counts_for_its_own_people_and_session_alone() {
    let s = stage(Tier::Starter).await;
    let other = another_operator(&s.t, "second", "super_admin").await;
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let _ = impersonated.get("/projects").await.assert_status(200);
    let claims = impersonated.claims();
    let _ = forged(&impersonated, |_| {})
        .get("/projects")
        .await
        .assert_status(200);
    let cases: [(&str, Change<'_>); 4] = [
        ("for somebody else", &|c: &mut Value| {
            c["sub"] = json!(s.acme.owner().clerk_user_id())
        }),
        ("by somebody else", &|c: &mut Value| {
            c["act"]["sub"] = json!(other.clerk_user_id())
        }),
        ("in another session", &|c: &mut Value| {
            c["sid"] = json!("sess_other")
        }),
        ("of another name", &|c: &mut Value| {
            c["act"]["impersonation"] = json!("0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f");
        }),
    ];
    for (what, change) in cases {
        let refused = forged(&impersonated, change).get("/projects").await;
        assert_eq!(refused.outcome(), format!("401 {INVALID}"), "{what}");
    }
    assert_eq!(claims["act"]["sub"], s.operator.clerk_user_id());
}

#[tokio::test]
async fn a_ticket_opens_one_session_and_the_first_one_counts() {
    let s = stage(Tier::Starter).await;
    let body = bailiwick_testkit::TestApp::impersonation_of(s.acme.member());
    let started = s
        .operator
        .post(super::PATH, body)
        .await
        .assert_status(201)
        .json();
    let url = started["url"].as_str().unwrap();
    let session = s.t.provider.use_ticket(url).unwrap();
    assert_eq!(s.t.provider.use_ticket(url).unwrap_err(), "accepted");
    // A provider that let a ticket be used twice would gain nothing: whoever comes first is it,
    // also where both come at once.
    let second = json!({"id": "sess_replayed", "actor": session["actor"]});
    let first = s.acme.member().impersonated_in(&session);
    let second = s.acme.member().impersonated_in(&second);
    let (one, other) = tokio::join!(first.get("/me"), second.get("/me"));
    let mut outcomes = [one.outcome(), other.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200".to_owned(), format!("401 {INVALID}")]);
}

#[tokio::test]
async fn a_token_without_its_actor_is_the_users_own_and_no_other() {
    let s = stage(Tier::Starter).await;
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let _ = impersonated.get("/me").await.assert_status(200);
    // Taking the claim out breaks the signature.
    let token = impersonated.token();
    let (head, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let mut claims = impersonated.claims();
    claims.as_object_mut().unwrap().remove("act");
    let own = Issuer::strange().sign(&claims);
    let body = own.split('.').nth(1).unwrap();
    let stripped = impersonated.with_token(format!("{head}.{body}.{signature}"));
    let _ = stripped
        .get("/me")
        .await
        .assert_problem(401, "AUTH_INVALID_TOKEN");
}
