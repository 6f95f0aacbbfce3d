//! All of it as a file, sent while it is read.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::{Value, json};

use super::{facts, later, projects};

#[tokio::test]
async fn an_export_is_what_the_pages_are_and_is_recorded() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let globex = t.tenant("globex", *tier).await;
        projects(&globex, &["canaryglobex"]).await;
        facts(&t, &acme, (0..1_234).map(|n| json!(n))).await;
        let owner = acme.owner();
        let export = owner
            .get("/audit/export?action=tests.add")
            .await
            .assert_status(200);
        assert_eq!(export.header("content-type"), "application/x-ndjson");
        assert_eq!(
            export.header("content-disposition"),
            "attachment; filename=\"audit.ndjson\""
        );
        assert_eq!(export.header("x-content-type-options"), "nosniff");
        let lines: Vec<Value> = export
            .text
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        assert_eq!(lines.len(), 1_234);
        assert!(!export.text.contains("canaryglobex"));
        let mut pages = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = owner
                .get(format!("/audit?action=tests.add&limit=100{cursor}"))
                .await
                .json();
            pages.extend(page["data"].as_array().unwrap().clone());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(lines, pages);

        let fact = owner.get("/audit?action=audit.export").await.json()["data"][0].clone();
        assert_eq!(fact["actor"]["id"], json!(owner.user().to_string()));
        assert_eq!(
            fact["after"],
            json!({"action": "tests.add", "format": "ndjson"})
        );
        // Without a filter it tells of itself first.
        later(&t);
        let all = owner.get("/audit/export").await.assert_status(200);
        let first = all.text.lines().next().unwrap();
        assert!(first.contains("audit.export"), "{first}");
    }
}

#[tokio::test]
async fn a_spreadsheet_gets_text_and_no_formulas() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let name = "=HYPERLINK(\"https://evil.example\", \"a,b\")";
    projects(&acme, &[name]).await;
    let export = acme
        .owner()
        .get("/audit/export?format=csv&action=projects.create")
        .await
        .assert_status(200);
    assert_eq!(
        export.header("content-type"),
        "text/csv; charset=utf-8; header=present"
    );
    assert_eq!(
        export.header("content-disposition"),
        "attachment; filename=\"audit.csv\""
    );
    let mut lines = export.text.split("\r\n");
    let header = lines.next().unwrap();
    assert!(
        header.starts_with("id,at,origin,actorId,actorName,"),
        "{header}"
    );
    let cells = cells(lines.next().unwrap());
    assert_eq!(cells.len(), header.split(',').count(), "{cells:?}");
    let after: Value = serde_json::from_str(&cells[10]).unwrap();
    assert_eq!(after["name"], json!(name));
    assert_eq!(lines.next(), Some(""));

    // Who calls themselves a formula is a name all the same.
    let data = t.unseen_user("=1+1", "cmd", "formula@acme.example");
    t.join(&acme, &data, "org:admin").await;
    let persona = t.persona(&data).await.within(&acme);
    let _ = persona
        .get("/audit/export?format=csv")
        .await
        .assert_status(200);
    let own = format!("/audit/export?format=csv&actorId={}", persona.user());
    let export = persona.get(own).await.assert_status(200);
    assert!(export.text.contains(",\"'=1+1 cmd\","), "{export:?}");
    for line in export.text.lines().skip(1) {
        assert!(
            self::cells(line)
                .iter()
                .all(|cell| !cell.starts_with(['=', '+', '-', '@'])),
            "{line}"
        );
    }
}

/// The cells of a line, read as spreadsheets read it.
fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut is_quoted) = (vec![String::new()], false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let cell = cells.last_mut().unwrap();
        match c {
            '"' if is_quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    assert!(!is_quoted, "{line}");
    cells
}
