//! With every webhook lost, what ends or changes at the provider is in force while it is used.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Persona, TestApp, World};
use jiff::SignedDuration;

/// As long as a word of the provider counts.
const AFTER: SignedDuration = SignedDuration::from_secs(20);

fn calls_about(t: &TestApp, world: &World) -> usize {
    let path = format!("GET /v1/organizations/{}/memberships", world.clerk_org_id);
    t.provider
        .take_calls()
        .iter()
        .filter(|call| **call == path)
        .count()
}

/// A token that was signed a while ago, so that it proves nothing of now.
fn with_old_token(persona: &Persona) -> Persona {
    persona.with_token(persona.token())
}

fn leave(t: &TestApp, world: &World, persona: &Persona) {
    let (org, user) = (&world.clerk_org_id, persona.clerk_user_id());
    t.provider.forget(&format!("orgmem_{org}_{user}"));
}

#[tokio::test]
async fn an_end_that_nobody_told_of_is_in_force_within_half_a_minute() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let admin = with_old_token(acme.admin());
        let _ = admin.get("/projects").await.assert_status(200);
        leave(&t, &acme, &admin);
        drop(t.provider.take_calls());

        t.advance(AFTER - SignedDuration::from_secs(1));
        let _ = admin.get("/projects").await.assert_status(200);
        assert_eq!(
            t.app.verify_due().await.unwrap(),
            0,
            "the token is proof enough"
        );
        t.advance(SignedDuration::from_secs(1));
        // This use is answered by the mirror, and asks.
        let _ = admin.get("/projects").await.assert_status(200);
        assert_eq!(t.app.verify_due().await.unwrap(), 1);
        assert_eq!(calls_about(&t, &acme), 1);
        let refused = admin.get("/projects").await;
        let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
        let facts = "select action, origin from control.audit order by ctid desc limit 1";
        assert_eq!(
            t.rows(facts).await,
            [serde_json::json!({"action": "memberships.delete", "origin": "system"})]
        );
    }
}

#[tokio::test]
async fn a_demotion_that_nobody_told_of_is_in_force_too() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let admin = with_old_token(acme.admin());
    let project = serde_json::json!({"name": "Alpha"});
    let _ = admin
        .post("/projects", project.clone())
        .await
        .assert_status(201);
    t.advance(SignedDuration::from_secs(1));
    let _ = t.provider_membership(&acme, acme.admin(), "org:viewer");
    t.advance(AFTER);
    let _ = admin.get("/projects").await.assert_status(200);
    assert_eq!(t.app.verify_due().await.unwrap(), 1);
    let refused = admin.post("/projects", project).await;
    let _ = refused.assert_problem(403, "PERMISSION_DENIED");
}

/// The provider signs a role into its tokens. One that says what the mirror says proves it; one that
/// says another proves nothing, however new it is. (The test kit's tokens all say `admin`.)
#[tokio::test]
async fn a_new_token_proves_what_it_says_and_nothing_else() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    drop(t.provider.take_calls());
    for _ in 0..3 {
        let _ = acme.owner().get("/projects").await.assert_status(200);
        assert_eq!(t.app.verify_due().await.unwrap(), 0);
        let _ = acme.member().get("/projects").await.assert_status(200);
        assert_eq!(t.app.verify_due().await.unwrap(), 1);
        assert_eq!(calls_about(&t, &acme), 1);
        t.advance(AFTER);
    }
}

/// Many members, many requests: one call, and none while nobody asks.
#[tokio::test]
async fn many_members_of_one_organization_are_asked_about_with_one_call() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let people: Vec<Persona> = bailiwick_testkit::ROLES
        .iter()
        .map(|(role, _)| with_old_token(acme.persona(role)))
        .collect();
    for persona in &people {
        let _ = persona.get("/projects").await.assert_status(200);
    }
    t.app.verify_due().await.unwrap();
    t.advance(AFTER);
    drop(t.provider.take_calls());
    for _ in 0..3 {
        for persona in &people {
            let _ = persona.get("/projects").await.assert_status(200);
        }
    }
    assert_eq!(t.app.verify_due().await.unwrap(), people.len());
    assert_eq!(t.provider.take_calls().len(), 1);
    for persona in &people {
        let _ = persona.get("/projects").await.assert_status(200);
    }
    assert_eq!(
        t.app.verify_due().await.unwrap(),
        0,
        "they were just confirmed"
    );
}

/// An outage of the provider locks nobody out, and what was missed is asked about when it is back.
#[tokio::test]
async fn while_the_provider_is_down_the_mirror_stands() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let admin = with_old_token(acme.admin());
    let _ = admin.get("/projects").await.assert_status(200);
    leave(&t, &acme, &admin);
    t.advance(AFTER);
    // A proxy's 404 is no word of the provider either.
    for status in [503, 404] {
        t.provider.fail_with(status);
        let _ = admin.get("/projects").await.assert_status(200);
        assert!(t.app.verify_due().await.is_err(), "{status}");
        let _ = admin.get("/projects").await.assert_status(200);
        assert!(t.app.verify_due().await.is_err(), "{status}");
    }
    t.provider.recover();
    let _ = admin.get("/projects").await.assert_status(200);
    assert_eq!(t.app.verify_due().await.unwrap(), 1);
    let refused = admin.get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
}

#[tokio::test]
async fn it_can_be_switched_off() {
    let t = TestApp::options()
        .rules(|rules| rules.sync.verify_after = None)
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let admin = with_old_token(acme.member());
    t.advance(AFTER + AFTER);
    let _ = admin.get("/projects").await.assert_status(200);
    assert_eq!(t.app.verify_due().await.unwrap(), 0);
}
