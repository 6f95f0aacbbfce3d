//! Webhooks that came: found, looked into, processed again.

use bailiwick_testkit::fixtures::event;
use bailiwick_testkit::{Persona, TestApp};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{all, facts};
use crate::webhooks::letters::dead_letter_of;

/// Somebody's membership in an organization that the provider will know later, given up.
async fn dead_letter(t: &TestApp, n: usize) -> (String, Value) {
    t.expect_dead();
    let ada = t.unseen_user("Ada", "Lovelace", &format!("ada{n}@example.com"));
    let dead = dead_letter_of(t, &ada, n).await;
    t.advance(SignedDuration::from_secs(1));
    dead
}

async fn waiting(staff: &Persona, state: &str) -> i64 {
    let status = staff.get("/platform/status").await.assert_status(200);
    let waiting = status.json()["inbox"].as_array().unwrap().clone();
    let found = waiting.iter().find(|entry| entry["state"] == state);
    found.map_or(0, |entry| entry["count"].as_i64().unwrap())
}

#[tokio::test]
async fn messages_are_found_by_state_type_and_time() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    t.advance(SignedDuration::from_secs(1));
    let (first, _) = dead_letter(&t, 1).await;
    let between = t.now();
    let (second, _) = dead_letter(&t, 2).await;
    let mail = event("email.created", &json!({"id": "ema_1"}), t.now());
    let ignored = t.deliver(&mail).await;
    let ids = async |query: &str| all(&staff, &format!("/platform/inbox?{query}&"), "id").await;

    assert_eq!(ids("state=dead").await, [second.as_str(), &first]);
    assert_eq!(ids("state=ignored").await, [ignored.as_str()]);
    assert_eq!(ids("state=parked").await, [""; 0]);
    assert_eq!(ids("eventType=email.created").await, [ignored.as_str()]);
    assert_eq!(
        ids(&format!("state=dead&from={between}")).await,
        [second.as_str()]
    );
    assert_eq!(
        ids(&format!("state=dead&to={between}")).await,
        [first.as_str()]
    );
    assert_eq!(
        ids("from=-009999-01-02T01:59:59Z&state=dead").await.len(),
        2
    );
    let every = ids("").await;
    assert_eq!(
        every.len(),
        t.count("select 1 from control.webhook_inbox").await
    );
    assert_eq!(every[..2], [ignored.as_str(), &second]);

    let one = staff.get(format!("/platform/inbox/{first}")).await;
    let mut one = one.assert_status(200).redacted();
    one["id"] = "[message]".into();
    insta::assert_json_snapshot!("inbox_message", one);
    for unknown in ["msg_none", "%00", "a%00b", "replay"] {
        let answer = staff.get(format!("/platform/inbox/{unknown}")).await;
        let _ = answer.assert_problem(404, "NOT_FOUND");
    }
    for query in ["state=x", "from=x", "to=x", "cursor=x", "limit=101"] {
        let field = query.split('=').next().unwrap();
        let refused = staff.get(format!("/platform/inbox?{query}")).await;
        let _ = refused.assert_invalid(&[field]);
    }
    for key in [
        "msg_1",
        "2026-01-01T00:00:00Z",
        "-009999-01-02T01:59:59Z msg_1",
    ] {
        let cursor = bailiwick_kernel::page::Cursor::after(key, uuid::Uuid::nil());
        let refused = staff.get(format!("/platform/inbox?cursor={cursor}")).await;
        let _ = refused.assert_invalid(&["cursor"]);
    }
}

#[tokio::test]
async fn what_a_message_said_is_shown_without_secrets_and_that_is_recorded() {
    let t = TestApp::start().await;
    let root = t.staff("super_admin").await;
    let mut ada = t.unseen_user("Ada", "Lovelace", "ada@example.com");
    ada["private_metadata"] = json!({"salary": "canary"});
    ada["external_accounts"] = json!([{"provider": "oauth_x", "access_token": "canary"}]);
    let message = t.deliver(&event("user.created", &ada, t.now())).await;
    t.settle().await;
    let path = format!("/platform/inbox/{message}/payload");
    let shown = root.get(&path).await.assert_status(200);
    assert!(!shown.text.contains("canary"), "{shown:?}");
    let shown = shown.json();
    assert_eq!(shown["payload"]["data"]["private_metadata"], "[redacted]");
    assert_eq!(shown["payload"]["data"]["first_name"], "Ada");
    assert_eq!(shown["withheld"], Value::Null);
    assert_eq!(shown["message"]["state"], "done");
    let facts = facts(&t, "platform.read_payload").await;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["object_id"], json!(message));
    assert_eq!(
        facts[0]["after"],
        json!({"eventType": "user.created", "isShown": true})
    );
}

/// Whoever reads webhooks must not sign in with what is in them.
#[tokio::test]
async fn a_sign_in_code_is_shown_to_nobody() {
    let t = TestApp::start().await;
    let root = t.staff("super_admin").await;
    for event_type in ["email.created", "sms.created"] {
        let data = json!({"id": "ema_1", "body": "424242", "data": {"otp_code": "424242"}});
        let message = t.deliver(&event(event_type, &data, t.now())).await;
        let path = format!("/platform/inbox/{message}");
        for path in [path.clone(), format!("{path}/payload")] {
            let answer = root.get(&path).await.assert_status(200);
            assert!(!answer.text.contains("424242"), "{answer:?}");
        }
        let answer = root.get(format!("{path}/payload")).await.json();
        assert_eq!(answer["payload"], Value::Null);
        assert_eq!(answer["withheld"], "not_processed");
    }
}

