//! A sweep while something that was decided here is still on its way to the provider.

use bailiwick_kernel::Tier;
use bailiwick_services::sync::sweep::{Differs, Kind, Options, run};
use bailiwick_testkit::{Moment, TestApp, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{started, sweep};

/// Everything of a membership that a comparison could change, and how many facts there are of it.
async fn seen(t: &TestApp, acme: &World) -> (Vec<Value>, usize) {
    let user = acme.admin().user();
    let row = format!(
        "select role, provider_role, status, version, clerk_updated_at from control.memberships
         where user_id = '{user}'"
    );
    let facts = format!("select 1 from control.audit where object_id = '{user}'");
    (t.rows(&row).await, t.count(&facts).await)
}

/// The provider has the old role still, and lists it; the mirror knows better, for however long.
#[tokio::test]
async fn what_is_on_its_way_is_left_alone() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.advance(SignedDuration::from_mins(30));
    let path = format!("/organizations/{}/members/{}", acme.id, acme.admin().user());
    let reached = t.provider.stop_at(Moment::Before);
    tokio::select! {
        answer = acme.owner().patch(&path, json!({"role": "viewer"})) => panic!("{answer:?}"),
        () = reached.notified() => {}
    }
    let before = seen(&t, &acme).await;
    assert_eq!(before.0[0]["role"], "viewer");
    t.advance(SignedDuration::from_mins(11));
    let report = run(&t.app, Options::default(), &|_| {}, &|_| {}).await;
    let report = report.unwrap();
    assert_eq!(report.counts.of(Kind::Membership, Differs::Settling), 1);
    assert_eq!(report.counts.total(), 1);
    assert_eq!(seen(&t, &acme).await, before);
    // Taken up, it is done there, and nothing differs any more.
    t.provider.recover();
    t.settle().await;
    let theirs = t
        .provider
        .role_of(&acme.clerk_org_id, acme.admin().clerk_user_id());
    assert_eq!(theirs.as_deref(), Some("org:member"));
    assert_eq!(sweep(&t).await.counts.total(), 0);
    assert_eq!(t.standing(&acme, acme.admin()).await.0, "viewer");
}

/// What ended at the provider ends here, whatever was decided about it.
#[tokio::test]
async fn an_end_at_the_provider_waits_for_nothing() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.advance(SignedDuration::from_mins(30));
    let path = format!(
        "/organizations/{}/members/{}",
        acme.id,
        acme.member().user()
    );
    let reached = t.provider.stop_at(Moment::Before);
    tokio::select! {
        answer = acme.owner().patch(&path, json!({"role": "admin"})) => panic!("{answer:?}"),
        () = reached.notified() => {}
    }
    let user = acme.member().clerk_user_id();
    t.provider
        .forget(&format!("orgmem_{}_{user}", acme.clerk_org_id));
    let report = run(&t.app, Options::default(), &|_| {}, &|_| {}).await;
    let counts = report.unwrap().counts;
    assert_eq!(counts.of(Kind::Membership, Differs::Extra), 1);
    let refused = acme.member().get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
    t.provider.recover();
    t.advance(SignedDuration::from_mins(11));
    t.settle().await;
    assert_eq!(t.standing(&acme, acme.member()).await.1, "removed");
}
