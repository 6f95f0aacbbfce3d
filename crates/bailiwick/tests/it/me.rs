//! Who one is: tokens, the first visit, and what the provider is asked.

use bailiwick_kernel::Tier;
use bailiwick_services::OrgCreation;
use bailiwick_testkit::fixtures::{self, deleted, event};
use bailiwick_testkit::{Issuer, TestApp};
use serde_json::{Value, json};

#[tokio::test]
async fn me_with_and_without_an_organization() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let me = acme.manager().get("/me").await.assert_status(200);
    insta::assert_json_snapshot!("me", me.redacted());
    assert_eq!(acme.manager().get("/users/me").await.json(), me.json());
    assert_eq!(acme.manager().get("/api/users/me").await.json(), me.json());
    let alone = acme
        .manager()
        .without_organization()
        .get("/me")
        .await
        .json();
    assert_eq!(alone["organization"], Value::Null);
    let stranger = acme.manager().within_organization("org_unknown", "unknown");
    assert_eq!(
        stranger.get("/me").await.json()["organization"],
        Value::Null
    );
    let staff = t.staff("super_admin").await;
    assert_eq!(
        staff.get("/me").await.text_of("platformRole"),
        "super_admin"
    );
}

#[tokio::test]
async fn credentials_that_are_none() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let owner = acme.owner();
    let with = |name: &str, value: Value| {
        let mut claims = owner.claims();
        claims[name] = value;
        claims
    };
    let without = |name: &str| {
        let mut claims = owner.claims();
        claims.as_object_mut().unwrap().remove(name);
        claims
    };
    let now = t.now().as_second();
    let ours = Issuer::trusted();
    let signed = |claims: &Value| ours.sign(claims);
    let header = |header: Value| ours.sign_with(&header, &owner.claims());
    let good = owner.token();
    let kid = "ins_trusted";
    let tampered = {
        let mut parts: Vec<&str> = good.split('.').collect();
        let other = signed(&with("sub", json!("user_other")));
        let other: Vec<&str> = other.split('.').collect();
        parts[1] = other[1];
        parts.join(".")
    };
    let cases = [
        ("nothing", String::new()),
        ("no token", "x".to_owned()),
        ("a stranger's key", Issuer::strange().sign(&owner.claims())),
        ("other claims than signed", tampered),
        ("run out", signed(&with("exp", json!(now - 6)))),
        ("not yet", signed(&with("nbf", json!(now + 6)))),
        (
            "another issuer",
            signed(&with("iss", json!("https://clerk.example.com"))),
        ),
        ("no issuer", signed(&without("iss"))),
        ("no subject", signed(&without("sub"))),
        ("no session", signed(&without("sid"))),
        ("no end", signed(&without("exp"))),
        ("pending", signed(&with("sts", json!("pending")))),
        ("another version", signed(&with("v", json!(3)))),
        (
            "no algorithm",
            header(json!({"alg": "none", "typ": "JWT", "kid": kid})),
        ),
        (
            "a symmetric algorithm",
            header(json!({"alg": "HS256", "typ": "JWT", "kid": kid})),
        ),
        (
            "another algorithm",
            header(json!({"alg": "RS512", "typ": "JWT", "kid": kid})),
        ),
        (
            "an unknown key",
            header(json!({"alg": "RS256", "typ": "JWT", "kid": "ins_other"})),
        ),
        ("no key", header(json!({"alg": "RS256", "typ": "JWT"}))),
        (
            "a key of its own",
            header(json!({"alg": "RS256", "kid": kid, "jwk": {}})),
        ),
        (
            "a key from elsewhere",
            header(json!({"alg": "RS256", "kid": kid, "jku": "http://127.0.0.1/"})),
        ),
        (
            "critical extensions",
            header(json!({"alg": "RS256", "kid": kid, "crit": ["b64"], "b64": false})),
        ),
        ("too long", format!("{good}{}", "x".repeat(9000))),
    ];
    for (what, token) in cases {
        let answer = owner.with_token(token).get("/me").await;
        assert_eq!(answer.outcome(), "401 AUTH_INVALID_TOKEN", "{what}");
        assert!(
            answer.header("www-authenticate").starts_with("Bearer"),
            "{what}"
        );
    }
    let _ = t
        .anonymous()
        .get("/me")
        .await
        .assert_problem(401, "AUTH_REQUIRED");
    for value in ["Basic dXNlcjpwdw==", &format!("Token {good}"), &good] {
        let answer = t
            .anonymous()
            .with_header("authorization", value)
            .get("/me")
            .await;
        assert_eq!(answer.outcome(), "401 AUTH_INVALID_TOKEN", "{value}");
    }
    let twice = t
        .anonymous()
        .with_header("authorization", format!("Bearer {good}"));
    let twice = twice.with_header("authorization", format!("Bearer {good}"));
    let _ = twice
        .get("/me")
        .await
        .assert_problem(401, "AUTH_INVALID_TOKEN");
    for within in [json!(now - 4), json!(now + 1)] {
        let _ = owner
            .with_token(signed(&with("exp", within)))
            .get("/me")
            .await
            .assert_status(200);
    }
}

