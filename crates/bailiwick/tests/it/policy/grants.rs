//! Grants of members: what they change at once, who may give what, and what is recorded.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, Persona, TestApp, World};
use reqwest::Method;
use serde_json::{Value, json};

fn path(world: &World, member: &Persona) -> String {
    format!(
        "/organizations/{}/members/{}/grants",
        world.id,
        member.user()
    )
}

async fn version(world: &World, member: &Persona) -> Value {
    let found = world.owner().get(path(world, member)).await;
    found.assert_status(200).json()["version"].clone()
}

async fn replace(world: &World, by: &Persona, member: &Persona, pages: Value) -> Answer {
    let body = json!({"version": version(world, member).await, "pages": pages});
    by.put(path(world, member), body).await
}

async fn merge(world: &World, by: &Persona, member: &Persona, mut body: Value) -> Answer {
    body["version"] = version(world, member).await;
    by.request(Method::PATCH, path(world, member))
        .json(&body)
        .send()
        .await
}

#[tokio::test]
async fn a_grant_is_in_force_with_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let (owner, viewer) = (acme.owner(), acme.viewer());
        let new = json!({"name": "Alpha"});
        let _ = viewer
            .post("/projects", &new)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let project = owner.post("/projects", &new).await.assert_status(201).id();
        let project = format!("/projects/{project}");
        let _ = viewer.get(&project).await.assert_problem(404, "NOT_FOUND");

        let granted = replace(&acme, owner, viewer, json!({"projects": {"create": true}})).await;
        let granted = granted.assert_status(200).json();
        let shown =
            json!({"view": true, "create": true, "edit": false, "delete": false, "approve": false});
        assert_eq!(granted["pages"], json!({"projects": shown}));
        assert_eq!(owner.get(path(&acme, viewer)).await.json(), granted);
        let _ = viewer.post("/projects", &new).await.assert_status(201);
        let _ = viewer.get(&project).await.assert_status(200);
        let _ = viewer
            .delete(&project)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let me = viewer
            .get(format!("/organizations/{}", acme.id))
            .await
            .json();
        assert!(
            me["userPermissions"]
                .as_array()
                .unwrap()
                .contains(&json!("projects:create"))
        );

        let _ = replace(&acme, owner, viewer, json!({}))
            .await
            .assert_status(200);
        let _ = viewer
            .post("/projects", &new)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = viewer.get(&project).await.assert_problem(404, "NOT_FOUND");
    }
}

#[tokio::test]
async fn page_by_page_and_by_template() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, viewer) = (acme.owner(), acme.viewer());
    let letters = |answer: Answer| {
        let body = answer.assert_status(200).json();
        let pages = body["pages"].as_object().unwrap().iter();
        pages
            .map(|(page, grant)| {
                let on = grant
                    .as_object()
                    .unwrap()
                    .iter()
                    .filter(|(_, on)| **on == true);
                let mut actions: Vec<&str> = on.map(|(action, _)| action.as_str()).collect();
                actions.sort_unstable();
                format!("{page}: {}", actions.join(" "))
            })
            .collect::<Vec<_>>()
    };
    let body = json!({"template": "bookkeeper", "pages": {}});
    let pages = letters(merge(&acme, owner, viewer, body).await);
    assert_eq!(pages, ["approvals: approve view"]);
    let body = json!({"pages": {"projects": {"edit": true}}, "permissions": ["documents:upload"]});
    let pages = letters(merge(&acme, owner, viewer, body).await);
    assert_eq!(pages, ["approvals: approve view", "projects: edit view"]);
    // A page is replaced as a whole; one with nothing left is gone.
    let body = json!({"pages": {"projects": {"view": true}, "approvals": {}}});
    let pages = letters(merge(&acme, owner, viewer, body).await);
    assert_eq!(pages, ["projects: view"]);
    let kept = owner.get(path(&acme, viewer)).await.json();
    assert_eq!(kept["permissions"], json!(["documents:upload"]));

    let hours = json!({"days": ["mon"], "from": "00:00", "to": "24:00", "timeZone": "UTC"});
    let body = json!({"pages": {}, "access": hours});
    assert_eq!(
        merge(&acme, owner, viewer, body).await.json()["access"],
        hours
    );
    let kept = merge(&acme, owner, viewer, json!({"pages": {"projects": {}}})).await;
    assert_eq!(kept.json()["access"], hours, "what is not named stays");
    let lifted = merge(&acme, owner, viewer, json!({"pages": {}, "access": null})).await;
    assert_eq!(lifted.json()["access"], Value::Null);

    let unknown = merge(
        &acme,
        owner,
        viewer,
        json!({"template": "pirate", "pages": {}}),
    )
    .await;
    let _ = unknown.assert_invalid(&["template"]);
}

