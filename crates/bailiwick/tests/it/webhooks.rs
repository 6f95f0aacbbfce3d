//! Webhooks: who may send them, what is kept of them, and what they may change.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{self, changed, deleted, event};
use bailiwick_testkit::{Message, TestApp};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const PATHS: [&str; 5] = [
    "/api/webhooks/clerk",
    "/webhooks/clerk",
    "/api/v1/webhooks/clerk/events",
    "/api/v1/webhooks/clerk/user-events",
    "/api/v1/webhooks/clerk/organization-events",
];

fn ada(t: &TestApp) -> Value {
    t.unseen_user("Ada", "Lovelace", "ada@example.com")
}

async fn inbox(t: &TestApp) -> usize {
    t.count("select id from control.webhook_inbox").await
}

#[tokio::test]
async fn what_is_not_signed_well_is_refused_and_not_kept() {
    let t = TestApp::start().await;
    let good = t.message(&event("user.created", &ada(&t), t.now()));
    let other_secret = "whsec_YW5vdGhlciBzZWNyZXQsIHdoaWNoIGlzIG5vdCBvdXJz";
    let with = |change: &dyn Fn(&mut Message)| {
        let mut message = good.clone();
        change(&mut message);
        message
    };
    let late = SignedDuration::from_secs(301);
    let cases = [
        (
            "another secret",
            with(&|m| m.secret = other_secret.to_owned()),
        ),
        ("stale", with(&|m| m.at -= late)),
        ("from the future", with(&|m| m.at += late)),
    ];
    for (what, message) in &cases {
        let answer = message.send(&t).await;
        assert_eq!(answer.outcome(), "401 WEBHOOK_SIGNATURE_INVALID", "{what}");
    }
    let signature = good.signature();
    let changed_body = with(&|m| m.body = m.body.replace("Ada", "Eve"));
    let changed_id = with(&|m| m.id = "msg_other".to_owned());
    for (what, message, signature) in [
        ("a changed body", &changed_body, signature.as_str()),
        ("a changed id", &changed_id, signature.as_str()),
        ("no signature", &good, ""),
        ("another version", &good, &signature.replace("v1,", "v2,")),
        ("no base64", &good, "v1,***"),
    ] {
        let answer = message.send_signed(&t.anonymous(), signature).await;
        assert_eq!(answer.outcome(), "401 WEBHOOK_SIGNATURE_INVALID", "{what}");
    }
    let bare = t.anonymous().post("/api/webhooks/clerk", json!({})).await;
    let _ = bare.assert_problem(401, "WEBHOOK_SIGNATURE_INVALID");
    assert_eq!(inbox(&t).await, 0);

    let two = format!("v1,{} {signature}", "A".repeat(44));
    let _ = good
        .send_signed(&t.anonymous(), &two)
        .await
        .assert_status(200);
}

#[tokio::test]
async fn every_path_and_both_sets_of_headers_lead_to_one_inbox() {
    let t = TestApp::start().await;
    let ada = ada(&t);
    for (n, path) in PATHS.into_iter().enumerate() {
        let mut message = t.message(&event("user.created", &ada, t.now()));
        message.path = path.to_owned();
        message.headers = ["svix", "webhook"][n % 2];
        let answer = message.send(&t).await.assert_status(200);
        assert_eq!(
            answer.json(),
            json!({"status": "queued", "event": "user.created"}),
            "{path}"
        );
    }
    t.settle().await;
    assert_eq!(inbox(&t).await, PATHS.len());
    assert_eq!(t.audit().await, ["users.create"]);
}

#[tokio::test]
async fn a_repeated_message_is_processed_once() {
    let t = TestApp::start().await;
    let message = t.message(&event("user.created", &ada(&t), t.now()));
    for expected in ["queued", "duplicate", "duplicate"] {
        let answer = message.send(&t).await.assert_status(200);
        assert_eq!(answer.text_of("status"), expected);
        t.settle().await;
    }
    assert_eq!(inbox(&t).await, 1);
    assert_eq!(t.audit().await, ["users.create"]);
}

