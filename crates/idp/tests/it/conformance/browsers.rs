//! Checking what was answered to browsers, from the notes that the browser tests leave.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use http::{HeaderMap, Method, StatusCode, header};
use serde::Deserialize;

use super::operation::{self, Operation};
use super::{Answer, Api, How};

/// An answer, as `web/e2e/answers.ts` notes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Note {
    method: String,
    /// As the document has paths, with the query.
    path: String,
    status: u16,
    content_type: Option<String>,
    location: Option<String>,
    /// `None` where the page left before it could be read.
    body: Option<String>,
    is_to_component: bool,
}

/// One in so many bodies may have escaped, where pages left.
const READ_OF: usize = 20;

impl Note {
    fn method(&self) -> Method {
        self.method.parse().unwrap()
    }

    fn headers(&self) -> HeaderMap {
        let all = [
            (header::CONTENT_TYPE, &self.content_type),
            (header::LOCATION, &self.location),
        ];
        let given = all.into_iter().filter_map(|(name, value)| {
            let value = value.as_ref()?;
            Some((name, value.parse().unwrap()))
        });
        given.collect()
    }

    /// Everything that contradicts the document in the answer.
    fn violations(&self, body: &str) -> Vec<String> {
        let (method, headers) = (self.method(), self.headers());
        let answer = Answer {
            api: Api::Frontend,
            how: How::Direct,
            method: &method,
            path: &self.path,
            status: StatusCode::from_u16(self.status).unwrap(),
            headers: &headers,
            body: body.as_bytes(),
        };
        let (_, found) = answer.judged();
        found
    }

    /// The operation of which a component got a success.
    fn of_component<'a>(&self, operations: &'a [Operation]) -> Option<&'a str> {
        let is_success = (200..400).contains(&self.status);
        if !self.is_to_component || !is_success {
            return None;
        }
        let found = operation::find(operations, &self.method(), &self.path)?;
        Some(&found.id)
    }
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// What the browser tests noted; every line of it is whole.
fn noted(file: &PathBuf) -> Vec<Note> {
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
#[ignore = "reads the notes of a run of the browser tests: `cargo xtask test --only e2e`"]
fn what_browsers_were_answered_is_as_documented() {
    let notes = noted(&folder().join("clerk-answers.ndjson"));
    let operations = operation::kept("fapi");
    let asked: BTreeSet<&str> = notes
        .iter()
        .filter_map(|note| note.of_component(&operations))
        .collect();
    let unread = notes.iter().filter(|note| note.body.is_none()).count();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for note in &notes {
        let violations = note.body.as_ref().map(|body| note.violations(body));
        let (path, _) = note.path.split_once('?').unwrap_or((&note.path, ""));
        for violation in violations.unwrap_or_default() {
            let line = format!("{} {path} {}: {violation}", note.method, note.status);
            *found.entry(line).or_default() += 1;
        }
    }
    println!(
        "{} answers, {unread} of them unread, to {} operations",
        notes.len(),
        asked.len()
    );
    assert!(found.is_empty(), "not as documented: {found:#?}");
    assert!(
        unread * READ_OF <= notes.len(),
        "{unread} of {} answers were not read",
        notes.len()
    );
    let asked: Vec<&str> = asked.into_iter().collect();
    fs::write(
        folder().join("clerk-components.txt"),
        asked.join("\n") + "\n",
    )
    .unwrap();
}

#[test]
fn an_answer_that_deviates_would_be_seen() {
    if Api::Frontend.document().is_none() {
        return;
    }
    let note: Note = serde_json::from_value(serde_json::json!({
        "method": "POST", "path": "/v1/me?_clerk_js_version=6&_method=PATCH", "status": 200,
        "contentType": "application/json", "isToComponent": true,
    }))
    .unwrap();
    let operations = operation::kept("fapi");
    assert_eq!(note.of_component(&operations), Some("patchUser"));
    assert!(
        !note
            .violations(r#"{"response":{"object":"user"}}"#)
            .is_empty()
    );
    assert!(!note.violations("nothing").is_empty());
    let unforeseen = Note {
        status: 202,
        ..note
    };
    assert!(!unforeseen.violations("{}").is_empty());
}
