//! Suspended members: in nowhere, and told why.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::event;
use jiff::SignedDuration;
use serde_json::json;

use super::path;

#[tokio::test]
async fn a_suspended_member_is_out_at_once_and_in_again_when_somebody_says_so() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let admin = acme.admin().with_token(acme.admin().token());
        let _ = admin.get("/projects").await.assert_status(200);
        let path = path(&acme, &admin);
        let suspended = acme.owner().post_empty(format!("{path}/suspend")).await;
        assert_eq!(suspended.assert_status(200).text_of("status"), "suspended");
        let _ = admin
            .get("/projects")
            .await
            .assert_problem(403, "TENANT_ACCESS_DENIED");
        let me = acme.admin().get("/me").await.assert_status(200).json();
        assert!(me["organization"].is_null());
        let barred = json!({"id": acme.id, "slug": "acme", "name": "acme", "status": "suspended"});
        assert_eq!(me["barred"], barred);

        // The provider knows of no suspension: what it says leaves it alone.
        t.advance(SignedDuration::from_secs(1));
        let membership = t.provider_membership(&acme, &admin, "org:admin");
        t.apply(&event(
            "organizationMembership.updated",
            &membership,
            t.now(),
        ))
        .await;
        assert_eq!(t.standing(&acme, &admin).await.1, "suspended");

        let again = acme.owner().post_empty(format!("{path}/reactivate")).await;
        assert_eq!(again.assert_status(200).text_of("status"), "active");
        let _ = acme.admin().get("/projects").await.assert_status(200);
        assert!(acme.admin().get("/me").await.json()["barred"].is_null());
    }
}

#[tokio::test]
async fn suspending_takes_the_permission_and_the_rank() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for (actor, target, outcome) in [
        ("member", "viewer", "403 PERMISSION_DENIED"),
        ("admin", "owner", "403 PERMISSION_ROLE_INSUFFICIENT"),
        ("admin", "admin", "409 CONFLICT"),
        ("admin", "viewer", "200"),
    ] {
        let path = format!("{}/suspend", path(&acme, acme.persona(target)));
        let answer = acme.persona(actor).post_empty(path).await;
        assert_eq!(answer.outcome(), outcome, "{actor} {target}");
    }
    let list = format!("/organizations/{}/members?status=suspended", acme.id);
    let emails = acme.owner().get(list).await.column("email");
    assert_eq!(emails, [acme.viewer().email()]);
    // A suspended member decides nothing, not even for themselves.
    let own = format!("{}/reactivate", path(&acme, acme.viewer()));
    let answer = acme.viewer().post_empty(own).await;
    let _ = answer.assert_problem(404, "NOT_FOUND");
}
