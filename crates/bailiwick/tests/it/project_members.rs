//! Who is on a project, and what that changes.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, Persona, TestApp};
use jiff::SignedDuration;
use serde_json::{Value, json};

fn input(persona: &Persona, role: &str) -> Value {
    json!({"memberId": persona.user().to_string(), "projectRole": role})
}

async fn add(by: &Persona, project: &str, whom: &Persona, role: &str) -> Answer {
    by.post(format!("/projects/{project}/members"), input(whom, role))
        .await
}

fn is_done(answer: &Answer) -> bool {
    (200..300).contains(&answer.status)
}

#[tokio::test]
async fn from_coming_on_a_project_to_leaving_it() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        let path = format!("/projects/{project}");
        let of_member = format!("{path}/members/{}", acme.member().user());
        let _ = acme
            .member()
            .get(&path)
            .await
            .assert_problem(404, "NOT_FOUND");
        t.advance(SignedDuration::from_secs(1));
        assert!(is_done(
            &add(acme.owner(), &project, acme.member(), "contributor").await
        ));

        let seen = acme.member().get(&path).await.assert_status(200).json();
        assert_eq!(seen["myRole"], "contributor");
        let can = json!({"update": false, "delete": false, "manageMembers": false, "upload": true});
        assert_eq!(seen["can"], can);
        let listed = acme
            .member()
            .get(format!("{path}/members"))
            .await
            .assert_status(200);
        insta::assert_json_snapshot!("project_members", listed.redacted());
        let denied = add(acme.member(), &project, acme.viewer(), "contributor").await;
        let _ = denied.assert_problem(403, "PERMISSION_DENIED");

        assert!(is_done(
            &acme
                .owner()
                .put(&of_member, json!({"projectRole": "lead"}))
                .await
        ));
        let seen = acme.member().get(&path).await.assert_status(200).json();
        assert_eq!(seen["myRole"], "lead");
        assert!(is_done(
            &add(acme.member(), &project, acme.viewer(), "contributor").await
        ));
        assert_eq!(
            acme.viewer().get(&path).await.json()["can"]["upload"],
            false,
            "a viewer reads"
        );

        let _ = acme.owner().delete(&of_member).await.assert_status(204);
        let _ = acme
            .member()
            .get(&path)
            .await
            .assert_problem(404, "NOT_FOUND");
        let _ = acme
            .owner()
            .delete(&of_member)
            .await
            .assert_problem(404, "NOT_FOUND");
        let lead = json!({"projectRole": "lead"});
        let _ = acme
            .owner()
            .put(&of_member, lead)
            .await
            .assert_problem(404, "NOT_FOUND");
        let facts = t
            .audit()
            .await
            .into_iter()
            .filter(|a| a.starts_with("projectMembers."));
        let expected =
            ["add", "update", "add", "remove"].map(|verb| format!("projectMembers.{verb}"));
        assert_eq!(facts.collect::<Vec<_>>(), expected);
    }
}

#[tokio::test]
async fn who_cannot_come_on_a_project() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        let path = format!("/projects/{project}/members");
        assert!(is_done(
            &add(acme.owner(), &project, acme.member(), "lead").await
        ));
        let twice = add(acme.owner(), &project, acme.member(), "contributor").await;
        let _ = twice.assert_problem(409, "CONFLICT_ALREADY_EXISTS");
        let _ = add(acme.owner(), &project, globex.member(), "lead")
            .await
            .assert_invalid(&["memberId"]);

        let membership = t.provider_membership(&acme, acme.manager(), "org:manager");
        t.apply(&bailiwick_testkit::fixtures::event(
            "organizationMembership.deleted",
            &membership,
            t.now(),
        ))
        .await;
        let removed = add(acme.owner(), &project, acme.manager(), "contributor").await;
        let _ = removed.assert_invalid(&["memberId"]);

        let member = acme.viewer().user().to_string();
        for (body, fields) in [
            (json!({}), &["memberId"][..]),
            (json!({"memberId": member}), &["projectRole"]),
            (
                json!({"memberId": "x", "projectRole": "lead"}),
                &["memberId"],
            ),
            (
                json!({"memberId": member, "projectRole": "boss"}),
                &["projectRole"],
            ),
            (
                json!({"memberId": member, "projectRole": "Lead"}),
                &["projectRole"],
            ),
            (
                json!({"memberId": member, "projectRole": "lead", "x": 1}),
                &["x"],
            ),
        ] {
            let answer = acme.owner().post(&path, &body).await;
            assert_eq!(answer.status, 422, "{body}: {answer:?}");
            let _ = answer.assert_invalid(fields);
        }
    }
}