#[tokio::test]
async fn claims_of_the_first_version_are_read_and_ignored_in_the_second() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let owner = acme.owner();
    let mut first = owner.claims();
    let members = first.as_object_mut().unwrap();
    members.remove("v");
    members.remove("o");
    first["org_id"] = acme.clerk_org_id.clone().into();
    first["org_role"] = "org:member".into();
    let sign = |claims: &Value| Issuer::trusted().sign(claims);
    let answer = owner
        .with_token(sign(&first))
        .post("/projects", json!({"name": "Alpha"}))
        .await;
    let _ = answer.assert_status(201);
    let mut second = owner.claims();
    second["org_id"] = globex.clerk_org_id.clone().into();
    let me = owner.with_token(sign(&second)).get("/me").await;
    assert_eq!(me.json()["organization"]["name"], "acme");
}

/// The token always claims the highest role here: what counts is the mirror's.
#[tokio::test]
async fn the_role_in_a_token_means_nothing() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    assert_eq!(acme.viewer().claims()["o"]["rol"], "admin");
    let answer = acme.viewer().post("/projects", json!({"name": "x"})).await;
    let _ = answer.assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_user_is_fetched_on_first_sight() {
    let t = TestApp::start().await;
    let data = t.unseen_user("Jit", "User", "jit@example.com");
    let jit = t.persona(&data).await;
    let me = jit.get("/me").await.assert_status(200).json();
    assert_eq!(
        (&me["email"], &me["fullName"]),
        (&json!("jit@example.com"), &json!("Jit User"))
    );
    assert_eq!(
        t.provider.take_calls(),
        [format!("GET /v1/users/{}", jit.clerk_user_id())]
    );
    let _ = jit.get("/me").await.assert_status(200);
    assert_eq!(t.provider.take_calls(), [""; 0]);
    t.apply(&event("user.created", &data, t.now())).await;
    assert_eq!(t.count("select id from control.users").await, 1);

    let unknown = fixtures::user("user_unknown", "No", "Body", "no@example.com", t.now());
    let nobody = t.persona(&unknown).await;
    let _ = nobody
        .get("/me")
        .await
        .assert_problem(401, "AUTH_USER_NOT_FOUND");
    t.provider.fail_with(503);
    let late = t
        .persona(&t.unseen_user("Late", "Comer", "late@example.com"))
        .await;
    let refused = late.get("/me").await.assert_problem(503, "UNAVAILABLE");
    assert_ne!(refused.header("retry-after"), "");
    let _ = jit.get("/me").await.assert_status(200);
    t.provider.recover();
    let _ = late.get("/me").await.assert_status(200);
}

/// A token outlives its user: whoever holds one cannot make us ask the provider at their pace.
#[tokio::test]
async fn whom_the_provider_does_not_know_it_is_asked_about_once() {
    let t = TestApp::start().await;
    let nobody = fixtures::user("user_unknown", "No", "Body", "no@example.com", t.now());
    let nobody = t.persona(&nobody).await;
    for _ in 0..5 {
        for path in ["/me", "/organizations"] {
            let answer = nobody.get(path).await;
            let _ = answer.assert_problem(401, "AUTH_USER_NOT_FOUND");
        }
    }
    assert_eq!(t.provider.take_calls(), ["GET /v1/users/user_unknown"]);
}

#[tokio::test]
async fn an_address_that_nobody_verified_is_no_address() {
    let t = TestApp::start().await;
    let mut data = t.unseen_user("Un", "Verified", "mine@example.com");
    data["email_addresses"][0]["verification"]["status"] = "unverified".into();
    t.provider.know(&data);
    let me = t.persona(&data).await.get("/me").await.assert_status(200);
    assert_eq!(me.json()["email"], Value::Null);
}

#[tokio::test]
async fn the_deleted_are_not_fetched_again() {
    let t = TestApp::start().await;
    let data = t.unseen_user("Gone", "User", "gone@example.com");
    let gone = t.persona(&data).await;
    let _ = gone.get("/me").await.assert_status(200);
    t.apply(&event("user.deleted", &deleted(&data), t.now()))
        .await;
    // The provider answers as if they were still there. What reads the row refuses at once, what
    // goes by a context alone within a second.
    let _ = gone
        .get("/me")
        .await
        .assert_problem(401, "AUTH_USER_NOT_FOUND");
    let ask = async || gone.post_empty("/me/bootstrap").await;
    let refused = t.eventually(ask, |answer| answer.status == 401).await;
    let _ = refused.assert_problem(401, "AUTH_USER_NOT_FOUND");
    let _ = gone
        .get("/organizations")
        .await
        .assert_problem(401, "AUTH_USER_NOT_FOUND");
}

