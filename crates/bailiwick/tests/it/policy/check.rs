//! Asking what one may do: resources, windows, other organizations, and questions that are none.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::packs::ask;

#[tokio::test]
async fn a_thing_is_judged_by_what_is_known_of_it() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
    let member = acme.member();
    let (me, other) = (member.user(), acme.owner().user());
    let read = |resource: Value| json!({"permission": "approvals:read", "resource": resource});
    let checks = [
        read(json!({})),
        read(json!({"ownerId": me})),
        read(json!({"ownerId": other})),
        json!({"permission": "documents:upload"}),
        json!({"permission": "documents:upload", "resource": {"projectId": project}}),
        json!({"permission": "projects:create"}),
        json!({"page": "approvals", "action": "approve"}),
        json!({"page": "approvals"}),
        read(json!({"organizationId": acme.id, "ownerId": me})),
    ];
    let answers = ask(member, &checks).await;
    let brief = |answer: &Value| match answer["allowed"].as_bool().unwrap() {
        true => format!(
            "yes {} by {}",
            answer["reach"].as_str().unwrap(),
            answer["by"].as_str().unwrap()
        ),
        false => format!(
            "{} {}",
            answer["code"].as_str().unwrap(),
            answer["refusal"]["reason"].as_str().unwrap()
        ),
    };
    let brief: Vec<String> = answers.iter().map(brief).collect();
    assert_eq!(
        brief,
        [
            "yes own by role",
            "yes own by role",
            "PERMISSION_DENIED not_own",
            "yes project by project_role",
            "NOT_FOUND not_on_project",
            "PERMISSION_DENIED not_granted",
            "PERMISSION_DENIED not_granted",
            "yes all by role",
            "yes own by role",
        ]
    );
    assert_eq!(answers[5]["refusal"]["roles"], json!(["owner", "admin"]));
    assert_eq!(answers[5]["refusal"]["grants"], json!(["projects:create"]));
    assert_eq!(
        answers[4]["refusal"]["projectRoles"],
        json!(["lead", "contributor"])
    );

    // What an operation refuses says the same.
    let refused = member.post("/projects", json!({"name": "x"})).await;
    let refused = refused.assert_problem(403, "PERMISSION_DENIED").json();
    assert_eq!(refused["refusal"], answers[5]["refusal"]);
}

#[tokio::test]
async fn another_organization_is_a_secret_to_who_is_not_in_it() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let both = t.unseen_user("Both", "Sides", "both@example.com");
    t.join(&acme, &both, "org:admin").await;
    t.join(&globex, &both, "org:member").await;
    let both = t.persona(&both).await.within(&acme);
    let staff = t.staff("admin_staff").await.naming(&acme);
    let check = [json!({"permission": "projects:read", "resource": {"organizationId": globex.id}})];
    for (persona, code) in [
        (acme.owner(), "NOT_FOUND"),
        (&both, "PERMISSION_BRANCH_MISMATCH"),
        (&staff, "PERMISSION_BRANCH_MISMATCH"),
    ] {
        let answers = ask(persona, &check).await;
        assert_eq!(answers[0]["code"], code, "{answers:?}");
        assert!(!answers[0].to_string().contains("globex"));
    }
}