#[tokio::test]
async fn nobody_gives_what_they_do_not_hold_nor_touches_a_higher_role() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, admin, manager, member, viewer) = (
        acme.owner(),
        acme.admin(),
        acme.manager(),
        acme.member(),
        acme.viewer(),
    );
    // An admin does not delete projects, so they give no right to.
    let refused = replace(&acme, admin, viewer, json!({"projects": {"delete": true}})).await;
    let refused = refused.assert_problem(403, "PERMISSION_DENIED").json();
    assert_eq!(refused["refusal"]["reason"], "not_held");
    assert_eq!(refused["refusal"]["page"], "projects");
    let named = json!({"pages": {}, "permissions": ["projects:delete"]});
    let refused = merge(&acme, admin, viewer, named.clone()).await;
    let _ = refused.assert_problem(403, "PERMISSION_DENIED");
    // An owner does; and an admin may take away what they could not give.
    let _ = replace(&acme, owner, viewer, json!({"projects": {"delete": true}}))
        .await
        .assert_status(200);
    let _ = replace(&acme, admin, viewer, json!({"projects": {"view": true}}))
        .await
        .assert_status(200);

    let higher = replace(&acme, admin, owner, json!({"approvals": {"view": true}})).await;
    let _ = higher.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
    for persona in [manager, member, viewer] {
        for target in [owner, member, viewer] {
            let answer =
                replace(&acme, persona, target, json!({"approvals": {"view": true}})).await;
            let _ = answer.assert_problem(403, "PERMISSION_DENIED");
        }
    }
    // Somebody with the right to grant, by a grant, decides over no role, and not over themselves.
    let named = json!({"pages": {}, "permissions": ["users:grant"]});
    let _ = merge(&acme, owner, member, named).await.assert_status(200);
    let answer = replace(
        &acme,
        member,
        viewer,
        json!({"approvals": {"create": true}}),
    )
    .await;
    let _ = answer.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
    let more = json!({"pages": {"projects": {"view": true}}});
    let _ = merge(&acme, member, member, more)
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let less = json!({"pages": {}, "permissions": []});
    let _ = merge(&acme, member, member, less).await.assert_status(200);
    // Nor do owners keep for a later day what they hold today.
    let mine = replace(&acme, owner, owner, json!({"projects": {"delete": true}})).await;
    let _ = mine.assert_problem(403, "PERMISSION_DENIED");

    let helper = t.staff("admin_staff").await.naming(&acme);
    let answer = replace(&acme, &helper, viewer, json!({"projects": {"view": true}})).await;
    let _ = answer.assert_problem(403, "PERMISSION_DENIED");
    let everything = t.staff("super_admin").await.naming(&acme);
    let answer = replace(
        &acme,
        &everything,
        owner,
        json!({"projects": {"delete": true}}),
    )
    .await;
    let _ = answer.assert_status(200);
}

#[tokio::test]
async fn of_two_changes_at_once_one_is_told() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, viewer) = (acme.owner(), acme.viewer());
    let version = version(&acme, viewer).await;
    let body = |page: &str| json!({"version": version, "pages": {page: {"view": true}}});
    let path = path(&acme, viewer);
    let (one, two) = tokio::join!(
        owner.put(&path, body("projects")),
        acme.admin().put(&path, body("documents")),
    );
    let mut outcomes = [one.outcome(), two.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["200", "409 CONFLICT_VERSION"]);
    let _ = owner
        .put(&path, body("approvals"))
        .await
        .assert_problem(409, "CONFLICT_VERSION");
    // The same again changes nothing, and is no fact.
    let found = owner.get(&path).await.json();
    let facts = t.audit_count().await;
    let body = json!({"version": found["version"], "pages": found["pages"]});
    assert_eq!(
        owner.put(&path, body).await.assert_status(200).json(),
        found
    );
    assert_eq!(t.audit_count().await, facts);
}

#[tokio::test]
async fn the_fact_holds_all_of_before_and_after() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, viewer) = (acme.owner(), acme.viewer());
    let _ = replace(&acme, owner, viewer, json!({"projects": {"view": true}}))
        .await
        .assert_status(200);
    let window = json!({"pages": {"approvals": {"view": true, "window": {"backDays": 30}}}});
    let _ = merge(&acme, owner, viewer, window).await.assert_status(200);
    let facts = t.rows(
        "select action, object_type, object_id, actor_id, before, after from control.audit
         where action = 'page_access_changed' order by ctid",
    );
    let facts = facts.await;
    assert_eq!(facts.len(), 2);
    assert_eq!(facts[1]["before"], facts[0]["after"]);
    assert_eq!(facts[1]["object_id"], json!(viewer.user()));
    assert_eq!(facts[1]["actor_id"], json!(owner.user()));
    let after = &facts[1]["after"]["pages"];
    assert_eq!(after["approvals"]["window"], json!({"backDays": 30}));
    assert_eq!(after["projects"]["view"], true);
}

