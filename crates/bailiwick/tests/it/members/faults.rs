//! The provider is away, late, or says no.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::event;
use jiff::SignedDuration;
use serde_json::json;

use super::{catch_up, give, path};

#[tokio::test]
async fn what_is_taken_is_gone_at_once_and_sent_when_the_provider_is_back() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let admin = acme.admin().with_token(acme.admin().token());
        let _ = admin
            .post("/projects", json!({"name": "a"}))
            .await
            .assert_status(201);
        // Said by the provider before, and on its way for long.
        t.advance(SignedDuration::from_secs(1));
        let membership = t.provider_membership(&acme, acme.admin(), "org:admin");
        let late = event("organizationMembership.updated", &membership, t.now());
        t.advance(SignedDuration::from_secs(1));

        t.provider.fail_with(503);
        let answer = give(acme.owner(), &acme, acme.admin(), "viewer").await;
        let change = answer.assert_status(202).json()["change"].clone();
        assert_eq!(
            (&change["state"], &change["role"]),
            (&json!("pending"), &json!("viewer"))
        );
        let refused = admin.post("/projects", json!({"name": "b"})).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
        t.apply(&late).await;
        assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
        let theirs = || {
            t.provider
                .role_of(&acme.clerk_org_id, acme.admin().clerk_user_id())
        };
        assert_eq!(theirs().as_deref(), Some("org:admin"));

        catch_up(&t).await;
        assert_eq!(theirs().as_deref(), Some("org:member"));
        assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
        t.apply(&late).await;
        assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
    }
}

/// The provider lists who was removed here until it hears of it: nobody is let in by that.
#[tokio::test]
async fn the_removed_do_not_come_back_while_the_provider_is_away() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let admin = acme.admin();
    t.advance(SignedDuration::from_secs(1));
    let membership = t.provider_membership(&acme, admin, "org:admin");
    let late = event("organizationMembership.updated", &membership, t.now());
    t.advance(SignedDuration::from_secs(1));
    t.provider.lose_answers(503);
    t.provider.fail_with(503);
    let _ = acme
        .owner()
        .delete(path(&acme, admin))
        .await
        .assert_status(202);
    t.apply(&late).await;
    t.provider.recover();
    for _ in 0..2 {
        let answer = admin.get("/projects").await;
        let _ = answer.assert_problem(403, "TENANT_ACCESS_DENIED");
    }
    catch_up(&t).await;
    t.apply(&late).await;
    let _ = admin
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    assert_eq!(t.standing(&acme, admin).await.1, "removed");
    assert_eq!(
        t.provider
            .role_of(&acme.clerk_org_id, admin.clerk_user_id()),
        None
    );
}

#[tokio::test]
async fn what_is_given_waits_for_the_provider() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.provider.fail_with(503);
    let answer = give(acme.owner(), &acme, acme.member(), "admin").await;
    assert_eq!(
        answer.assert_status(202).json()["change"]["state"],
        "pending"
    );
    let list = format!("/organizations/{}/members", acme.id);
    let member = acme.owner().get(&list).await.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["userId"] == json!(acme.member().user()))
        .cloned()
        .unwrap();
    assert_eq!(
        (&member["role"], &member["change"]["role"]),
        (&json!("member"), &json!("admin"))
    );
    catch_up(&t).await;
    assert_eq!(t.standing(&acme, acme.member()).await.0, "admin");
}

/// Who decided it may not decide it any more when the provider is back: it is not done.
#[tokio::test]
async fn a_decision_does_not_outlive_the_power_to_make_it() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.provider.fail_with(503);
    let _ = give(acme.admin(), &acme, acme.member(), "admin")
        .await
        .assert_status(202);
    let _ = give(acme.owner(), &acme, acme.admin(), "viewer")
        .await
        .assert_status(202);
    catch_up(&t).await;
    assert_eq!(t.standing(&acme, acme.member()).await.0, "member");
    let theirs = t
        .provider
        .role_of(&acme.clerk_org_id, acme.member().clerk_user_id());
    assert_eq!(theirs.as_deref(), Some("org:member"));
}