/// B73: the token is there before the webhook of the membership.
#[tokio::test]
async fn a_membership_that_has_not_arrived_is_asked_for_once() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let data = t.unseen_user("Early", "Bird", "early@example.com");
    t.apply(&event("user.created", &data, t.now())).await;
    let early = t.persona(&data).await.within(&acme);
    let membership = fixtures::membership(&acme.resource, &data, "org:member", t.now());
    t.provider.know(&membership);
    drop(t.provider.take_calls());
    for _ in 0..3 {
        let _ = early.get("/projects").await.assert_status(200);
    }
    let call = |id: &str| format!("GET /v1/users/{id}/organization_memberships");
    assert_eq!(t.provider.take_calls(), [call(early.clerk_user_id())]);
    t.apply(&event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    assert_eq!(
        early.get("/me").await.json()["organization"]["role"],
        "member"
    );

    let data = t.unseen_user("No", "Member", "no@example.com");
    t.apply(&event("user.created", &data, t.now())).await;
    let stranger = t.persona(&data).await.within(&acme);
    drop(t.provider.take_calls());
    for _ in 0..3 {
        let answer = stranger.get("/projects").await;
        let _ = answer.assert_problem(403, "TENANT_ACCESS_DENIED");
    }
    assert_eq!(t.provider.take_calls(), [call(stranger.clerk_user_id())]);
}

#[tokio::test]
async fn the_first_visit_makes_an_organization_where_the_installation_wants_it() {
    let t = TestApp::start().await;
    let plain = t.user("Plain", "User", "plain@example.com").await;
    for _ in 0..2 {
        let answer = plain
            .post_empty("/me/bootstrap")
            .await
            .assert_status(200)
            .json();
        assert_eq!(answer, json!({"userId": plain.user(), "orgId": null}));
    }

    let t = TestApp::options()
        .rules(|rules| rules.org_creation = OrgCreation::AutoBootstrap)
        .start()
        .await;
    let ada = t.user("Ada", "Lovelace", "ada@analytical.example").await;
    let first = ada
        .post_empty("/me/bootstrap")
        .await
        .assert_status(200)
        .text_of("orgId");
    let again = ada
        .post_empty("/me/bootstrap")
        .await
        .assert_status(200)
        .text_of("orgId");
    assert_eq!(first, again);
    t.settle().await;
    let made = ada.get("/organizations").await;
    assert_eq!(made.column("name"), ["Analytical"]);
    assert_eq!(made.column("userRole"), ["owner"]);
    assert_eq!(made.column("provisioningStatus"), ["COMPLETED"]);
    let calls = t.provider.take_calls();
    let creations = calls.iter().filter(|call| call.starts_with("POST")).count();
    assert_eq!(creations, 1);
}

/// No account is linked by an e-mail alone; whoever has somebody else's is told, and people look at it.
#[tokio::test]
async fn an_email_that_is_somebody_elses_as_well_is_a_conflict() {
    let t = TestApp::start().await;
    let first = t.user("First", "Owner", "same@example.com").await;
    let second = t.user("Second", "Owner", "Same@Example.com").await;
    assert!(first.get("/me").await.json()["conflict"].is_null());
    assert_eq!(second.get("/me").await.text_of("conflict"), "shared_email");

    // Two rows of a migration wait for one address: nobody could say whose it is.
    for id in ["a", "b"] {
        t.tamper(&format!(
            "insert into control.users (id, email, full_name, migration_status, clerk_updated_at, created_at, updated_at)
             values (gen_random_uuid(), 'old@example.com', '{id}', 'pending', now(), now(), now())"
        ))
        .await;
    }
    let third = t.user("Third", "Owner", "old@example.com").await;
    assert_eq!(third.get("/me").await.text_of("conflict"), "shared_email");
    let waiting = "select 1 from control.users where clerk_user_id is null";
    assert_eq!(t.count(waiting).await, 2);

    // Not proven, it links nothing either.
    let mut data = t.unseen_user("Fourth", "Owner", "old@example.com");
    data["email_addresses"][0]["verification"]["status"] = json!("unverified");
    t.provider.know(&data);
    t.apply(&event("user.created", &data, t.now())).await;
    let fourth = t.persona(&data).await;
    let me = fourth.get("/me").await.json();
    assert_eq!(
        (&me["conflict"], &me["email"]),
        (&json!("unverified_email"), &json!(null))
    );
    t.tamper(
        "delete from control.conflicts; delete from control.users where clerk_user_id is null",
    )
    .await;
    assert!(fourth.get("/me").await.json()["conflict"].is_null());
}
