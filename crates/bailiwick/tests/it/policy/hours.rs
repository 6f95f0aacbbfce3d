//! Access windows: of a role in the pack, of one membership by a grant.

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{BUILTIN, Pack};
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::json;

/// Tests begin on Thursday 2026-01-01 at 00:00 UTC.
const THURSDAY: &str = "thu";

#[tokio::test]
async fn one_person_may_be_limited_in_time() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let (owner, member) = (acme.owner(), acme.member());
        let path = format!(
            "/organizations/{}/members/{}/grants",
            acme.id,
            member.user()
        );
        let version = owner.get(&path).await.json()["version"].clone();
        let access = json!({"days": [THURSDAY], "from": "08:00", "to": "18:00", "timeZone": "UTC"});
        let body = json!({"version": version, "pages": {}, "access": access});
        let _ = owner.put(&path, body).await.assert_status(200);

        let check = json!({"checks": [{"permission": "projects:read"}]});
        let refused = member
            .get("/projects")
            .await
            .assert_problem(403, "PERMISSION_TIME_WINDOW");
        assert_eq!(
            refused.text_of("detail"),
            "You may act Thu 08:00–18:00 (UTC)"
        );
        let _ = member
            .post("/authz/check", &check)
            .await
            .assert_problem(403, "PERMISSION_TIME_WINDOW");
        let members = format!("/organizations/{}/members", acme.id);
        let _ = member
            .get(&members)
            .await
            .assert_problem(403, "PERMISSION_DENIED");
        let _ = member.get("/me").await.assert_status(200);
        let _ = owner.get("/projects").await.assert_status(200);

        t.advance(SignedDuration::from_hours(8));
        let _ = member.get("/projects").await.assert_status(200);
        let _ = member.post("/authz/check", &check).await.assert_status(200);
        let _ = member.get(&members).await.assert_status(200);
        t.advance(SignedDuration::from_hours(10));
        let _ = member
            .get("/projects")
            .await
            .assert_problem(403, "PERMISSION_TIME_WINDOW");
    }
}

#[tokio::test]
async fn a_role_may_be_limited_in_time_and_nobody_lifts_their_own_limit() {
    let text = BUILTIN[0].1;
    let text = text.replace(
        "[project_roles]\n",
        "[access.office]\ndays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"]\nfrom = \"08:00\"\n\
         to = \"18:00\"\ntime_zone = \"America/New_York\"\n\n[project_roles]\n",
    );
    let text = text.replace(
        "title = \"Manager\"\n",
        "title = \"Manager\"\naccess = \"office\"\n",
    );
    let pack = Pack::parse("office.toml", &text).unwrap();
    let t = TestApp::options().pack(pack).start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    // 19:00 on Wednesday in New York.
    let refused = acme.manager().get("/projects").await;
    let _ = refused.assert_problem(403, "PERMISSION_TIME_WINDOW");
    let _ = acme.member().get("/projects").await.assert_status(200);
    t.advance(SignedDuration::from_hours(13));
    let _ = acme.manager().get("/projects").await.assert_status(200);

    let path = format!(
        "/organizations/{}/members/{}/grants",
        acme.id,
        acme.admin().user()
    );
    let limit = json!({"days": [THURSDAY], "from": "00:00", "to": "24:00", "timeZone": "UTC"});
    let found = acme.admin().get(&path).await.json();
    let body = json!({"version": found["version"], "pages": {}, "access": limit});
    let limited = acme
        .admin()
        .put(&path, body)
        .await
        .assert_status(200)
        .json();
    let body = json!({"version": limited["version"], "pages": {}});
    let _ = acme
        .admin()
        .put(&path, &body)
        .await
        .assert_problem(403, "PERMISSION_DENIED");
    let _ = acme.owner().put(&path, &body).await.assert_status(200);
}