#[tokio::test]
async fn one_message_is_processed_again() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    let (message, org) = dead_letter(&t, 1).await;
    t.provider.know(&org);
    let path = format!("/platform/inbox/{message}/replay");
    for _ in 0..2 {
        let opened = staff.post_empty(&path).await.assert_status(202);
        assert_eq!(opened.text_of("state"), "received");
    }
    t.settle_within(SignedDuration::from_secs(10)).await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let _ = staff
        .post_empty(&path)
        .await
        .assert_problem(409, "CONFLICT");
    let unknown = staff.post_empty("/platform/inbox/msg_none/replay").await;
    let _ = unknown.assert_problem(404, "NOT_FOUND");
    let facts = facts(&t, "platform.replay_message").await;
    assert_eq!(facts.len(), 2);
    assert_eq!(facts[0]["before"]["state"], "dead");
    assert_eq!(facts[0]["actor_id"], json!(staff.user().to_string()));
}

#[tokio::test]
async fn the_dead_rise_together_and_none_twice() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    let (first, first_org) = dead_letter(&t, 1).await;
    let (second, _) = dead_letter(&t, 2).await;
    let path = "/platform/inbox/replay-dead";
    assert_eq!(waiting(&staff, "dead").await, 2);
    let none = staff.post(path, json!({"eventType": "user.created"})).await;
    let none = none.assert_status(202).json();
    assert_eq!(
        (&none["opened"], &none["remaining"]),
        (&json!(0), &json!(0))
    );

    t.provider.know(&first_org);
    let kind = json!({"eventType": "organizationMembership.created"});
    let opened = staff.post(path, kind).await.assert_status(202).json();
    assert_eq!(
        (&opened["opened"], &opened["remaining"]),
        (&json!(2), &json!(0))
    );
    assert_eq!(waiting(&staff, "received").await, 2);
    t.settle_within(SignedDuration::from_secs(10)).await;
    assert_eq!(t.inbox_state(&first).await, "done");
    assert_eq!(
        t.inbox_state(&second).await,
        "dead",
        "its time has not come"
    );

    // Who goes on where they stood does not open again what has died since.
    let again = json!({"until": opened["until"]});
    let again = staff.post(path, again).await.assert_status(202).json();
    assert_eq!(
        (&again["opened"], &again["remaining"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(t.inbox_state(&second).await, "dead");
    let facts = facts(&t, "platform.replay_dead").await;
    assert_eq!(facts.len(), 3);
    assert_eq!(facts[1]["object_id"], "organizationMembership.created");
    assert_eq!(facts[1]["after"]["opened"], 2);
    for (body, field) in [
        (json!({"eventType": ""}), "eventType"),
        (json!({"until": "x"}), "until"),
        (json!({"state": "done"}), "state"),
    ] {
        let _ = staff.post(path, body).await.assert_invalid(&[field]);
    }
}

/// What waits is in the metrics, the same as in the console.
#[tokio::test]
async fn what_waits_is_measured() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // For this thread, on which all of the test runs.
    let _guard = metrics::set_default_local_recorder(&recorder);
    let t = TestApp::start().await;
    dead_letter(&t, 1).await;
    t.deliver(&event(
        "user.created",
        &t.unseen_user("Bo", "B", "bo@example.com"),
        t.now(),
    ))
    .await;
    t.advance(SignedDuration::from_secs(60));
    bailiwick_services::inbox::measure(&t.app).await.unwrap();
    let text = handle.render();
    for line in [
        r#"webhook_inbox_messages{state="dead"} 1"#,
        r#"webhook_inbox_messages{state="received"} 1"#,
        r#"webhook_inbox_messages{state="parked"} 0"#,
        r#"webhook_inbox_oldest_seconds{state="received"} 60"#,
        r#"jobs_open{kind="inbox.process"} 1"#,
        r#"jobs_dead_letters{kind="inbox.process"} 1"#,
        r#"jobs_late_seconds{kind="inbox.process"} 60"#,
        r#"jobs_open{kind="tenants.provision"} 0"#,
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    t.settle().await;
}

/// So many that one request does not open them all: it says how many are left, and the next goes on.
#[tokio::test]
async fn many_are_opened_in_bites() {
    let t = TestApp::start().await;
    t.expect_dead();
    let staff = t.staff("admin_staff").await;
    t.tamper(&format!(
        "insert into control.webhook_inbox (id, event_type, payload, state, attempts, received_at, processed_at)
         select 'msg_dead_' || n, 'user.created', '{{}}', 'dead', 3, '{now}', '{now}' from generate_series(1, 501) n",
        now = t.now()
    ))
    .await;
    let path = "/platform/inbox/replay-dead";
    let first = staff.post(path, json!({})).await.assert_status(202).json();
    assert_eq!(
        (&first["opened"], &first["remaining"]),
        (&json!(500), &json!(1))
    );
    let rest = json!({"until": first["until"]});
    let rest = staff.post(path, rest).await.assert_status(202).json();
    assert_eq!(
        (&rest["opened"], &rest["remaining"]),
        (&json!(1), &json!(0))
    );
    let jobs = "select 1 from control.jobs where kind = 'inbox.process'";
    assert_eq!(t.count(jobs).await, 501);
    let status = staff.get("/platform/status").await.json();
    let jobs = status["jobs"].as_array().unwrap();
    let process = jobs.iter().find(|entry| entry["kind"] == "inbox.process");
    assert_eq!(process.unwrap()["open"], 501);
}
