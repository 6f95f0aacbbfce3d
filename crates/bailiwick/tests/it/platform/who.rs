//! Who operates the installation, and who does not whatever they try.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Issuer, TestApp};
use serde_json::json;

const LISTS: [&str; 4] = [
    "/platform/status",
    "/platform/organizations",
    "/platform/inbox",
    "/platform/conflicts",
];

#[tokio::test]
async fn members_of_organizations_operate_nothing() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let owner = acme.owner();
    // Nobody, the highest role, a role without an organization, one who names another organization.
    for persona in [
        owner.clone(),
        acme.viewer().clone(),
        owner.without_organization(),
    ] {
        for path in LISTS {
            let refused = persona.get(path).await;
            let refused = refused.assert_problem(403, "PERMISSION_DENIED");
            let refusal = refused.json()["refusal"].clone();
            assert_eq!(refusal["reason"], "no_role", "{path}");
            let permission = refusal["permission"].as_str().unwrap();
            assert!(permission.starts_with("platform:"), "{permission}");
        }
        // One's own organization as well: what is said of it here is not for its members.
        for path in [
            format!("/platform/organizations/{}", acme.id),
            format!("/platform/organizations/{}", globex.id),
            format!("/platform/users/{}", owner.user()),
            "/platform/inbox/msg_1".to_owned(),
        ] {
            let _ = persona.get(path).await.assert_problem(404, "NOT_FOUND");
        }
        let body = json!({"search": "owner@globex.example"});
        let _ = persona
            .post("/platform/users/look-up", body)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
    }
    let _ = owner
        .naming(&globex)
        .get("/platform/organizations")
        .await
        .assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    for path in LISTS {
        let refused = t.anonymous().get(path).await;
        let _ = refused.assert_problem(401, "AUTH_REQUIRED");
    }
}

/// What a pack or a grant calls so gives nothing here: the two have nothing to do with each other.
#[tokio::test]
async fn no_grant_of_an_organization_reaches_the_installation() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (root, member) = (t.staff("super_admin").await.naming(&acme), acme.member());
    let path = format!(
        "/organizations/{}/members/{}/grants",
        acme.id,
        member.user()
    );
    let body = json!({"version": 1, "pages": {}, "permissions": ["platform:read_organizations"]});
    let refused = root.put(&path, body).await;
    assert_eq!(refused.status, 422, "{refused:?}");
    let _ = member
        .get("/platform/organizations")
        .await
        .assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn each_role_is_told_what_it_may_do() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let permissions = async |persona: &bailiwick_testkit::Persona| {
        let me = persona.get("/me").await.assert_status(200).json();
        me["platformPermissions"].clone()
    };
    assert_eq!(permissions(acme.owner()).await, json!([]));
    let both = json!({
        "admin_staff": permissions(&t.staff("admin_staff").await).await,
        "super_admin": permissions(&t.staff("super_admin").await).await,
    });
    insta::assert_json_snapshot!("platform_permissions", both);
}

/// A session that acts as somebody helps in an organization, as them. It never operates.
#[tokio::test]
async fn nobody_operates_in_anothers_name() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let root = t.staff("super_admin").await;
    let (_, impersonated) = t.act_for(&root, acme.owner()).await;
    for path in LISTS {
        let refused = impersonated.get(path).await;
        let refused = refused.assert_problem(403, "PERMISSION_DENIED");
        assert_eq!(refused.json()["refusal"]["reason"], "impersonated");
        let _ = root.get(path).await.assert_status(200);
    }
    let path = format!("/platform/organizations/{}", acme.id);
    let refused = impersonated.get(path).await;
    let _ = refused.assert_problem(404, "NOT_FOUND");
    // Who says so without having been let is nobody, also in a name that operates.
    let mut claims = root.claims();
    claims["act"] =
        json!({"sub": "user_support", "sid": "sess_of_support", "iss": "https://support.example"});
    let forged = root.with_token(Issuer::trusted().sign(&claims));
    for path in LISTS {
        let refused = forged.get(path).await;
        assert_eq!(refused.status, 401, "{refused:?}");
    }
}

/// What is cached lets nobody change anything: the role is read in the change's own transaction.
#[tokio::test]
async fn a_role_that_was_taken_away_changes_nothing_any_more() {
    let t = TestApp::start().await;
    let root = t.staff("super_admin").await;
    for end in [
        "platform_role = 'none'",
        "platform_role = 'super_admin', is_active = false",
    ] {
        t.tamper(&format!(
            "update control.users set platform_role = 'super_admin', is_active = true where id = '{}'",
            root.user()
        ))
        .await;
        let _ = t
            .eventually(
                async || root.get("/platform/status").await,
                |answer| answer.status == 200,
            )
            .await;
        t.tamper(&format!(
            "update control.users set {end} where id = '{}'",
            root.user()
        ))
        .await;
        for (path, body) in [
            ("/platform/inbox/replay-dead", json!({})),
            ("/platform/users/look-up", json!({"search": root.email()})),
        ] {
            let refused = root.post(path, body).await;
            assert!([401, 403].contains(&refused.status), "{end}: {refused:?}");
        }
    }
    assert!(super::facts(&t, "platform.replay_dead").await.is_empty());
    assert!(super::facts(&t, "platform.look_up_user").await.is_empty());
}

#[tokio::test]
async fn what_people_wrote_is_for_super_admins() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    let refused = staff.get("/platform/inbox/msg_1/payload").await;
    let refused = refused.assert_problem(403, "PERMISSION_DENIED");
    let refusal = refused.json()["refusal"].clone();
    assert_eq!(refusal["reason"], "not_granted");
    assert_eq!(refusal["permission"], "platform:read_payloads");
}