/// Who is removed from the organization is on no project any more, also when they come back.
#[tokio::test]
async fn leaving_the_organization_is_leaving_its_projects() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        assert!(is_done(
            &add(acme.owner(), &project, acme.member(), "lead").await
        ));
        let second = SignedDuration::from_secs(1);
        t.advance(second);
        let membership = t.provider_membership(&acme, acme.member(), "org:member");
        let gone = bailiwick_testkit::fixtures::event(
            "organizationMembership.deleted",
            &membership,
            t.now(),
        );
        t.apply(&gone).await;
        let left = acme
            .owner()
            .get(format!("/projects/{project}/members"))
            .await;
        assert_eq!(left.column("memberId"), [acme.owner().user().to_string()]);
        t.advance(second);
        let back = t.provider_membership(&acme, acme.member(), "org:member");
        t.apply(&bailiwick_testkit::fixtures::event(
            "organizationMembership.created",
            &back,
            t.now(),
        ))
        .await;
        let _ = acme.member().get("/projects").await.assert_status(200);
        let _ = acme
            .member()
            .get(format!("/projects/{project}"))
            .await
            .assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn pages_of_members_are_complete() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    let project = acme.owner().create_project("Alpha").await;
    for role in ["admin", "manager", "member", "viewer"] {
        assert!(is_done(
            &add(acme.owner(), &project, acme.persona(role), "contributor").await
        ));
    }
    let (mut seen, mut query) = (Vec::new(), "?limit=2".to_owned());
    loop {
        let page = acme
            .owner()
            .get(format!("/projects/{project}/members{query}"))
            .await;
        seen.extend(page.column("memberId"));
        match page.json()["nextCursor"].as_str() {
            Some(cursor) => query = format!("?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    seen.sort();
    let mut expected: Vec<_> = bailiwick_testkit::ROLES
        .iter()
        .map(|(role, _)| acme.persona(role).user().to_string())
        .collect();
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_key_stands_for_one_path_however_it_is_spelled() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let (first, second) = (
            acme.owner().create_project("Alpha").await,
            acme.owner().create_project("Alpha").await,
        );
        let owner = acme.owner().with_header("idempotency-key", "one");
        let body = input(acme.member(), "contributor");
        for prefix in ["/api/v1", "/api", "/api/v1"] {
            let path = format!("{prefix}/projects/{first}/members");
            let added = owner.post(path, &body).await;
            assert!(is_done(&added), "{added:?}");
        }
        for prefix in ["/api/v1", "/api"] {
            let path = format!("{prefix}/projects/{second}/members");
            let other = owner.post(path, &body).await;
            let _ = other.assert_problem(422, "IDEMPOTENCY_MISMATCH");
        }
        let on_second = acme
            .owner()
            .get(format!("/projects/{second}/members"))
            .await;
        assert_eq!(
            on_second.column("memberId"),
            [acme.owner().user().to_string()]
        );
        let facts = t.audit().await.into_iter();
        assert_eq!(facts.filter(|a| a == "projectMembers.add").count(), 1);
        assert_eq!(t.count("select key from control.idempotency").await, 1);
    }
}
