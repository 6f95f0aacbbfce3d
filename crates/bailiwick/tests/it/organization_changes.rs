//! Organizations made, renamed and described from here.

use bailiwick_kernel::Tier;
use bailiwick_services::OrgCreation;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, event};
use jiff::SignedDuration;
use serde_json::json;

/// Name and slug are the provider's and change there; the rest is ours.
#[tokio::test]
async fn an_organization_is_changed_in_both_orders() {
    for lose in [false, true] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        t.tenant("globex", Tier::Starter).await;
        let path = format!("/organizations/{}", acme.id);
        let change = json!({
            "name": "Acme & Sons", "slug": "acme-and-sons", "description": "Anvils", "type": "buyer",
            "taxId": "DE 1", "settings": {"country": "DE", "colour": "red"},
        });
        if lose {
            t.provider.lose_answers(500);
        }
        let answer = acme.admin().patch(&path, &change).await;
        assert_eq!(answer.status, if lose { 202 } else { 200 });
        t.echo().await;
        t.provider.recover();
        t.advance(SignedDuration::from_secs(70));
        t.settle().await;
        t.echo().await;
        let found = acme.owner().get(&path).await.assert_status(200).json();
        for member in ["name", "slug", "description", "type", "taxId", "settings"] {
            assert_eq!(found[member], change[member], "{lose} {member}");
        }
        let merge = json!({"description": "", "settings": {"country": null, "size": 7}});
        let found = acme
            .owner()
            .patch(&path, merge)
            .await
            .assert_status(200)
            .json();
        assert_eq!(found["settings"], json!({"colour": "red", "size": 7}));
        assert!(found["description"].is_null());
        assert_eq!(found["name"], "Acme & Sons");
    }
}

#[tokio::test]
async fn a_change_of_an_organization_that_cannot_be_is_refused() {
    let t = TestApp::options()
        .rules(|rules| rules.org_types = vec!["buyer".to_owned(), "supplier".to_owned()])
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let path = format!("/organizations/{}", acme.id);
    let owner = acme.owner();
    let taken = owner.patch(&path, json!({"slug": "globex"})).await;
    let _ = taken.assert_problem(409, "CONFLICT_ALREADY_EXISTS");
    for (change, field) in [
        (json!({"name": " "}), "name"),
        (json!({"slug": "No Slug"}), "slug"),
        (json!({"slug": "api"}), "slug"),
        (json!({"type": "king"}), "type"),
        (json!({"settings": {"": 1}}), "settings"),
        (json!({"settings": {"a": "\u{0}"}}), "settings"),
        (json!({"settings": {"a": "x".repeat(70_000)}}), "settings"),
    ] {
        let _ = owner.patch(&path, change).await.assert_invalid(&[field]);
    }
    let change = json!({"description": "x"});
    let member = acme.member().patch(&path, &change).await;
    let _ = member.assert_problem(403, "PERMISSION_DENIED");
    let stranger = globex.owner().patch(&path, &change).await;
    let _ = stranger.assert_problem(404, "NOT_FOUND");
    let facts =
        "select 1 from control.audit where action = 'organizations.update' and origin = 'user'";
    assert_eq!(
        t.count(facts).await,
        1,
        "the refused slug alone was decided"
    );
}

/// Whoever writes metadata at the provider decides what the installation lets them, and no more.
#[tokio::test]
async fn metadata_of_the_provider_is_taken_over_by_its_listed_keys() {
    let t = TestApp::options()
        .rules(|rules| rules.metadata_keys = vec!["country".to_owned(), "notes".to_owned()])
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let path = format!("/organizations/{}", acme.id);
    let own = json!({"settings": {"colour": "red"}, "type": "buyer"});
    let _ = acme.owner().patch(&path, own).await.assert_status(200);
    t.advance(SignedDuration::from_secs(1));
    let metadata = json!({"country": "DE", "type": "admin", "colour": "blue", "tier": "pro",
        "notes": {"deep": true}});
    let changed = changed(
        &acme.resource,
        t.now(),
        json!({"public_metadata": metadata}),
    );
    t.apply(&event("organization.updated", &changed, t.now()))
        .await;
    let found = acme.owner().get(&path).await.json();
    assert_eq!(found["settings"], json!({"colour": "red", "country": "DE"}));
    assert_eq!(
        (&found["type"], &found["tier"]),
        (&json!("buyer"), &json!(acme.tier.as_str()))
    );
}

#[tokio::test]
async fn an_organization_is_made_by_whom_the_installation_lets() {
    let t = TestApp::start().await;
    let ada = t.user("Ada", "Lovelace", "ada@example.com").await;
    let body = json!({"name": "Analytical", "slug": "analytical", "settings": {"a": 1}});
    let made = ada
        .post("/organizations", &body)
        .await
        .assert_status(201)
        .json();
    assert_eq!(made["userRole"], "owner");
    assert_eq!(
        (&made["slug"], &made["settings"]),
        (&json!("analytical"), &json!({"a": 1}))
    );
    t.echo().await;
    t.settle().await;
    let mine = ada.get("/organizations").await;
    assert_eq!(mine.column("name"), ["Analytical"]);
    assert_eq!(mine.column("provisioningStatus"), ["COMPLETED"]);
    let taken = ada.post("/organizations", &body).await;
    let _ = taken.assert_problem(409, "CONFLICT_ALREADY_EXISTS");

    let t = TestApp::options()
        .rules(|rules| rules.org_creation = OrgCreation::PlatformAdmin)
        .start()
        .await;
    let ada = t.user("Ada", "Lovelace", "ada@example.com").await;
    let refused = ada.post("/organizations", &body).await;
    let _ = refused.assert_problem(403, "ORG_CREATION_DISABLED");
    let answer = ada.post_empty("/me/bootstrap").await.assert_status(200);
    assert!(answer.json()["orgId"].is_null());
    let staff = t.staff("super_admin").await;
    let _ = staff.post("/organizations", &body).await.assert_status(201);
}

