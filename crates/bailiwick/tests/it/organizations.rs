//! Organizations: who sees which, what they wait for, and how operators name them.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, event};
use jiff::SignedDuration;
use serde_json::json;

#[tokio::test]
async fn an_organization_as_its_members_see_it() {
    for tier in Tier::ALL {
        let t = TestApp::options().tiers_as_written().start().await;
        let acme = t.tenant("acme", *tier).await;
        t.tenant("globex", *tier).await;
        let path = format!("/organizations/{}", acme.id);
        for (role, _) in bailiwick_testkit::ROLES {
            let persona = acme.persona(role);
            let found = persona.get(&path).await.assert_status(200);
            assert_eq!(found.text_of("userRole"), role);
            assert_eq!(found.text_of("tier"), tier.as_str());
            assert_eq!(found.json()["memberCount"], 5);
            assert_eq!(
                persona.get("/organizations").await.json()["data"],
                json!([found.json()])
            );
        }
        let mut shown = acme.viewer().get(&path).await.redacted();
        shown["tier"] = "[tier]".into();
        shown["entitlements"] = "[entitlements]".into();
        insta::assert_json_snapshot!("organization", shown);
        let members = acme
            .viewer()
            .get(format!("{path}/members?limit=2"))
            .await
            .assert_status(200);
        assert_eq!(members.column("role").len(), 2);
        let all = acme.viewer().get(format!("{path}/members")).await;
        let mut roles = all.column("role");
        roles.sort();
        assert_eq!(roles, ["admin", "manager", "member", "owner", "viewer"]);
        insta::assert_json_snapshot!("organization_member", {
            let body = all.redacted();
            let rows = body["data"].as_array().unwrap().clone();
            rows.into_iter()
                .find(|row| row["role"] == "manager")
                .unwrap()
        });
    }
}

#[tokio::test]
async fn what_happens_at_the_provider_shows_here() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.advance(SignedDuration::from_secs(1));
    let renamed = changed(
        &acme.resource,
        t.now(),
        json!({"name": "Acme & Sons", "slug": "acme-and-sons"}),
    );
    t.apply(&event("organization.updated", &renamed, t.now()))
        .await;
    let found = acme
        .owner()
        .get(format!("/organizations/{}", acme.id))
        .await
        .json();
    assert_eq!(
        (&found["name"], &found["slug"]),
        (&json!("Acme & Sons"), &json!("acme-and-sons"))
    );
}

/// Two organizations of one name, then one slug: the provider's word is taken, whatever it is.
#[tokio::test]
async fn a_slug_that_another_organization_had_stops_nothing() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    t.advance(SignedDuration::from_secs(1));
    let taken = changed(&globex.resource, t.now(), json!({"slug": "acme"}));
    t.apply(&event("organization.updated", &taken, t.now()))
        .await;
    t.settle_within(SignedDuration::from_secs(20)).await;
    for world in [&acme, &globex] {
        let _ = world.owner().get("/projects").await.assert_status(200);
        let found = world
            .owner()
            .get(format!("/organizations/{}", world.id))
            .await;
        let _ = found.assert_status(200);
    }
}

/// One slug goes round, and nobody hears that those before gave it up. All were made at one moment.
#[tokio::test]
async fn a_slug_that_several_had_stops_nothing() {
    let t = TestApp::start().await;
    let worlds = [
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Starter).await,
        t.tenant("initech", Tier::Starter).await,
    ];
    for world in &worlds[1..] {
        t.advance(SignedDuration::from_secs(1));
        let taken = changed(&world.resource, t.now(), json!({"slug": "acme"}));
        t.apply(&event("organization.updated", &taken, t.now()))
            .await;
    }
    let mut slugs = Vec::new();
    for world in &worlds {
        let path = format!("/organizations/{}", world.id);
        let found = world.owner().get(path).await.assert_status(200);
        slugs.push(found.text_of("slug"));
    }
    assert_eq!(slugs[2], "acme", "who was given it last");
    assert!(slugs[0].starts_with("acme-"), "{slugs:?}");
    assert!(slugs[1].starts_with("acme-"), "{slugs:?}");
    assert_ne!(slugs[0], slugs[1]);
}

