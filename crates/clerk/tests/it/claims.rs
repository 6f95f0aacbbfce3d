//! Tokens that pass, and what is read from them.

use bailiwick_clerk::session::{
    ActiveOrganization, Actor, FactorAges, JwksSource, SessionClaims, TokenError, Verifier,
    VerifierConfig,
};
use serde_json::{Value, json};

use crate::issuer::{self, FIRST_KEY, ISSUER, NOW, SECOND_KEY, claims, claims_with, merged};

async fn read(token: String) -> Result<SessionClaims, TokenError> {
    let verifier = issuer::verifier(&issuer::clock());
    verifier
        .verify(&token)
        .await
        .map(|claims| (*claims).clone())
}

async fn claims_of(changes: Value) -> SessionClaims {
    read(FIRST_KEY.token(&claims_with(changes))).await.unwrap()
}

#[tokio::test]
async fn the_second_version() {
    let claims = read(FIRST_KEY.token(&claims())).await.unwrap();
    assert_eq!(
        (claims.user_id.as_str(), claims.session_id.as_str()),
        ("user_1", "sess_1")
    );
    assert_eq!(claims.version, 2);
    assert_eq!(claims.expires_at.as_second(), NOW + 60);
    assert_eq!(claims.plan.as_deref(), Some("o:pro"));
    assert_eq!(claims.features.organization, ["dashboard", "teams"]);
    assert_eq!(claims.features.user, ["beta"]);
    assert_eq!(
        claims.factor_ages,
        Some(FactorAges {
            first_minutes: Some(3),
            second_minutes: None
        })
    );
    assert_eq!(
        claims.organization,
        Some(ActiveOrganization {
            id: "org_1".into(),
            slug: Some("northwind".into()),
            role: Some("org:admin".into()),
            permissions: vec![
                "org:dashboard:manage".into(),
                "org:dashboard:read".into(),
                "org:teams:read".into()
            ],
        })
    );
    assert_eq!(claims.actor, None);
}

#[tokio::test]
async fn the_first_version() {
    let first = json!({
        "v": null, "o": null, "fea": null, "pla": null,
        "org_id": "org_1", "org_role": "org:admin", "org_slug": "northwind",
        "org_permissions": ["org:reports:read"],
    });
    let claims = claims_of(first.clone()).await;
    assert_eq!(claims.version, 1);
    let organization = claims.organization.unwrap();
    assert_eq!(organization.id, "org_1");
    assert_eq!(organization.role.as_deref(), Some("org:admin"));
    assert_eq!(organization.permissions, ["org:reports:read"]);

    let without = claims_of(merged(first, json!({"org_id": null}))).await;
    assert_eq!(without.organization, None);
}

#[tokio::test]
async fn neither_version_reads_the_other() {
    let claims = claims_of(json!({"org_id": "org_other", "org_role": "org:owner"})).await;
    assert_eq!(claims.organization.unwrap().id, "org_1");
    let claims = claims_of(json!({"o": null, "org_id": "org_other", "org_role": 7})).await;
    assert_eq!(claims.organization, None);
    let claims = claims_of(json!({"v": null})).await;
    assert_eq!(
        (claims.version, claims.organization, claims.plan),
        (1, None, None)
    );
}

#[tokio::test]
async fn what_may_be_absent() {
    let bare = json!({
        "azp": null, "fea": null, "fva": null, "iat": null, "jti": null, "nbf": null, "o": null,
        "pla": null, "sts": null,
    });
    let claims = claims_of(bare).await;
    assert_eq!((claims.organization, claims.authorized_party), (None, None));
    for absent in ["typ", "cat"] {
        let header = merged(FIRST_KEY.header(), json!({ absent: null })).to_string();
        read(FIRST_KEY.sign(&header, &issuer::claims().to_string()))
            .await
            .unwrap();
    }
    let header = merged(FIRST_KEY.header(), json!({"oiat": 1, "x5t": "abc"})).to_string();
    read(FIRST_KEY.sign(&header, &issuer::claims().to_string()))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_impersonation_names_who_acts() {
    let act = json!({"iss": "https://dashboard.clerk.com", "sid": "sess_9", "sub": "user_9"});
    let actor = claims_of(json!({ "act": act })).await.actor;
    assert_eq!(
        actor,
        Some(Actor {
            user_id: "user_9".into(),
            session_id: Some("sess_9".into()),
            issuer: Some("https://dashboard.clerk.com".into()),
            impersonation: None,
        })
    );
    let act = json!({"sub": "user_9", "impersonation": "0190", "anything": [1]});
    let actor = claims_of(json!({ "act": act })).await.actor.unwrap();
    assert_eq!(actor.impersonation.as_deref(), Some("0190"));
}

#[tokio::test]
async fn clocks_may_differ_by_less_than_the_leeway() {
    claims_of(json!({"exp": NOW - 4})).await;
    claims_of(json!({"nbf": NOW + 5, "iat": NOW + 5})).await;
}

#[tokio::test]
async fn without_a_list_every_party_passes() {
    let source = JwksSource::StaticJwks(issuer::key_set(&[FIRST_KEY]));
    let config = VerifierConfig::new(ISSUER, source, issuer::env(&issuer::clock()));
    let verifier = Verifier::new(config).unwrap();
    let token = FIRST_KEY.token(&claims_with(json!({"azp": "https://anywhere.example"})));
    verifier.verify(&token).await.unwrap();
}

#[tokio::test]
async fn a_configured_key_serves_every_id_and_no_other_key() {
    let one_line = FIRST_KEY.pem().replace('\n', "");
    for pem in [
        FIRST_KEY.pem(),
        one_line,
        FIRST_KEY.pem().replace('\n', "\\n"),
    ] {
        let config = VerifierConfig::new(
            ISSUER,
            JwksSource::StaticPem(pem),
            issuer::env(&issuer::clock()),
        );
        let verifier = Verifier::new(config).unwrap();
        verifier.ready().await.unwrap();
        verifier.verify(&FIRST_KEY.token(&claims())).await.unwrap();
        let other = verifier.verify(&SECOND_KEY.token(&claims())).await;
        assert_eq!(other.map(|_| ()), Err(TokenError::Signature));
    }
}
