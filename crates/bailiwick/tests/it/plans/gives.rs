//! What a plan gives, as pages and products ask for it.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp};
use serde_json::{Value, json};

use super::{Item, by_plan};

async fn ask(persona: &Persona, entitlement: &str) -> Value {
    let checks = json!({"checks": [{"entitlement": entitlement}]});
    let answer = persona.post("/authz/check", checks).await;
    answer.assert_status(200).json()["results"][0].clone()
}

#[tokio::test]
async fn the_plan_gives_what_the_policy_says_wherever_the_tenant_lives() {
    for home in Tier::ALL {
        let t = TestApp::options().tiers_as_written().start().await;
        let acme = t.tenant("acme", *home).await;
        by_plan(&t, &acme).await;
        let org = acme.clerk_org_id.as_str();
        let path = format!("/organizations/{}", acme.id);
        for (plan, tier) in [("pro", Tier::Pro), ("starter", Tier::Starter)] {
            let other = Item::new(&format!("item_{plan}"), plan, t.now());
            t.apply(&other.event(org)).await;
            let pack = t.app.pack();
            let given = &pack.plan(tier).entitlements;
            let is_told = |answer: &bailiwick_testkit::Answer| answer.json()["planSlug"] == plan;
            let ask_viewer = async || acme.viewer().get(&path).await;
            let shown = t.eventually(ask_viewer, is_told).await.json();
            assert_eq!(shown["entitlements"], json!(given));
            assert_eq!(shown["membersMax"], pack.plan(tier).members_max);
            // Whoever may not invite does not learn whom others have.
            assert_eq!(shown["seats"], Value::Null);
            let owner = acme.owner().get(&path).await.json();
            let max = pack.plan(tier).members_max;
            assert_eq!(owner["seats"], json!({"taken": 5, "max": max}));
            for key in ["dedicated_schema", "max_members_2", "max_members_10"] {
                let persona = acme.viewer();
                let is_given = pack.entitles(tier, key) == Some(true);
                let answers = async || {
                    persona
                        .post("/authz/check", json!({"checks": [{"entitlement": key}]}))
                        .await
                };
                let fits = |answer: &bailiwick_testkit::Answer| {
                    answer.json()["results"][0]["allowed"] == is_given
                };
                let _ = t.eventually(answers, fits).await;
            }
            // The next item takes this one's place.
            t.apply(&other.became("ended", t.now()).event(org)).await;
            t.advance(super::DAY * 4);
            t.settle().await;
        }
    }
}

#[tokio::test]
async fn a_no_names_the_plans_that_say_yes() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let no = ask(acme.owner(), "dedicated_schema").await;
    let expected = json!({
        "allowed": false, "code": "PLAN_LIMIT_EXCEEDED",
        "refusal": {"reason": "not_in_plan", "entitlement": "dedicated_schema", "plans": ["pro"],
                    "roles": [], "projectRoles": [], "grants": []},
    });
    assert_eq!(no, expected);
    assert_eq!(
        ask(acme.viewer(), "max_members_2").await,
        json!({"allowed": true})
    );
    for checks in [
        json!([{"entitlement": "own_domain"}]),
        json!([{"entitlement": ""}]),
    ] {
        let asked = acme.owner().post("/authz/check", json!({"checks": checks}));
        let _ = asked.await.assert_invalid(&["checks[0].entitlement"]);
    }
    let both = json!([{"entitlement": "max_members_2", "permission": "projects:read"}]);
    let asked = acme.owner().post("/authz/check", json!({"checks": both}));
    let _ = asked.await.assert_invalid(&["checks[0]"]);
    // Of another organization nothing is said.
    let globex = t.tenant("globex", Tier::Pro).await;
    let there =
        json!([{"entitlement": "dedicated_schema", "resource": {"organizationId": globex.id}}]);
    let asked = acme.owner().post("/authz/check", json!({"checks": there}));
    assert_eq!(asked.await.json()["results"][0]["code"], "NOT_FOUND");
}

/// What to do stands in the refusal, also where no plan has more room.
#[tokio::test]
async fn a_full_organization_says_which_plan_has_room() {
    let t = TestApp::options().tiers_as_written().start().await;
    for (slug, tier, plans) in [
        ("small", Tier::Starter, json!(["pro"])),
        ("large", Tier::Pro, Value::Null),
    ] {
        let world = t.tenant(slug, tier).await;
        by_plan(&t, &world).await;
        let path = format!("/organizations/{}/invitations", world.id);
        let mut at = 0;
        let refused = loop {
            at += 1;
            let body = json!({"email": format!("p{at}@{slug}.example"), "role": "viewer"});
            let answer = world.owner().post(&path, body).await;
            if answer.status != 201 {
                break answer;
            }
        };
        let refused = refused.assert_problem(403, "PLAN_LIMIT_EXCEEDED").json();
        assert_eq!(refused["refusal"]["reason"], "plan_limit");
        assert_eq!(refused["refusal"]["plans"], plans);
        assert!(
            refused["detail"]
                .as_str()
                .unwrap()
                .contains("Plan and billing")
        );
    }
}