#[tokio::test]
async fn what_means_nothing_to_us_is_ignored_and_what_nobody_understands_is_kept_dead() {
    let t = TestApp::start().await;
    t.expect_dead();
    let unknown = t.message(&event("email.created", &json!({"id": "ema_1"}), t.now()));
    let answer = unknown.send(&t).await.assert_status(200);
    assert_eq!(
        answer.json(),
        json!({"status": "ignored", "event": "email.created"})
    );
    assert_eq!(t.inbox_state(&unknown.id).await, "ignored");

    for (n, body) in [
        "",
        "nonsense",
        "{}",
        "[]",
        r#"{"type":"user.created","data":{}}"#,
    ]
    .into_iter()
    .enumerate()
    {
        let mut message = t.message(&json!({}));
        message.body = body.to_owned();
        let answer = message.send(&t).await;
        let _ = answer.assert_problem(400, "WEBHOOK_PAYLOAD_INVALID");
        assert_eq!(t.inbox_state(&message.id).await, "dead", "{n}");
    }
    t.settle().await;
    assert_eq!(t.audit().await, [""; 0]);

    let mut large = t.message(&json!({}));
    large.body = "x".repeat(600 * 1024);
    let _ = large
        .send(&t)
        .await
        .assert_problem(413, "PAYLOAD_TOO_LARGE");
}

#[tokio::test]
async fn a_membership_before_its_user_and_its_organization_fetches_both() {
    let t = TestApp::start().await;
    let (ada, now) = (ada(&t), t.now());
    let org = fixtures::organization("org_early", "Early", "early", "user_nobody", now);
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &ada, "org:member", now);
    t.apply(&event("organizationMembership.created", &membership, now))
        .await;
    let persona = t
        .persona(&ada)
        .await
        .within_organization("org_early", "early");
    let _ = persona.get("/projects").await.assert_status(200);
    let mut calls = t.provider.take_calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "GET /v1/organizations/org_early",
            &format!("GET /v1/users/{}", persona.clerk_user_id())
        ]
    );

    // What the provider does not know may come yet. Where its deletion comes instead, the event
    // comes to rest.
    t.expect_dead();
    let gone = fixtures::user("user_gone", "G", "One", "gone@example.com", now);
    let membership = fixtures::membership(&org, &gone, "org:member", now);
    let message = t
        .deliver(&event("organizationMembership.created", &membership, now))
        .await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "parked");
    t.settle_within(SignedDuration::from_secs(30)).await;
    assert_eq!(t.inbox_state(&message).await, "dead");
    t.apply(&event("user.deleted", &deleted(&gone), t.now())).await;
    bailiwick_services::inbox::replay(&t.app, &message).await.unwrap();
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let users = "select id from control.users where clerk_user_id = 'user_gone'";
    assert_eq!(t.count(users).await, 0);
}

#[tokio::test]
async fn while_the_provider_is_down_a_message_waits_then_dies_and_can_be_replayed() {
    let t = TestApp::start().await;
    t.expect_dead();
    let (ada, now) = (ada(&t), t.now());
    let org = fixtures::organization("org_late", "Late", "late", "user_nobody", now);
    t.provider.know(&org);
    t.provider.fail_with(503);
    let membership = fixtures::membership(&org, &ada, "org:member", now);
    let message = t
        .deliver(&event("organizationMembership.created", &membership, now))
        .await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "parked");
    t.settle_within(SignedDuration::from_secs(30)).await;
    assert_eq!(t.inbox_state(&message).await, "dead");
    let attempts = t.provider.take_calls().len();
    assert_eq!(attempts, 3, "three attempts, then dead");

    t.provider.recover();
    t.settle_within(SignedDuration::from_secs(60)).await;
    assert_eq!(
        t.inbox_state(&message).await,
        "dead",
        "the dead rise only when they are told to"
    );
    bailiwick_services::inbox::replay(&t.app, &message)
        .await
        .unwrap();
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let persona = t
        .persona(&ada)
        .await
        .within_organization("org_late", "late");
    let _ = persona.get("/projects").await.assert_status(200);
    assert!(
        bailiwick_services::inbox::replay(&t.app, &message)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn the_deleted_are_not_revived_by_what_is_older() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let (before, after) = (t.now(), t.now() + SignedDuration::from_secs(10));
    let user = ada(&t);
    t.join(&acme, &user, "org:member").await;
    let persona = t.persona(&user).await.within(&acme);
    let membership = fixtures::membership(&acme.resource, &user, "org:admin", before);

    t.apply(&event("organizationMembership.deleted", &membership, after))
        .await;
    t.apply(&event(
        "organizationMembership.updated",
        &membership,
        before,
    ))
    .await;
    let _ = persona
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");

    t.provider.forget(persona.clerk_user_id());
    t.apply(&event("user.deleted", &deleted(&user), after))
        .await;
    let again = changed(
        &user,
        before + SignedDuration::from_secs(5),
        json!({"first_name": "Again"}),
    );
    t.apply(&event("user.updated", &again, before)).await;
    let later = changed(
        &user,
        after + SignedDuration::from_secs(5),
        json!({"first_name": "Later"}),
    );
    t.provider.know(&later);
    let _ = persona
        .get("/me")
        .await
        .assert_problem(401, "AUTH_USER_NOT_FOUND");

    t.apply(&event(
        "organization.deleted",
        &deleted(&acme.resource),
        after,
    ))
    .await;
    let renamed = changed(
        &acme.resource,
        before + SignedDuration::from_secs(5),
        json!({"name": "Again"}),
    );
    t.apply(&event("organization.updated", &renamed, before))
        .await;
    let _ = acme
        .owner()
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    assert_eq!(
        acme.owner().get("/organizations").await.column("name"),
        [""; 0]
    );
}

