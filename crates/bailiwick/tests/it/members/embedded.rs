//! The same with the real provider: its rules, its answers, its webhooks, in whatever order they
//! come.

use bailiwick_store::platform;
use bailiwick_testkit::{Answer, Embedded, TestApp};
use serde_json::json;

struct Team {
    t: TestApp,
    idp: Embedded,
    org: String,
    clerk_org_id: String,
    owner: bailiwick_testkit::Persona,
    guest: bailiwick_testkit::Persona,
}

/// An owner, and a guest who came by an invitation as a viewer.
async fn team() -> Team {
    let t = TestApp::start().await;
    t.run_worker();
    let idp = t.embedded_provider().await;
    let (_, owner) = idp.user(&t, ("Olga", "Owner"), "olga@example.com").await;
    let made = owner
        .post("/organizations", json!({"name": "Acme", "slug": "acme"}))
        .await
        .assert_status(201);
    let (org, clerk_org_id) = (made.id(), made.text_of("clerkOrgId"));
    let owner = owner.within_organization(&clerk_org_id, "acme");
    let limited = platform::limit_members(t.app.store(), t.app.env(), "acme", Some(10));
    assert!(limited.await.unwrap());
    let ready = async || owner.get("/projects").await;
    let _ = t.eventually(ready, |answer| answer.status == 200).await;

    let invitations = format!("/organizations/{org}/invitations");
    let body = json!({"email": "gus@example.com", "role": "viewer"});
    let invited = owner.post(&invitations, &body).await.assert_status(201);
    assert_eq!(idp.mailed(), ["gus@example.com"]);
    let again = owner.post(&invitations, &body).await;
    let _ = again.assert_problem(409, "CONFLICT_ALREADY_EXISTS");
    let (data, guest) = idp.user(&t, ("Gus", "Guest"), "gus@example.com").await;
    let clerk_user_id = data["id"].as_str().unwrap().to_owned();
    idp.accept(&invited.text_of("clerkInvitationId"), &clerk_user_id)
        .await;
    let guest = guest.within_organization(&clerk_org_id, "acme");
    let role = async || guest.get("/me").await;
    let _ = t.eventually(role, |me| role_of(me) == "viewer").await;
    let list = async || owner.get(&invitations).await;
    let _ = t
        .eventually(list, |list| list.column("status") == ["accepted"])
        .await;
    Team {
        t,
        idp,
        org,
        clerk_org_id,
        owner,
        guest,
    }
}

fn role_of(me: &Answer) -> String {
    me.json()["organization"]["role"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

impl Team {
    fn guest_path(&self, id: &str) -> String {
        format!("/organizations/{}/members/{id}", self.org)
    }

    /// Until every webhook has been taken and nothing is left to be done.
    async fn quiet(&self) {
        let open = "
            select 1 from control.webhook_inbox where state in ('received', 'parked')
            union all select 1 from control.outbound_intents where state = 'pending'";
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while self.t.count(open).await > 0 {
            assert!(
                std::time::Instant::now() < deadline,
                "it never became quiet"
            );
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test]
async fn invited_promoted_demoted_and_removed_on_the_real_provider() {
    let team = team().await;
    let (t, owner) = (&team.t, &team.owner);
    let me = team.guest.get("/me").await.assert_status(200);
    let (id, clerk_user_id) = (me.id(), me.text_of("clerkUserId"));
    let path = team.guest_path(&id);
    let theirs = async || {
        let roles = team.idp.roles(&team.clerk_org_id).await;
        let found = roles.into_iter().find(|(user, _)| *user == clerk_user_id);
        found.map(|(_, role)| role)
    };
    assert_eq!(theirs().await.as_deref(), Some("org:member"));
    for (role, at_the_provider) in [
        ("admin", "org:admin"),
        ("manager", "org:member"),
        ("owner", "org:admin"),
        ("viewer", "org:member"),
    ] {
        let changed = owner.patch(&path, json!({"role": role})).await;
        assert_eq!(changed.assert_status(200).text_of("role"), role);
        assert_eq!(theirs().await.as_deref(), Some(at_the_provider));
        team.quiet().await;
        let me = async || team.guest.get("/me").await;
        let _ = t.eventually(me, |me| role_of(me) == role).await;
    }
    // The provider's own panel decides too.
    t.advance(jiff::SignedDuration::from_secs(1));
    team.idp
        .set_role(&team.clerk_org_id, &clerk_user_id, "org:admin")
        .await;
    let me = async || team.guest.get("/me").await;
    let _ = t.eventually(me, |me| role_of(me) == "admin").await;

    let _ = owner.delete(&path).await.assert_status(200);
    assert_eq!(theirs().await, None);
    team.quiet().await;
    let refused = team.guest.get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
    // Its rule and ours agree on the last owner.
    let leave = format!("/organizations/{}/leave", team.org);
    let answer = owner.post_empty(&leave).await;
    let _ = answer.assert_problem(409, "CONFLICT_LAST_OWNER");
}

#[tokio::test]
async fn a_lost_answer_of_the_real_provider_is_made_up_for() {
    let team = team().await;
    let (t, owner) = (&team.t, &team.owner);
    let id = team.guest.get("/me").await.id();
    t.provider.lose_answers(500);
    let body = json!({"email": "new@example.com", "role": "member"});
    let invitations = format!("/organizations/{}/invitations", team.org);
    let _ = owner.post(&invitations, body).await.assert_status(202);
    let path = team.guest_path(&id);
    let _ = owner
        .patch(&path, json!({"role": "admin"}))
        .await
        .assert_status(202);
    let rename = owner.patch(
        format!("/organizations/{}", team.org),
        json!({"name": "Acme & Sons"}),
    );
    let _ = rename.await.assert_status(202);
    t.provider.recover();
    t.advance(super::LATER);
    team.quiet().await;
    assert_eq!(team.idp.mailed(), ["gus@example.com", "new@example.com"]);
    let me = async || team.guest.get("/me").await;
    let _ = t.eventually(me, |me| role_of(me) == "admin").await;
    let found = owner.get(format!("/organizations/{}", team.org)).await;
    assert_eq!(found.text_of("name"), "Acme & Sons");
    let mut states = owner.get(&invitations).await.column("status");
    states.sort();
    assert_eq!(states, ["accepted", "pending"]);
}
