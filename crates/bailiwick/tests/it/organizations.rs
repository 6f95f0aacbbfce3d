//! Organizations: who sees which, what they wait for, and how operators name them.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{self, changed, event};
use bailiwick_testkit::{Persona, TestApp};
use jiff::SignedDuration;
use serde_json::{Value, json};

#[tokio::test]
async fn an_organization_as_its_members_see_it() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
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
    let made = in_acme
        .post("/projects", json!({"name": "Alpha"}))
        .await
        .assert_status(201)
        .id();
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
        let project = acme
            .owner()
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .id();
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
        let pool = t.app.store().pool();
        let revoked = bailiwick_store::platform::grant(pool, t.app.env(), staff.email(), "none");
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

/// A person in an organization whose tenant is not made yet: the worker stands still.
async fn waiting(t: &TestApp) -> (Persona, Value) {
    let user = t.unseen_user("Wanda", "Waiting", "wanda@example.com");
    let now = t.now();
    let id = user["id"].as_str().unwrap();
    let org = fixtures::organization("org_new", "New", "new", id, now);
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &user, "org:admin", now);
    for (kind, data) in [
        ("user.created", &user),
        ("organization.created", &org),
        ("organizationMembership.created", &membership),
    ] {
        let message = t.deliver(&event(kind, data, now)).await;
        bailiwick_services::inbox::process(&t.app, &message)
            .await
            .unwrap();
    }
    (
        t.persona(&user).await.within_organization("org_new", "new"),
        org,
    )
}

#[tokio::test]
async fn until_the_tenant_is_made_one_waits() {
    let t = TestApp::start().await;
    let (wanda, _) = waiting(&t).await;
    let refused = wanda
        .get("/projects")
        .await
        .assert_problem(503, "TENANT_PROVISIONING");
    assert_eq!(refused.header("retry-after"), "1");
    let organization = wanda.get("/organizations").await.json()["data"][0].clone();
    assert_eq!(organization["provisioningStatus"], "PENDING");
    let path = format!("/organizations/{}", organization["id"].as_str().unwrap());
    let _ = wanda.get(&path).await.assert_status(200);
    assert_eq!(
        wanda.get("/me").await.json()["organization"]["role"],
        "owner"
    );
    t.settle().await;
    assert_eq!(
        wanda.get(&path).await.text_of("provisioningStatus"),
        "COMPLETED"
    );
    let made = wanda.post("/projects", json!({"name": "Alpha"})).await;
    let _ = made.assert_status(201);
}

#[tokio::test]
async fn what_could_not_be_made_says_so_and_can_be_made_later() {
    let t = TestApp::start().await;
    t.expect_dead();
    let (wanda, org) = waiting(&t).await;
    // The placement cannot be written: the last step fails each time.
    t.tamper("revoke insert on control.placements from bailiwick_app")
        .await;
    t.settle_within(SignedDuration::from_secs(30)).await;
    let refused = wanda
        .get("/projects")
        .await
        .assert_problem(503, "TENANT_PROVISIONING_FAILED");
    assert_ne!(refused.header("retry-after"), "");
    let shown = wanda.get("/organizations").await.assert_status(200);
    assert_eq!(shown.column("provisioningStatus"), ["FAILED"]);
    assert!(!shown.text.contains("placements"), "{shown:?}");

    t.tamper("grant insert on control.placements to bailiwick_app")
        .await;
    let made = t
        .provision(&json!({"clerkOrgId": org["id"]}))
        .await
        .assert_status(201);
    assert_eq!(
        made.json(),
        json!({"clerkOrgId": "org_new", "schemaName": "tenant_shared", "status": "COMPLETED"})
    );
    let _ = wanda.get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn operators_make_tenants_by_key() {
    let t = TestApp::start().await;
    let (wanda, org) = waiting(&t).await;
    let body = json!({"clerkOrgId": org["id"], "orgName": "New"});
    let path = "/internal/orgs/provision";
    let post = |persona: Persona| {
        let request = persona.request_at(reqwest::Method::POST, path).json(&body);
        request.send()
    };
    let stranger = t.operator_with("another");
    assert_eq!(post(stranger).await.status, 401);
    let public = t
        .anonymous()
        .request_at(reqwest::Method::POST, path)
        .json(&body)
        .send()
        .await;
    assert_eq!(public.status, 404, "not on the public listener");

    let _ = t.provision(&body).await.assert_status(201);
    let _ = wanda.get("/projects").await.assert_status(200);
    let again = t.provision(&body).await.assert_status(409);
    assert_eq!(again.text_of("status"), "COMPLETED");
    let _ = t
        .provision(&json!({"clerkOrgId": "org_unknown"}))
        .await
        .assert_problem(404, "NOT_FOUND");
    let _ = t
        .provision(&json!({}))
        .await
        .assert_invalid(&["clerkOrgId"]);
    // One that the mirror has not seen is fetched.
    let unseen = fixtures::organization("org_unseen", "Unseen", "unseen", "user_1", t.now());
    t.provider.know(&unseen);
    let _ = t
        .provision(&json!({"clerkOrgId": "org_unseen"}))
        .await
        .assert_status(201);
    t.settle().await;
}

/// The worker that the product runs, instead of a test that drains the queue.
#[tokio::test]
async fn with_a_worker_it_happens_by_itself() {
    let t = TestApp::options().system_clock().start().await;
    t.run_worker();
    let user = t.unseen_user("Wanda", "Waiting", "wanda@example.com");
    let id = user["id"].as_str().unwrap();
    let org = fixtures::organization("org_new", "New", "new", id, t.now());
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &user, "org:admin", t.now());
    t.provider.know(&membership);
    t.deliver(&event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    let wanda = t.persona(&user).await.within_organization("org_new", "new");
    let ask = async || wanda.get("/projects").await;
    let _ = t.eventually(ask, |answer| answer.status == 200).await;
}