#[tokio::test]
async fn a_removed_member_is_out_at_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        // A warm context, and a token that stays valid.
        let admin = acme.admin().with_token(acme.admin().token());
        let made = admin
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .assert_status(201);
        let path = format!("/projects/{}", made.id());
        let membership = t.provider_membership(&acme, acme.admin(), "org:admin");
        t.apply(&event(
            "organizationMembership.deleted",
            &membership,
            t.now(),
        ))
        .await;
        // The provider still lists it: a stale answer of theirs must not let anybody in again.
        for _ in 0..2 {
            let _ = admin
                .get(&path)
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
            let _ = admin
                .get("/projects")
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
            let _ = admin
                .delete(&path)
                .await
                .assert_problem(403, "TENANT_ACCESS_DENIED");
        }
        let _ = acme.owner().get(&path).await.assert_status(200);
    }
}

#[tokio::test]
async fn a_change_of_role_is_in_force_at_the_next_request() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let admin = acme.admin().with_token(acme.admin().token());
        let _ = admin
            .post("/projects", json!({"name": "Alpha"}))
            .await
            .assert_status(201);
        let second = SignedDuration::from_secs(1);
        for (role, outcome) in [
            ("org:viewer", "403 PERMISSION_DENIED"),
            ("org:admin", "201"),
            ("org:manager", "403 PERMISSION_DENIED"),
            ("org:unheard_of", "403 PERMISSION_DENIED"),
        ] {
            t.advance(second);
            let membership = t.provider_membership(&acme, acme.admin(), role);
            t.apply(&event(
                "organizationMembership.updated",
                &membership,
                t.now(),
            ))
            .await;
            let answer = admin.post("/projects", json!({"name": role})).await;
            assert_eq!(answer.outcome(), outcome, "{role}");
        }
    }
}

#[tokio::test]
async fn a_deleted_user_and_a_deleted_organization_are_out_at_the_next_request() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let member = acme.member().with_token(acme.member().token());
    let _ = member.get("/me").await.assert_status(200);
    let _ = member.get("/organizations").await.assert_status(200);
    let gone = json!({"object": "user", "id": member.clerk_user_id(), "deleted": true});
    t.apply(&event("user.deleted", &gone, t.now())).await;
    for path in ["/me", "/projects"] {
        let answer = member.get(path).await;
        assert_eq!(answer.outcome(), "401 AUTH_USER_NOT_FOUND", "{path}");
    }
    assert_ne!(
        member.get("/organizations").await.text.find("acme"),
        Some(0)
    );

    let owner = acme.owner().with_token(acme.owner().token());
    let _ = owner.get("/projects").await.assert_status(200);
    t.apply(&event(
        "organization.deleted",
        &deleted(&acme.resource),
        t.now(),
    ))
    .await;
    let _ = owner
        .get("/projects")
        .await
        .assert_problem(403, "TENANT_ACCESS_DENIED");
    let _ = owner
        .get(format!("/organizations/{}", acme.id))
        .await
        .assert_problem(404, "NOT_FOUND");
    assert!(owner.get("/me").await.assert_status(200).json()["organization"].is_null());
}