/// The answer is lost, or the request killed: it is made once.
#[tokio::test]
async fn an_organization_is_made_once_whatever_gets_lost() {
    let t = TestApp::start().await;
    let ada = t.user("Ada", "Lovelace", "ada@example.com").await;
    t.provider.lose_answers(500);
    let body = json!({"name": "Analytical"});
    let begun = ada.post("/organizations", &body).await.assert_status(202);
    let place = begun.header("location").to_owned();
    let expected = json!({
        "id": begun.id(), "name": "Analytical", "state": "pending", "error": "status_500",
        "organizationId": null,
    });
    assert_eq!(begun.json(), expected);
    assert_eq!(ada.get(&place).await.assert_status(200).json(), expected);
    t.provider.recover();
    t.advance(SignedDuration::from_secs(70));
    t.settle().await;
    t.echo().await;
    let mine = ada.get("/organizations").await;
    assert_eq!(mine.column("name"), ["Analytical"]);
    let done = ada.get(&place).await.assert_status(200).json();
    assert_eq!(
        (&done["state"], &done["error"]),
        (&json!("done"), &json!(null))
    );
    assert_eq!(done["organizationId"], mine.json()["data"][0]["id"]);
    // Nobody else hears of it, not even who operates everything.
    let others = [
        t.user("Eve", "Other", "eve@example.com").await,
        t.staff("super_admin").await,
    ];
    for other in &others {
        let _ = other.get(&place).await.assert_problem(404, "NOT_FOUND");
    }
    let _ = t
        .anonymous()
        .get(&place)
        .await
        .assert_problem(401, "AUTH_REQUIRED");
    let unknown = format!("/organizations/creations/{}", uuid::Uuid::nil());
    let _ = ada.get(unknown).await.assert_problem(404, "NOT_FOUND");
    let open = t
        .count("select 1 from control.outbound_intents where state <> 'done'")
        .await;
    assert_eq!(open, 0);
}

/// First visits at once, over any number of processes, make one organization.
#[tokio::test]
async fn many_first_visits_make_one_organization() {
    let t = TestApp::options()
        .rules(|rules| rules.org_creation = OrgCreation::AutoBootstrap)
        .pool_max(8)
        .start()
        .await;
    let ada = t.user("Ada", "Lovelace", "ada@gmail.com").await;
    let visit = || ada.post_empty("/me/bootstrap");
    let (a, b, c, d) = tokio::join!(visit(), visit(), visit(), visit());
    let mut ids = Vec::new();
    for answer in [a, b, c, d] {
        ids.push(answer.assert_status(200).text_of("orgId"));
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let made = ada.get("/organizations").await;
    assert_eq!(made.column("name"), ["Personal Workspace"]);
    assert_eq!(made.json()["data"][0]["isPersonal"], true);
}

/// A client that does not know whether its request arrived asks again, with the same key.
#[tokio::test]
async fn a_key_makes_one_organization_of_many_requests() {
    let t = TestApp::options().pool_max(8).start().await;
    let ada = t.user("Ada", "Lovelace", "ada@example.com").await;
    let keyed = ada.with_header("idempotency-key", "once");
    let body = json!({"name": "Analytical"});
    t.provider.fail_with(503);
    let begun = keyed.post("/organizations", &body).await.assert_status(202);
    let again = keyed.post("/organizations", &body).await.assert_status(202);
    assert_eq!(again.id(), begun.id());
    t.provider.recover();
    t.advance(SignedDuration::from_secs(70));
    let ask = || keyed.post("/organizations", &body);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    // Whoever is not at it says how far it is.
    assert!(
        [&one, &two, &three]
            .iter()
            .all(|a| [201, 202].contains(&a.status))
    );
    let made = ask().await.assert_status(201);
    assert_eq!(made.text_of("name"), "Analytical");
    assert_eq!(ada.get("/organizations").await.column("id"), [made.id()]);
    let other = keyed.post("/organizations", json!({"name": "Other"})).await;
    let _ = other.assert_problem(422, "IDEMPOTENCY_MISMATCH");
    // Somebody else's key is another, and after a day it is forgotten.
    let eve = t.user("Eve", "Other", "eve@example.com").await;
    let eve = eve.with_header("idempotency-key", "once");
    let hers = eve.post("/organizations", &body).await.assert_status(201);
    assert_ne!(hers.id(), made.id());
    t.advance(SignedDuration::from_hours(25));
    let third = ask().await.assert_status(201);
    assert_ne!(third.id(), made.id());
}