#[tokio::test]
async fn a_window_counts_from_now() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let viewer = acme.viewer();
    let path = format!(
        "/organizations/{}/members/{}/grants",
        acme.id,
        viewer.user()
    );
    let version = acme.owner().get(&path).await.json()["version"].clone();
    let window = json!({"backDays": 7, "forwardDays": 1});
    let body =
        json!({"version": version, "pages": {"approvals": {"view": true, "window": window}}});
    let _ = acme.owner().put(&path, body).await.assert_status(200);
    let at = |days: i64| (t.now() + SignedDuration::from_hours(24 * days)).to_string();
    let check = |days| json!({"permission": "approvals:read", "resource": {"at": at(days)}});
    let page = |days| json!({"page": "approvals", "action": "view", "resource": {"at": at(days)}});
    let checks = [check(-8), check(-7), check(1), check(2), page(-8), page(0)];
    let answers = ask(viewer, &checks).await;
    let allowed: Vec<bool> = answers
        .iter()
        .map(|a| a["allowed"].as_bool().unwrap())
        .collect();
    assert_eq!(
        allowed,
        [false, true, true, false, false, true],
        "{answers:?}"
    );
    assert_eq!(answers[0]["refusal"]["reason"], "outside_window");
    assert_eq!(answers[1]["window"], window);
    let mine = viewer
        .get("/me/permissions")
        .await
        .assert_status(200)
        .json();
    let held = mine["permissions"].as_array().unwrap();
    let held = held
        .iter()
        .find(|p| p["permission"] == "approvals:read")
        .unwrap();
    assert_eq!(held["windows"], json!([{"reach": "all", "window": window}]));
    assert_eq!(held["by"], "grant");
}

#[tokio::test]
async fn questions_that_are_none() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let one = json!({"permission": "projects:read"});
    for (body, field) in [
        (json!({}), "checks"),
        (json!({"checks": []}), "checks"),
        (json!({"checks": vec![one.clone(); 201]}), "checks"),
        (json!({"checks": [one, {}]}), "checks[1]"),
        (
            json!({"checks": [{"permission": "projects:read", "page": "projects"}]}),
            "checks[0]",
        ),
        (
            json!({"checks": [{"permission": "projects:read", "action": "view"}]}),
            "checks[0]",
        ),
        (json!({"checks": [{"action": "view"}]}), "checks[0]"),
        (
            json!({"checks": [{"permission": "boats:sail"}]}),
            "checks[0].permission",
        ),
        (
            json!({"checks": [{"permission": "*"}]}),
            "checks[0].permission",
        ),
        (json!({"checks": [{"page": "kitchen"}]}), "checks[0].page"),
        (
            json!({"checks": [{"page": "projects", "action": "fly"}]}),
            "checks[0].action",
        ),
        (
            json!({"checks": [{"permission": "projects:read", "user": "x"}]}),
            "checks[0].user",
        ),
    ] {
        let answer = acme.owner().post("/authz/check", &body).await;
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
        let _ = answer.assert_invalid(&[field]);
    }
    let nobody = t
        .anonymous()
        .post("/authz/check", json!({"checks": []}))
        .await;
    let _ = nobody.assert_problem(401, "AUTH_REQUIRED");
    let nowhere = acme.owner().without_organization();
    for path in ["/me/permissions", "/me/pages"] {
        let _ = nowhere
            .get(path)
            .await
            .assert_problem(403, "TENANT_CONTEXT_REQUIRED");
    }
}

/// A warm decision asks nothing of the database: it is answered while there is no connection.
///
/// Without announcements a context is warm for a second, which a busy machine may outlast; then it
/// is warmed once more.
#[tokio::test]
async fn a_warm_decision_needs_no_database() {
    let t = TestApp::options().pool_max(1).start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let check = json!({"checks": [{"permission": "projects:read"}, {"page": "approvals"}]});
    let mut was_answered = false;
    for _ in 0..10 {
        let _ = acme.member().get("/me").await.assert_status(200);
        // The only connection is taken for as long as the questions are asked.
        let taken = t.app.store().control().await.unwrap();
        let questions = async {
            let _ = acme
                .member()
                .post("/authz/check", &check)
                .await
                .assert_status(200);
            let _ = acme
                .member()
                .get("/me/permissions")
                .await
                .assert_status(200);
            let _ = acme.member().get("/me/pages").await.assert_status(200);
        };
        let second = std::time::Duration::from_secs(1);
        was_answered = tokio::time::timeout(second, questions).await.is_ok();
        drop(taken);
        if was_answered {
            break;
        }
    }
    assert!(was_answered, "a warm decision waited for a connection");
}
