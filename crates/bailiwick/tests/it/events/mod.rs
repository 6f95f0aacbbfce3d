//! What changes is told at once, to whoever may know of it and to nobody else.

mod ends;
mod resume;
mod tail;
mod who;

use bailiwick_testkit::{Answer, EventStream, Heard, Persona, TestApp};
use serde_json::json;

/// Something that everybody hears of, each of themselves: what did not come before it does not come.
async fn mark(t: &TestApp) {
    t.tamper("update control.users set full_name = coalesce(full_name, '') || '.'")
        .await;
}

/// What is heard before the mark.
async fn until_mark(stream: &mut EventStream) -> Vec<Heard> {
    let mut all = Vec::new();
    loop {
        let heard = stream.event().await;
        if heard.event == "users" {
            return all;
        }
        all.push(heard);
    }
}

/// The kinds of what is heard before the mark, and how often each is.
fn kinds(heard: &[Heard]) -> Vec<&str> {
    heard.iter().map(|heard| heard.event.as_str()).collect()
}

async fn put_on(by: &Persona, project: &str, who: &Persona) -> Answer {
    let body = json!({"memberId": who.user(), "projectRole": "contributor"});
    by.post(format!("/projects/{project}/members"), body).await
}
