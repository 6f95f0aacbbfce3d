//! How people come: in whatever order the provider's words arrive.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, event};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{invite, listed, newcomer, path};

/// Every order of these.
fn orders(events: &[Value]) -> Vec<Vec<Value>> {
    if events.len() < 2 {
        return vec![events.to_vec()];
    }
    let mut all = Vec::new();
    for at in 0..events.len() {
        let mut rest = events.to_vec();
        let first = rest.remove(at);
        for mut tail in orders(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

/// Both a role below what the provider says, and one above.
#[tokio::test]
async fn who_comes_gets_the_role_of_the_invitation_whatever_arrives_first() {
    for role in ["viewer", "member", "manager", "admin"] {
        for order in 0..6 {
            let t = TestApp::start().await;
            let acme = t.tenant("acme", Tier::Starter).await;
            let (data, person) = newcomer(&t, "new@example.com").await;
            let _ = invite(acme.owner(), &acme, "new@example.com", role)
                .await
                .assert_status(201);
            t.provider.accept("new@example.com", &data);
            let events = t.provider.take_events();
            assert_eq!(events.len(), 3);
            for event in orders(&events).swap_remove(order) {
                t.deliver(&event).await;
                t.settle().await;
            }
            let standing = t.standing(&acme, &person).await;
            assert_eq!(
                standing,
                (role.to_owned(), "active".to_owned()),
                "order {order}"
            );
            let row = (
                "new@example.com".to_owned(),
                role.to_owned(),
                "accepted".to_owned(),
            );
            assert_eq!(listed(&acme).await, [row], "order {order}");
            let _ = person
                .within(&acme)
                .get("/projects")
                .await
                .assert_status(200);
        }
    }
}

/// The invited address is not their primary one: the mirror knows every proven one.
#[tokio::test]
async fn any_proven_address_counts() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (data, person) = newcomer(&t, "private@example.com").await;
    t.advance(SignedDuration::from_secs(1));
    let mut addresses = data["email_addresses"].as_array().unwrap().clone();
    let mut second = addresses[0].clone();
    second["id"] = json!("idn_second");
    second["email_address"] = json!("Work@Example.com");
    addresses.push(second);
    let data = changed(&data, t.now(), json!({"email_addresses": addresses}));
    t.provider.know(&data);
    t.apply(&event("user.updated", &data, t.now())).await;
    let _ = invite(acme.owner(), &acme, "work@example.com", "viewer")
        .await
        .assert_status(201);
    t.provider.accept("work@example.com", &data);
    let mut events = t.provider.take_events();
    events.reverse();
    for event in &events {
        t.apply(event).await;
        assert_eq!(t.standing(&acme, &person).await.0, "viewer");
    }
}

/// Somebody whom the mirror has never seen: their webhook comes last, or never.
#[tokio::test]
async fn who_has_no_account_signs_up_on_the_way() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let _ = invite(acme.owner(), &acme, "new@example.com", "viewer")
        .await
        .assert_status(201);
    drop(t.provider.take_events());
    let data = t.unseen_user("New", "Comer", "new@example.com");
    t.provider.accept("new@example.com", &data);
    drop(t.provider.take_events());
    // Not one webhook has come: the first request asks the provider.
    let person = t.persona(&data).await.within(&acme);
    let _ = person.get("/projects").await.assert_status(200);
    let me = person.get("/me").await.json();
    assert_eq!(me["organization"]["role"], "viewer");
}

/// Who was invited by nobody is what the provider says, and an invitation is used once.
#[tokio::test]
async fn an_invitation_gives_its_role_once() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (data, person) = newcomer(&t, "new@example.com").await;
    let _ = invite(acme.owner(), &acme, "new@example.com", "manager")
        .await
        .assert_status(201);
    t.provider.accept("new@example.com", &data);
    t.echo().await;
    let member = format!("/organizations/{}/members/{}", acme.id, person.user());
    let _ = acme.owner().delete(&member).await.assert_status(200);
    t.echo().await;
    t.advance(SignedDuration::from_secs(10));
    t.join(&acme, &data, "org:member").await;
    assert_eq!(t.standing(&acme, &person).await.0, "member");
}

/// Taken back here while the provider is away, and accepted there meanwhile: they wait.
#[tokio::test]
async fn who_comes_by_an_invitation_that_was_taken_back_is_not_let_in() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (data, person) = newcomer(&t, "new@example.com").await;
    let made = invite(acme.owner(), &acme, "new@example.com", "admin")
        .await
        .assert_status(201);
    t.provider.fail_with(503);
    let one = format!("{}/{}", path(&acme), made.id());
    let revoked = acme.owner().delete(&one).await.assert_status(202);
    assert_eq!(revoked.text_of("status"), "revoked");
    t.provider.recover();
    t.provider.accept("new@example.com", &data);
    t.advance(SignedDuration::from_secs(70));
    t.settle().await;
    t.echo().await;
    assert_eq!(
        t.standing(&acme, &person).await,
        ("admin".to_owned(), "suspended".to_owned())
    );
    let refused = person.within(&acme).get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
}

/// The same with another invitation since, as something less: it does not stand for the first one,
/// whichever of the provider's words comes first.
#[tokio::test]
async fn a_later_invitation_does_not_let_in_who_comes_by_an_earlier_one() {
    for comes_first in [
        "organizationMembership.created",
        "organizationInvitation.accepted",
    ] {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", Tier::Starter).await;
        let (data, person) = newcomer(&t, "new@example.com").await;
        let made = invite(acme.owner(), &acme, "new@example.com", "admin")
            .await
            .assert_status(201);
        t.provider.fail_with(503);
        let one = format!("{}/{}", path(&acme), made.id());
        let _ = acme.owner().delete(&one).await.assert_status(202);
        let again = invite(acme.owner(), &acme, "new@example.com", "viewer").await;
        let _ = again.assert_status(202);
        t.provider.recover();
        t.provider.accept("new@example.com", &data);
        let mut events = t.provider.take_events();
        events.sort_by_key(|event| event["type"] != comes_first);
        for event in &events {
            t.deliver(event).await;
            t.settle().await;
            let query = format!(
                "select 1 from control.memberships where user_id = '{}' and status = 'active'",
                person.user()
            );
            assert_eq!(t.count(&query).await, 0, "{comes_first}");
        }
        assert_eq!(t.standing(&acme, &person).await.1, "suspended");
        let refused = person.within(&acme).get("/projects").await;
        let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
    }
}

/// Where people are in one organization at most, a second membership waits, and nobody is invited
/// who is in one.
#[tokio::test]
async fn a_second_organization_waits_where_there_may_be_one() {
    let t = TestApp::options()
        .rules(|rules| rules.single_org_membership = true)
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let answer = invite(acme.owner(), &acme, globex.member().email(), "member").await;
    let _ = answer.assert_problem(409, "CONFLICT_ALREADY_EXISTS");
    let membership = t.provider_membership(&acme, globex.member(), "org:admin");
    t.apply(&event(
        "organizationMembership.created",
        &membership,
        t.now(),
    ))
    .await;
    assert_eq!(t.standing(&acme, globex.member()).await.1, "pending");
    let both = globex.member().within(&acme);
    let _ = both
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    assert_eq!(both.get("/me").await.json()["barred"]["status"], "pending");
    let _ = globex.member().get("/projects").await.assert_status(200);
    let create = globex
        .member()
        .post("/organizations", json!({"name": "Third"}))
        .await;
    let _ = create.assert_problem(409, "CONFLICT");
}
