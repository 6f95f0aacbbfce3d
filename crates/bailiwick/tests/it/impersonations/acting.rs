//! What one can do in another's name, and what not.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use super::{PATH, another_operator, stage};

#[tokio::test]
async fn one_sees_and_does_what_the_user_could() {
    for tier in Tier::ALL {
        let s = stage(*tier).await;
        let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.owner()).await;
        let me = impersonated.get("/me").await.assert_status(200).json();
        assert_eq!(me["id"], s.acme.owner().user().to_string());
        assert_eq!(
            me["impersonation"],
            json!({
                "id": impersonation["id"],
                "impersonator": {"id": s.operator.user(), "name": "Staff super_admin"},
                "reason": "Case 4711: the upload fails",
                "expiresAt": impersonation["expiresAt"],
            })
        );
        let _ = impersonated
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .assert_status(201);
        assert_eq!(
            s.acme.owner().get("/projects").await.column("name"),
            ["Alpha"]
        );
        let own = s.acme.owner().get("/me").await.json();
        assert_eq!(own["impersonation"], json!(null));
        let listed = s.operator.get(PATH).await;
        assert_eq!(listed.column("status"), ["active"]);
    }
}

#[tokio::test]
async fn what_gives_or_takes_rights_is_done_in_person() {
    let s = stage(Tier::Starter).await;
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.owner()).await;
    let org = format!("/organizations/{}", s.acme.id);
    let member = s.acme.member().user();
    let refused = |answer: bailiwick_testkit::Answer| {
        let answer = answer.assert_problem(403, "PERMISSION_DENIED");
        assert_eq!(
            answer.json()["refusal"]["reason"],
            "impersonated",
            "{answer:#?}"
        );
    };
    let of_member = format!("{org}/members/{member}");
    refused(
        impersonated
            .patch(&of_member, json!({"role": "viewer"}))
            .await,
    );
    refused(
        impersonated
            .post_empty(format!("{of_member}/suspend"))
            .await,
    );
    refused(impersonated.delete(&of_member).await);
    refused(impersonated.post_empty(format!("{org}/leave")).await);
    refused(
        impersonated
            .post(
                format!("{org}/transfer-ownership"),
                json!({"memberId": member}),
            )
            .await,
    );
    let invited = json!({"email": "me@elsewhere.example", "role": "owner"});
    refused(
        impersonated
            .post(format!("{org}/invitations"), invited)
            .await,
    );
    let grants = json!({"version": 1, "pages": {"projects": {"create": true}}});
    refused(
        impersonated
            .put(format!("{of_member}/grants"), grants)
            .await,
    );
    refused(
        impersonated
            .post("/organizations", json!({"name": "Mine"}))
            .await,
    );
    let asked = json!({"kind": "advance", "amount": 990, "currency": "EUR"});
    let asked = s
        .acme
        .member()
        .post("/approvals", asked)
        .await
        .assert_status(201)
        .id();
    refused(
        impersonated
            .post(format!("/approvals/{asked}/approve"), json!({}))
            .await,
    );
    // The pages know, and show it before it is tried.
    let held = impersonated.get("/me/permissions").await.text;
    assert!(
        held.contains("users:read") && !held.contains("users:invite"),
        "{held}"
    );
    let checks =
        json!({"checks": [{"permission": "users:invite"}, {"permission": "projects:create"}]});
    let told = impersonated.post("/authz/check", checks).await.json();
    assert_eq!(
        (
            &told["results"][0]["allowed"],
            &told["results"][1]["allowed"]
        ),
        (&json!(false), &json!(true))
    );
}

#[tokio::test]
async fn there_is_no_part_in_the_installation() {
    let s = stage(Tier::Starter).await;
    let staff = another_operator(&s.t, "helper", "admin_staff").await;
    let _ = staff
        .naming(&s.acme)
        .get("/projects")
        .await
        .assert_status(200);
    let (_, impersonated) = s.t.act_for(&s.operator, &staff).await;
    let me = impersonated.get("/me").await.json();
    assert_eq!(me["platformRole"], "none");
    let refused = impersonated.naming(&s.acme).get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let refused = impersonated.get("/audit").await;
    let _ = refused.assert_problem(403, "TENANT_CONTEXT_REQUIRED");
    let body = TestApp::impersonation_of(s.acme.viewer());
    let refused = impersonated.post(PATH, body).await;
    let _ = refused.assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn a_role_that_comes_to_be_beyond_is_out_of_reach() {
    let s = stage(Tier::Starter).await;
    let staff = another_operator(&s.t, "helper", "admin_staff").await;
    let (_, impersonated) = s.t.act_for(&staff, s.acme.manager()).await;
    let _ = impersonated.get("/projects").await.assert_status(200);
    let user = s.acme.manager().user();
    s.t.tamper(&format!(
        "update control.memberships set role = 'admin', version = version + 1 where user_id = '{user}'"
    ))
    .await;
    let ask = async || impersonated.get("/projects").await;
    let refused = s.t.eventually(ask, |answer| answer.status >= 400).await;
    let _ = refused.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
    let listed = impersonated.get("/organizations").await.json();
    assert_eq!(listed["data"][0]["userPermissions"], json!([]));
}