/// The last decision counts, whichever of them the provider got to see.
#[tokio::test]
async fn a_later_decision_replaces_an_earlier_one() {
    for lose in [true, false] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        if lose {
            t.provider.lose_answers(500);
        } else {
            t.provider.fail_with(500);
        }
        let _ = give(acme.owner(), &acme, acme.member(), "admin")
            .await
            .assert_status(202);
        t.advance(super::LATER);
        let _ = give(acme.owner(), &acme, acme.member(), "viewer")
            .await
            .assert_status(202);
        catch_up(&t).await;
        assert_eq!(t.standing(&acme, acme.member()).await.0, "viewer", "{lose}");
        let theirs = t
            .provider
            .role_of(&acme.clerk_org_id, acme.member().clerk_user_id());
        assert_eq!(theirs.as_deref(), Some("org:member"), "{lose}");
    }
}

/// The provider keeps its last administrator: what was taken here is given back, and said so.
#[tokio::test]
async fn what_the_provider_refuses_to_take_is_given_back() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    drop(t.provider_membership(&acme, acme.owner(), "org:member"));
    let answer = give(acme.owner(), &acme, acme.admin(), "viewer").await;
    let _ = answer.assert_problem(409, "CONFLICT");
    assert_eq!(
        t.standing(&acme, acme.admin()).await,
        ("admin".to_owned(), "active".to_owned())
    );
    let _ = acme
        .admin()
        .post("/projects", json!({"name": "a"}))
        .await
        .assert_status(201);

    // Beside the role too: the end of a membership forgets what was granted.
    let grants = format!("{}/grants", path(&acme, acme.admin()));
    let found = acme.owner().get(&grants).await.assert_status(200).json();
    let pages = json!({"projects": {"view": true, "delete": true}});
    let granted = json!({"version": found["version"], "pages": pages});
    let _ = acme.owner().put(&grants, granted).await.assert_status(200);
    let removal = acme.owner().delete(path(&acme, acme.admin())).await;
    let _ = removal.assert_problem(409, "CONFLICT");
    let found = acme.owner().get(&grants).await.assert_status(200).json();
    assert_eq!(found["pages"]["projects"]["delete"], true, "{found}");
    let project = acme.owner().post("/projects", json!({"name": "b"})).await;
    let project = format!("/projects/{}", project.assert_status(201).id());
    let _ = acme.admin().delete(project).await.assert_status(204);
    assert_eq!(
        t.standing(&acme, acme.admin()).await,
        ("admin".to_owned(), "active".to_owned())
    );
    let _ = acme.admin().get("/projects").await.assert_status(200);
    let states = "select state, error from control.outbound_intents order by state";
    let states = t.rows(states).await;
    let reason = "organization_minimum_permissions_needed";
    assert_eq!(states[0], json!({"state": "failed", "error": reason}));
    assert_eq!(states[1]["state"], "superseded");
}

/// Hours without the provider: it stays taken, is shown as failed, and can be decided again.
#[tokio::test]
async fn what_was_tried_in_vain_for_hours_stays_taken() {
    let t = TestApp::start().await;
    t.expect_dead();
    let acme = t.tenant("acme", Tier::Starter).await;
    t.provider.fail_with(503);
    let _ = give(acme.owner(), &acme, acme.admin(), "viewer")
        .await
        .assert_status(202);
    for _ in 0..25 {
        t.advance(SignedDuration::from_mins(20));
        t.settle().await;
    }
    let list = format!("/organizations/{}/members", acme.id);
    let states = acme.owner().get(&list).await.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|row| row["change"]["state"].as_str().map(str::to_owned))
        .collect::<Vec<_>>();
    assert_eq!(states, ["failed"]);
    let membership = t.provider_membership(&acme, acme.admin(), "org:admin");
    t.apply(&event(
        "organizationMembership.updated",
        &membership,
        t.now(),
    ))
    .await;
    assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
    t.provider.recover();
    let again = give(acme.owner(), &acme, acme.admin(), "viewer")
        .await
        .assert_status(200);
    assert!(again.json()["change"].is_null());
    let theirs = t
        .provider
        .role_of(&acme.clerk_org_id, acme.admin().clerk_user_id());
    assert_eq!(theirs.as_deref(), Some("org:member"));
}