#[tokio::test]
async fn other_organizations_and_people_are_not_there() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let body = json!({"version": 1, "pages": {"projects": {"view": true}}});
    for (by, world, member) in [
        (globex.owner(), &acme, acme.viewer()),
        (acme.owner(), &acme, globex.viewer()),
        (acme.owner(), &globex, acme.viewer()),
        (globex.owner(), &acme, globex.viewer()),
    ] {
        let path = path(world, member);
        let _ = by.get(&path).await.assert_problem(404, "NOT_FOUND");
        let _ = by.put(&path, &body).await.assert_problem(404, "NOT_FOUND");
    }
    let both = t.unseen_user("Both", "Sides", "both@example.com");
    t.join(&acme, &both, "org:admin").await;
    t.join(&globex, &both, "org:admin").await;
    let elsewhere = t.persona(&both).await.within(&globex);
    let answer = elsewhere.get(path(&acme, acme.viewer())).await;
    let _ = answer.assert_problem(403, "TENANT_CONTEXT_MISMATCH");
}

#[tokio::test]
async fn bodies_that_are_refused() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, viewer) = (acme.owner(), acme.viewer());
    let version = version(&acme, viewer).await;
    for (members, field) in [
        (json!({}), "pages"),
        (json!({"pages": []}), "pages"),
        (
            json!({"pages": {"kitchen": {"view": true}}}),
            "pages.kitchen",
        ),
        (
            json!({"pages": {"projects": {"watch": true}}}),
            "pages.projects.watch",
        ),
        (
            json!({"pages": {"projects": {"view": 1}}}),
            "pages.projects.view",
        ),
        (
            json!({"pages": {"overview": {"approve": true}}}),
            "pages.overview.approve",
        ),
        (
            json!({"pages": {"projects": {"view": true, "window": {"backDays": 3}}}}),
            "pages.projects.window",
        ),
        (
            json!({"pages": {"approvals": {"view": true, "window": {"backDays": -3}}}}),
            "pages.approvals.window.backDays",
        ),
        (
            json!({"pages": {}, "permissions": ["boats:sail"]}),
            "permissions.boats:sail",
        ),
        (json!({"pages": {}, "permissions": ["*"]}), "permissions.*"),
        (
            json!({"pages": {}, "access": {"days": [], "from": "08:00", "to": "09:00", "timeZone": "UTC"}}),
            "access.days",
        ),
        (
            json!({"pages": {}, "access": {"days": ["mon"], "from": "08:00", "to": "09:00", "timeZone": "../etc"}}),
            "access.timeZone",
        ),
        (json!({"pages": {}, "role": "owner"}), "role"),
    ] {
        let mut body = members;
        body["version"] = version.clone();
        let answer = owner.put(path(&acme, viewer), &body).await;
        assert_eq!(answer.status, 422, "{body}: {answer:?}");
        let _ = answer.assert_invalid(&[field]);
    }
}

/// Who leaves and comes back starts from the role alone.
#[tokio::test]
async fn grants_end_with_the_membership() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (owner, viewer) = (acme.owner(), acme.viewer());
    let _ = replace(&acme, owner, viewer, json!({"projects": {"create": true}}))
        .await
        .assert_status(200);
    let membership = t.provider_membership(&acme, viewer, "org:viewer");
    t.advance(jiff::SignedDuration::from_secs(1));
    let gone =
        bailiwick_testkit::fixtures::event("organizationMembership.deleted", &membership, t.now());
    t.apply(&gone).await;
    t.advance(jiff::SignedDuration::from_secs(1));
    let again = bailiwick_testkit::fixtures::changed(&membership, t.now(), json!({}));
    t.apply(&bailiwick_testkit::fixtures::event(
        "organizationMembership.created",
        &again,
        t.now(),
    ))
    .await;
    let found = owner
        .get(path(&acme, viewer))
        .await
        .assert_status(200)
        .json();
    assert_eq!(found["pages"], json!({}));
    let answer = viewer.post("/projects", json!({"name": "Alpha"})).await;
    let _ = answer.assert_problem(403, "PERMISSION_DENIED");
}

/// A restriction may be part of what cannot be read, so nobody acts on it.
#[tokio::test]
async fn grants_that_cannot_be_read_let_nobody_in() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.tamper(&format!(
        "update control.memberships set grants = '{{\"pages\": 7}}', version = version + 1 where user_id = '{}'",
        acme.member().user()
    ))
    .await;
    let answer = acme.member().get("/projects").await;
    let _ = answer.assert_problem(500, "INTERNAL");
    let _ = acme.viewer().get("/projects").await.assert_status(200);
}
