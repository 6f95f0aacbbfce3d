//! Documents: real bytes through a real object store, and what may not happen to them.

mod lifecycle;
mod refusals;
mod time;

use bailiwick_testkit::{Answer, Persona, TestApp, World};
use serde_json::{Value, json};

const BYTES: &[u8] = b"the quick brown fox jumps over the lazy dog";

fn sha256(bytes: &[u8]) -> String {
    hex::encode(aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes))
}

fn announcement() -> Value {
    json!({"fileName": "fox.txt", "contentType": "text/plain", "size": BYTES.len()})
}

async fn init(persona: &Persona, project: &str, body: Value) -> Answer {
    persona
        .post(format!("/projects/{project}/documents/upload-init"), body)
        .await
}

async fn confirm(persona: &Persona, document: &str) -> Answer {
    persona
        .post_empty(format!("/documents/{document}/confirm"))
        .await
}

/// A document that has been uploaded and confirmed.
async fn uploaded(t: &TestApp, owner: &Persona, project: &str) -> String {
    let upload = init(owner, project, announcement())
        .await
        .assert_status(201);
    assert_eq!(t.put_object(&upload.json(), BYTES).await, 200);
    let document = upload.text_of("documentId");
    let _ = confirm(owner, &document).await.assert_status(200);
    document
}

async fn on_project(world: &World, project: &str, persona: &Persona, role: &str) {
    let body = json!({"memberId": persona.user().to_string(), "projectRole": role});
    let added = world
        .owner()
        .post(format!("/projects/{project}/members"), body)
        .await;
    assert!(added.status < 300, "{added:?}");
}
