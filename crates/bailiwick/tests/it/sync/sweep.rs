//! What a sweep finds, repairs, and leaves alone.

use std::sync::Mutex;

use bailiwick_kernel::Tier;
use bailiwick_services::sync::sweep::{Difference, Differs, Ended, Kind, Options, run};
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, changed, deleted, event};
use jiff::SignedDuration;
use serde_json::json;

use super::{started, sweep};

/// A sweep's differences, a line each.
async fn found(t: &TestApp, options: Options) -> (Ended, Vec<String>) {
    t.advance(SignedDuration::from_mins(11));
    let seen = Mutex::new(Vec::new());
    let tell = |found: &Difference| {
        let (kind, differs) = (found.kind.as_str(), found.differs.as_str());
        let line = format!("{kind} {} {differs} {}", found.key, found.members.join(" "));
        seen.lock().unwrap().push(line.trim_end().to_owned());
    };
    let report = run(&t.app, options, &tell, &|_| {}).await.unwrap();
    t.settle().await;
    (report.ended, seen.into_inner().unwrap())
}

/// Everything that can be missed, missed.
async fn neglected() -> TestApp {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let lost = t.tenant("lost", Tier::Starter).await;
    t.advance(SignedDuration::from_secs(5));
    // A new person and their membership; a new name; a new role; somebody who left.
    let new = t.unseen_user("New", "Comer", "new@example.com");
    t.provider.know(&fixtures::membership(
        &acme.resource,
        &new,
        "org:member",
        t.now(),
    ));
    t.provider.know(&changed(
        &acme.resource,
        t.now(),
        json!({"name": "Acme and more"}),
    ));
    let _ = t.provider_membership(&acme, acme.admin(), "org:viewer");
    t.provider.forget(&membership_id(
        &acme.clerk_org_id,
        acme.viewer().clerk_user_id(),
    ));
    // A person who is gone, and an organization that is.
    t.provider.forget(acme.manager().clerk_user_id());
    t.provider.forget(&membership_id(
        &acme.clerk_org_id,
        acme.manager().clerk_user_id(),
    ));
    t.provider.forget(&lost.clerk_org_id);
    for (role, _) in bailiwick_testkit::ROLES {
        let user = lost.persona(role).clerk_user_id();
        t.provider.forget(&membership_id(&lost.clerk_org_id, user));
    }
    t
}

fn membership_id(org: &str, user: &str) -> String {
    format!("orgmem_{org}_{user}")
}

#[tokio::test]
async fn everything_that_was_missed_is_found_and_repaired_once() {
    let t = neglected().await;
    let looked = found(
        &t,
        Options {
            dry_run: true,
            ..Options::default()
        },
    )
    .await;
    let audit = t.audit_count().await;
    let again = found(
        &t,
        Options {
            dry_run: true,
            ..Options::default()
        },
    )
    .await;
    assert_eq!(looked, again, "a look changes nothing");
    assert!(t.audit().await.ends_with(&["sync.sweep".to_owned()]));
    assert_eq!(t.audit_count().await, audit + 1);

    let (ended, repaired) = found(&t, Options::default()).await;
    assert_eq!(ended, Ended::Done);
    insta::assert_snapshot!("found", repaired.join("\n"));
    assert_eq!(found(&t, Options::default()).await.1, [""; 0]);

    let origins = "select action, origin, count(*) as n from control.audit
                   where origin = 'system' and action not like 'tenants.%' group by 1, 2 order by 1";
    insta::assert_json_snapshot!("facts", t.rows(origins).await);
}

#[tokio::test]
async fn what_it_took_is_in_force_and_what_it_gave_works() {
    let t = neglected().await;
    let path = "select clerk_org_id from control.organizations where name = 'acme'";
    assert_eq!(t.count(path).await, 1);
    sweep(&t).await;
    assert_eq!(t.count(path).await, 0);
    let home = "select p.schema_name as name from control.placements p
                join control.organizations o on o.id = p.organization_id where o.slug = 'acme'";
    let home = t.rows(home).await.remove(0);
    let home = home["name"].as_str().unwrap();
    let projected = format!(
        "select m.status, m.role from {home}.members m
         join control.users u on u.id = m.id where u.email = 'new@example.com'"
    );
    assert_eq!(
        t.rows(&projected).await,
        [json!({"role": "member", "status": "active"})]
    );
    let gone = format!(
        "select 1 from {home}.members m join control.users u on u.id = m.id
         where u.email in ('viewer@acme.example', 'manager@acme.example') and m.status <> 'removed'"
    );
    assert_eq!(t.count(&gone).await, 0);
}

