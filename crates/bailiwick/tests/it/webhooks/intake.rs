//! Who may send webhooks, and what is kept of them.

use bailiwick_testkit::fixtures::event;
use bailiwick_testkit::{Message, TestApp};
use jiff::SignedDuration;
use serde_json::json;

use super::ada;

const PATHS: [&str; 5] = [
    "/api/webhooks/clerk",
    "/webhooks/clerk",
    "/api/v1/webhooks/clerk/events",
    "/api/v1/webhooks/clerk/user-events",
    "/api/v1/webhooks/clerk/organization-events",
];

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