/// A small stream of pseudo-random numbers: a failure names the seed that repeats it.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// What happens at the provider, in the order in which it happens. The stub knows how it ends.
fn history(t: &TestApp) -> Vec<Value> {
    let start = t.now();
    let at = |second: i64| start + SignedDuration::from_secs(second);
    let user = |id: &str, name: &str| {
        fixtures::user(id, name, "Person", &format!("{id}@example.com"), start)
    };
    let (u1, u2, u3) = (
        user("user_1", "One"),
        user("user_2", "Two"),
        user("user_3", "Three"),
    );
    let kept = fixtures::organization("org_kept", "Kept", "kept", "user_1", at(1));
    let lost = fixtures::organization("org_lost", "Lost", "lost", "user_2", at(1));
    let renamed_user = changed(&u1, at(20), json!({"first_name": "Uno"}));
    let renamed = changed(&kept, at(21), json!({"name": "Kept and renamed"}));
    let member = |org: &Value, user: &Value, role: &str, second| {
        fixtures::membership(org, user, role, at(second))
    };
    let (m1, m2, m3) = (
        member(&kept, &u1, "org:admin", 2),
        member(&kept, &u2, "org:member", 3),
        member(&kept, &u3, "org:member", 4),
    );
    let (m2_again, of_lost) = (
        member(&kept, &u2, "org:admin", 12),
        member(&lost, &u2, "org:admin", 2),
    );
    let (leaving, left, back) = (
        member(&kept, &u2, "org:admin", 12),
        at(30),
        member(&kept, &u2, "org:member", 40),
    );
    for known in [&renamed_user, &u2, &renamed, &m1, &back] {
        t.provider.know(known);
    }
    vec![
        event("user.created", &u1, start),
        event("user.created", &u2, start),
        event("user.created", &u3, start),
        event("organization.created", &kept, at(1)),
        event("organization.created", &lost, at(1)),
        event("organizationMembership.created", &m1, at(2)),
        event("organizationMembership.created", &of_lost, at(2)),
        event("organizationMembership.created", &m2, at(3)),
        event("organizationMembership.created", &m3, at(4)),
        event("organizationMembership.updated", &m2_again, at(12)),
        event("user.updated", &renamed_user, at(20)),
        event("organization.updated", &renamed, at(21)),
        event("organizationMembership.deleted", &m3, at(22)),
        event("user.deleted", &deleted(&u3), at(23)),
        event("organization.deleted", &deleted(&lost), at(24)),
        event("organizationMembership.deleted", &leaving, left),
        event("organizationMembership.created", &back, at(40)),
    ]
}

/// Everything that anybody can notice of the mirror.
async fn mirror(t: &TestApp) -> Vec<Value> {
    let mut seen = Vec::new();
    for query in [
        "select clerk_user_id, email, full_name from control.users where deleted_at is null order by 1",
        "select clerk_org_id, name, slug, provisioning_status from control.organizations
         where deleted_at is null order by 1",
        "select u.clerk_user_id, o.clerk_org_id, m.role, m.status, m.provider_role, m.clerk_updated_at
         from control.memberships m join control.users u on u.id = m.user_id
         join control.organizations o on o.id = m.organization_id where m.status <> 'removed' order by 1, 2",
        "select u.clerk_user_id, m.role, m.status from tenant_shared.members m
         join control.users u on u.id = m.id join control.organizations o on o.id = m.tenant_id
         where m.status <> 'removed' and o.deleted_at is null order by 1",
    ] {
        seen.extend(t.rows(query).await);
    }
    seen
}

#[tokio::test]
async fn whatever_the_order_and_however_often_the_mirror_ends_the_same() {
    let t = TestApp::start().await;
    for event in history(&t) {
        t.apply(&event).await;
    }
    let expected = mirror(&t).await;
    insta::assert_json_snapshot!("mirror", expected);
    drop(t);
    for seed in 1..=16 {
        let t = TestApp::start().await;
        let mut events = history(&t);
        let mut dice = Dice(seed);
        for _ in 0..6 {
            let again = events[dice.below(events.len())].clone();
            events.push(again);
        }
        while !events.is_empty() {
            let event = events.swap_remove(dice.below(events.len()));
            t.deliver(&event).await;
            if dice.below(3) == 0 {
                t.settle().await;
            }
        }
        t.settle_within(SignedDuration::from_secs(5)).await;
        assert_eq!(mirror(&t).await, expected, "seed {seed}");
    }
}

/// `updated_at` of the same second, as providers that count in seconds send it, must not let the
/// later of two events win by its arrival.
#[tokio::test]
async fn an_event_as_old_as_what_is_here_changes_nothing() {
    let t = TestApp::start().await;
    let user = ada(&t);
    let at: Timestamp = t.now();
    t.apply(&event("user.created", &user, at)).await;
    let other = changed(&user, at, json!({"first_name": "Other"}));
    t.apply(&event("user.updated", &other, at)).await;
    let rows = t.rows("select full_name from control.users").await;
    assert_eq!(rows, [json!({"full_name": "Ada Lovelace"})]);
}