/// Content that differs though the times are the same, or the mirror believes to be newer.
#[tokio::test]
async fn the_times_do_not_hide_a_difference() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.tamper(
        "update control.users set full_name = 'Somebody Else' where email = 'owner@acme.example'",
    )
    .await;
    t.tamper("update control.organizations set name = 'Nonsense', clerk_updated_at = clerk_updated_at + interval '1 minute'")
        .await;
    t.tamper("update control.memberships set provider_role = 'org:admin' where role = 'viewer'")
        .await;
    let (_, repaired) = found(&t, Options::default()).await;
    assert_eq!(repaired.len(), 3, "{repaired:?}");
    let me = acme.owner().get("/me").await.assert_status(200);
    assert_eq!(me.json()["organization"]["name"], "acme");
    assert_eq!(found(&t, Options::default()).await.1, [""; 0]);
}

/// Somebody was taken out here a moment ago, and the provider does not know it yet.
#[tokio::test]
async fn what_ended_here_lately_is_not_brought_back_and_what_ended_long_ago_is() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.advance(SignedDuration::from_mins(30));
    let membership = t.provider_membership(&acme, acme.member(), "org:member");
    let old = changed(
        &membership,
        t.now() - SignedDuration::from_mins(29),
        json!({}),
    );
    t.provider.know(&old);
    t.apply(&event("organizationMembership.deleted", &old, t.now()))
        .await;
    let report = run(&t.app, Options::default(), &|_| {}, &|_| {})
        .await
        .unwrap();
    assert_eq!(report.counts.of(Kind::Membership, Differs::Settling), 1);
    let refused = acme.member().get("/projects").await;
    let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
    // Its echo never came: then the provider is right.
    sweep(&t).await;
    let _ = acme.member().get("/projects").await.assert_status(200);
}

/// Deleted here is deleted, whatever the provider lists.
#[tokio::test]
async fn nobody_rises_from_the_dead() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let user = t.unseen_user("Gone", "User", "gone@example.com");
    t.apply(&event("user.created", &user, t.now())).await;
    t.apply(&event("user.deleted", &deleted(&user), t.now()))
        .await;
    let (_, lines) = found(&t, Options::default()).await;
    let id = user["id"].as_str().unwrap();
    assert_eq!(lines, [format!("user {id} deletedHere")]);
    let _ = acme.owner().get("/projects").await.assert_status(200);
}

/// The key of another instance, or a provider that lost its data, must not end everything here.
#[tokio::test]
async fn more_than_is_believable_is_refused() {
    let t = started().await;
    let mut ids = Vec::new();
    for n in 0..60 {
        let user = t.unseen_user("User", "One", &format!("u{n}@example.com"));
        t.deliver(&event("user.created", &user, t.now())).await;
        ids.push(user["id"].as_str().unwrap().to_owned());
    }
    t.settle().await;
    for id in &ids {
        t.provider.forget(id);
    }
    let living = "select id from control.users where deleted_at is null";
    let (ended, lines) = found(&t, Options::default()).await;
    assert!(matches!(ended, Ended::Refused(why) if why.starts_with("60 of 60 users")));
    assert_eq!((lines.len(), t.count(living).await), (0, 60));
    let outcome = "select outcome from control.sweeps";
    assert_eq!(t.rows(outcome).await, [json!({"outcome": "refused"})]);

    let allowed = Options {
        deletions_max: Some(60),
        ..Options::default()
    };
    let (ended, lines) = found(&t, allowed).await;
    assert_eq!((ended, lines.len()), (Ended::Done, 60));
    assert_eq!(t.count(living).await, 0);
}

/// A proxy's 404 is no word of the provider.
#[tokio::test]
async fn while_the_provider_does_not_answer_nothing_ends_and_the_next_goes_on() {
    let t = started().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.provider.fail_with(404);
    t.advance(SignedDuration::from_mins(11));
    let failed = run(&t.app, Options::default(), &|_| {}, &|_| {}).await;
    assert!(failed.is_err());
    let open = "select error from control.sweeps where finished_at is null";
    assert_eq!(t.count(open).await, 1);
    t.provider.recover();
    t.advance(SignedDuration::from_secs(1));
    let report = run(&t.app, Options::default(), &|_| {}, &|_| {})
        .await
        .unwrap();
    assert_eq!((report.ended, report.is_resumed), (Ended::Done, true));
    let _ = acme.member().get("/projects").await.assert_status(200);
}

/// More than one page, and a provider that asks for patience.
#[tokio::test]
async fn pages_and_limits_are_the_providers() {
    let t = started().await;
    for n in 0..1_100 {
        let _ = t.unseen_user("User", "One", &format!("u{n}@example.com"));
    }
    t.provider.throttle(2);
    let report = sweep(&t).await;
    assert_eq!(report.counts.of(Kind::User, Differs::Missing), 1_100);
    assert_eq!(report.counts.met["user"], 1_100);
    assert_eq!(t.count("select id from control.users").await, 1_100);
    assert_eq!(
        t.count("select page from control.sweep_pages").await,
        0,
        "nothing stays behind"
    );
}
