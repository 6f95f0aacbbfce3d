//! Every operation that makes or does something, asked for twice with one key: the second answer is
//! the first, and nothing more is done.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Answer, TestApp};
use reqwest::Method;
use serde_json::Value;

use super::generate;
use super::stage::Stage;

/// Operations that come to the same however often they are asked for, and take no key.
const NATURAL: [&str; 4] = [
    "bootstrap",
    "checkAuthorization",
    "confirmUpload",
    "resolveConflict",
];

/// What operators do to the installation: there is no tenant that could keep a key. Each says for
/// itself what a second time does, and is tested for it where the rest of it is.
const OPERATORS: [&str; 5] = [
    "lookUpUsers",
    "replayDeadMessages",
    "replayInboxMessage",
    "retryProvisioning",
    "startImpersonation",
];

/// The answer without what is signed anew each time.
fn lasting(answer: &Answer) -> (u16, Value) {
    let mut body = match answer.text.as_str() {
        "" => Value::Null,
        _ => answer.json(),
    };
    if let Some(members) = body.as_object_mut() {
        members
            .retain(|name, _| !["presignedUrl", "headers", "expiresIn"].contains(&name.as_str()));
    }
    (answer.status, body)
}

#[tokio::test]
async fn a_repeated_request_is_answered_as_the_first() {
    let t = TestApp::start().await;
    let document = t.anonymous().get("/openapi.json").await.json();
    let mut stage = Stage::set(&t, (Tier::Starter, Tier::Starter)).await;
    let mut count = 0;
    for operation in generate::operations(&document) {
        if operation.method != Method::POST {
            continue;
        }
        let id = operation.id.as_str();
        let is_keyed = operation.takes_a_key;
        let is_operators = OPERATORS.contains(&id);
        let is_unkeyed = is_operators || NATURAL.contains(&id);
        assert_eq!(is_keyed, !is_unkeyed, "{id}: does it take a key?");
        if is_operators {
            continue;
        }
        stage.prepare(&operation).await;
        let who = match id {
            // The last owner cannot leave.
            "leaveOrganization" => "admin",
            "resolveConflict" => "super_admin",
            _ => "owner",
        };
        let who = stage
            .persona(who)
            .with_header("idempotency-key", format!("key of {id}"));
        let call = operation.call(&document, &stage.props());
        let body = call.body.map(|body| body.to_string());
        let ask = async |body: Option<String>| {
            let mut request = who.request_at(Method::POST, &call.path);
            if let Some(body) = body {
                request = request
                    .header("content-type", "application/json")
                    .body(body);
            }
            request.send().await
        };
        let first = ask(body.clone()).await;
        assert!(first.status < 300, "{id}: {first:#?}");
        let facts = t.audit_count().await;
        let again = ask(body.clone()).await;
        assert_eq!(lasting(&again), lasting(&first), "{id}");
        assert_eq!(t.audit_count().await, facts, "{id} was done twice");
        if let Some(body) = body.filter(|_| is_keyed) {
            let other = ask(Some(format!("{body} "))).await;
            assert_eq!(other.outcome(), "422 IDEMPOTENCY_MISMATCH", "{id}");
        }
        count += 1;
    }
    assert!(count > 12, "{count} operations are hardly all");
}
