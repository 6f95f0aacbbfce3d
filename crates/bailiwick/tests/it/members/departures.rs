//! The end of a membership.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::json;

use super::path;

#[tokio::test]
async fn who_leaves_is_out_at_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let member = acme.member().with_token(acme.member().token());
        let _ = member.get("/projects").await.assert_status(200);
        let leave = format!("/organizations/{}/leave", acme.id);
        let left = member.post_empty(&leave).await.assert_status(200);
        assert_eq!(left.text_of("status"), "removed");
        let _ = member
            .get("/projects")
            .await
            .assert_problem(403, "TENANT_ACCESS_DENIED");
        let _ = member
            .post_empty(&leave)
            .await
            .assert_problem(404, "NOT_FOUND");
        let theirs = t
            .provider
            .role_of(&acme.clerk_org_id, member.clerk_user_id());
        assert_eq!(theirs, None);
        assert!(t.audit().await.contains(&"memberships.leave".to_owned()));
    }
}

#[tokio::test]
async fn who_is_removed_and_comes_again_is_what_they_are_let_in_as() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let admin = acme.admin();
    let _ = acme
        .owner()
        .delete(path(&acme, admin))
        .await
        .assert_status(200);
    t.echo().await;
    t.advance(super::LATER);
    let membership = t.provider_membership(&acme, admin, "org:member");
    t.apply(&bailiwick_testkit::fixtures::event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    assert_eq!(
        t.standing(&acme, admin).await,
        ("member".to_owned(), "active".to_owned())
    );
    let _ = admin.get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn removing_takes_the_permission_and_the_rank() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for (actor, target, outcome) in [
        ("member", "viewer", "403 PERMISSION_DENIED"),
        ("manager", "viewer", "403 PERMISSION_DENIED"),
        ("admin", "owner", "403 PERMISSION_ROLE_INSUFFICIENT"),
        ("admin", "viewer", "200"),
        ("admin", "viewer", "404 NOT_FOUND"),
    ] {
        let path = path(&acme, acme.persona(target));
        let answer = acme.persona(actor).delete(path).await;
        assert_eq!(answer.outcome(), outcome, "{actor} {target}");
    }
    let removed = format!("/organizations/{}/members?status=removed", acme.id);
    let _ = acme
        .member()
        .get(&removed)
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let list = acme.owner().get(removed).await;
    assert_eq!(list.column("email"), [acme.viewer().email()]);
}

/// Whoever is removed is on no project any more, and the facts say who did it.
#[tokio::test]
async fn a_removal_reaches_the_projects() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Pro).await;
    let project = acme.owner().create_project("Alpha").await;
    let members = format!("/projects/{project}/members");
    let body = json!({"memberId": acme.member().user(), "projectRole": "contributor"});
    let _ = acme.owner().post(&members, body).await.assert_status(204);
    let _ = acme
        .admin()
        .delete(path(&acme, acme.member()))
        .await
        .assert_status(200);
    let left = acme.owner().get(&members).await.column("memberId");
    assert_eq!(left, [acme.owner().user().to_string()]);
    let facts = t
        .rows("select actor_id, before->>'role' as role from control.audit where action = 'memberships.delete'")
        .await;
    let expected = json!({"actor_id": acme.admin().user(), "role": "member"});
    assert_eq!(facts, [expected]);
}
