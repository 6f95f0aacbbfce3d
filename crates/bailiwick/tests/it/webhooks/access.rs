//! What a webhook takes or gives is in force at the next request.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, changed, deleted, event};
use jiff::SignedDuration;
use serde_json::json;

use super::ada;

#[tokio::test]
async fn the_deleted_are_not_revived_by_what_is_older() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (before, after) = (t.now(), t.now() + SignedDuration::from_secs(10));
    let user = ada(&t);
    t.join(&acme, &user, "org:member").await;
    let persona = t.persona(&user).await.within(&acme);
    let membership = fixtures::membership(&acme.resource, &user, "org:admin", before);

    t.apply(&event("organizationMembership.deleted", &membership, after))
        .await;
    t.apply(&event(
        "organizationMembership.updated",
        &membership,
        before,
    ))
    .await;
    let _ = persona
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");

    t.provider.forget(persona.clerk_user_id());
    t.apply(&event("user.deleted", &deleted(&user), after))
        .await;
    let again = changed(
        &user,
        before + SignedDuration::from_secs(5),
        json!({"first_name": "Again"}),
    );
    t.apply(&event("user.updated", &again, before)).await;
    let later = changed(
        &user,
        after + SignedDuration::from_secs(5),
        json!({"first_name": "Later"}),
    );
    t.provider.know(&later);
    let _ = persona
        .get("/me")
        .await
        .assert_problem(401, "AUTH_USER_NOT_FOUND");

    t.apply(&event(
        "organization.deleted",
        &deleted(&acme.resource),
        after,
    ))
    .await;
    let renamed = changed(
        &acme.resource,
        before + SignedDuration::from_secs(5),
        json!({"name": "Again"}),
    );
    t.apply(&event("organization.updated", &renamed, before))
        .await;
    let _ = acme
        .owner()
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    assert_eq!(
        acme.owner().get("/organizations").await.column("name"),
        [""; 0]
    );
}

#[tokio::test]
async fn a_removed_member_is_out_at_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        // A warm context, and a token that stays valid.
        let admin = acme.admin().with_token(acme.admin().token());
        let made = admin
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .assert_status(201);
        let path = format!("/projects/{}", made.id());
        let membership = t.provider_membership(&acme, acme.admin(), "org:admin");
        t.apply(&event(
            "organizationMembership.deleted",
            &membership,
            t.now(),
        ))
        .await;
        // The provider still lists it: a stale answer of theirs must not let anybody in again.
        for _ in 0..2 {
            let _ = admin
                .get(&path)
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
            let _ = admin
                .get("/projects")
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
            let _ = admin
                .delete(&path)
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
        }
        let _ = acme.owner().get(&path).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_change_of_role_is_in_force_at_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let admin = acme.admin().with_token(acme.admin().token());
        let _ = admin
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .assert_status(201);
        let second = SignedDuration::from_secs(1);
        for (role, outcome) in [
            ("org:viewer", "403 PERMISSION_DENIED"),
            ("org:admin", "201"),
            ("org:manager", "403 PERMISSION_DENIED"),
            ("org:unheard_of", "403 PERMISSION_DENIED"),
        ] {
            t.advance(second);
            let membership = t.provider_membership(&acme, acme.admin(), role);
            t.apply(&event(
                "organizationMembership.updated",
                &membership,
                t.now(),
            ))
            .await;
            let answer = admin.post("/projects", json!({"name": role})).await;
            assert_eq!(answer.outcome(), outcome, "{role}");
        }
    }
}

#[tokio::test]
async fn a_deleted_user_and_a_deleted_organization_are_out_at_the_next_request() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let member = acme.member().with_token(acme.member().token());
    let _ = member.get("/me").await.assert_status(200);
    let _ = member.get("/organizations").await.assert_status(200);
    let gone = json!({"object": "user", "id": member.clerk_user_id(), "deleted": true});
    t.apply(&event("user.deleted", &gone, t.now())).await;
    for path in ["/me", "/projects"] {
        let answer = member.get(path).await;
        assert_eq!(answer.outcome(), "401 AUTH_USER_NOT_FOUND", "{path}");
    }
    let ask = async || member.get("/organizations").await;
    let refused = t.eventually(ask, |answer| answer.status == 401).await;
    let _ = refused.assert_problem(401, "AUTH_USER_NOT_FOUND");

    let owner = acme.owner().with_token(acme.owner().token());
    let _ = owner.get("/projects").await.assert_status(200);
    t.apply(&event(
        "organization.deleted",
        &deleted(&acme.resource),
        t.now(),
    ))
    .await;
    let _ = owner
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    let _ = owner
        .get(format!("/organizations/{}", acme.id))
        .await
        .assert_problem(404, "NOT_FOUND");
    assert!(owner.get("/me").await.assert_status(200).json()["organization"].is_null());
}

/// What the provider repeats leaves the finer role alone, what it changes is its word: also between
/// roles that a stock provider cannot tell apart.
#[tokio::test]
async fn the_provider_decides_what_it_changes() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for (persona, provider_role, role) in [
        ("member", "org:manager", "manager"),
        ("member", "org:member", "member"),
        ("member", "org:viewer", "viewer"),
        ("member", "org:viewer", "viewer"),
        ("member", "org:member", "member"),
        ("owner", "org:admin", "owner"),
        ("owner", "org:member", "member"),
        ("owner", "org:admin", "owner"),
        ("admin", "org:admin", "admin"),
    ] {
        t.advance(SignedDuration::from_secs(1));
        let person = acme.persona(persona);
        let membership = t.provider_membership(&acme, person, provider_role);
        t.apply(&event(
            "organizationMembership.updated",
            &membership,
            t.now(),
        ))
        .await;
        let _ = person.get("/projects").await.assert_status(200);
        let path = format!("/organizations/{}", acme.id);
        assert_eq!(
            person.get(path).await.text_of("userRole"),
            role,
            "{persona} {provider_role}"
        );
    }
    // A role that was made finer here stays where the provider only says the same again.
    t.tamper("update control.memberships set role = 'viewer' where role = 'member'")
        .await;
    t.advance(SignedDuration::from_secs(1));
    let membership = t.provider_membership(&acme, acme.member(), "org:member");
    t.apply(&event(
        "organizationMembership.updated",
        &membership,
        t.now(),
    ))
    .await;
    let found = acme
        .member()
        .get(format!("/organizations/{}", acme.id))
        .await;
    assert_eq!(found.text_of("userRole"), "viewer");
}