#[tokio::test]
async fn the_active_organization_is_the_tokens() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let both = t.unseen_user("Both", "Sides", "both@example.com");
    t.join(&acme, &both, "org:admin").await;
    t.join(&globex, &both, "org:member").await;
    let both = t.persona(&both).await;
    let names = both.get("/organizations").await.column("name");
    assert_eq!(names, ["acme", "globex"]);

    let in_acme = both.within(&acme);
    let made = in_acme.create_project("Alpha").await;
    let in_globex = both.within(&globex);
    let elsewhere = in_globex.get(format!("/projects/{made}")).await;
    let _ = elsewhere.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let other = in_globex.get(format!("/organizations/{}", acme.id)).await;
    let _ = other.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
    let denied = in_globex.post("/projects", json!({"name": "x"})).await;
    let _ = denied.assert_problem(403, "PERMISSION_DENIED");

    let _ = both
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_CONTEXT_REQUIRED");
    let _ = both
        .get(format!("/organizations/{}", acme.id))
        .await
        .assert_status(200);
    let unknown = both.within_organization("org_unknown", "unknown");
    let _ = unknown
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    let stranger = acme.owner().within(&globex);
    let _ = stranger
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
}

#[tokio::test]
async fn naming_an_organization_is_for_operators() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        let project = acme.owner().create_project("Alpha").await;
        let path = format!("/projects/{project}");

        // Everybody may confirm the one that is active, and no other.
        let _ = acme
            .owner()
            .naming(&acme)
            .get(&path)
            .await
            .assert_status(200);
        for persona in [globex.owner().naming(&acme), acme.owner().naming(&globex)] {
            let answer = persona.get(&path).await;
            let _ = answer.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
        }
        for value in ["", "x", "org_1", &acme.clerk_org_id] {
            let answer = acme
                .owner()
                .with_header("x-organization-id", value)
                .get(&path)
                .await;
            assert_eq!(answer.outcome(), "403 TENANT_CONTEXT_MISMATCH", "{value:?}");
        }

        let staff = t.staff("admin_staff").await;
        let _ = staff
            .get(&path)
            .await
            .assert_problem(403, "TENANT_CONTEXT_REQUIRED");
        let _ = staff.naming(&acme).get(&path).await.assert_status(200);
        let _ = staff
            .naming(&globex)
            .get(&path)
            .await
            .assert_problem(404, "NOT_FOUND");
        let nowhere =
            staff.with_header("x-organization-id", "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f");
        let _ = nowhere
            .get(&path)
            .await
            .assert_problem(403, "TENANT_ACCESS_DENIED");
        let change = json!({"name": "By staff"});
        let _ = staff
            .naming(&acme)
            .put(&path, change)
            .await
            .assert_status(200);
        let facts = format!(
            "select tenant_id, actor_id, origin from control.audit
             where action = 'projects.update' and object_id = '{project}'"
        );
        let expected = json!({"tenant_id": acme.id, "actor_id": staff.user(), "origin": "user"});
        assert_eq!(t.rows(&facts).await, [expected]);

        // Taken away, the power ends with the next request.
        let store = t.app.store();
        let revoked = bailiwick_store::platform::grant(store, t.app.env(), staff.email(), "none");
        assert_eq!(revoked.await.unwrap(), 1);
        let answer = staff.naming(&acme).get(&path).await;
        assert!(answer.status == 403 || answer.status == 404, "{answer:?}");
        let made = staff
            .naming(&acme)
            .post("/projects", json!({"name": "x"}))
            .await;
        assert_eq!(made.status, 403, "{made:?}");
    }
}
