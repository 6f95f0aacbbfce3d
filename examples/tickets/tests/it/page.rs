//! The page knows the same ticket as the API.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::start;

const CLIENT: &str = include_str!("../../page/client.ts");

/// The members of an interface of the page.
fn members(interface: &str) -> BTreeSet<String> {
    let start = format!("export interface {interface} {{\n");
    let body = CLIENT.split(&start).nth(1).unwrap();
    let body = body.split("\n}").next().unwrap();
    let names = body.lines().filter_map(|line| line.split_once(':'));
    names
        .map(|(name, _)| name.trim().trim_end_matches('?').to_owned())
        .collect()
}

#[tokio::test]
async fn the_page_and_the_document_name_the_same_members() {
    let t = start().await;
    let document = t.anonymous().get("/openapi.json").await.json();
    for name in ["Ticket", "TicketCreate"] {
        let schema: &Value = &document["components"]["schemas"][name];
        let properties = schema["properties"].as_object().unwrap();
        let properties: BTreeSet<String> = properties.keys().cloned().collect();
        assert_eq!(members(name), properties, "{name}");
    }
}
