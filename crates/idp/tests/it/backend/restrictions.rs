//! The lists of who may sign up and who may not.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn entries_are_added_listed_and_removed() {
    let world = World::new().await;
    let add = async |identifier: &str| {
        world
            .post(
                "/allowlist_identifiers",
                json!({ "identifier": identifier }),
            )
            .await
            .ok()
    };
    let address = add("Ada@X.example").await;
    assert_eq!(address["identifier"], "ada@x.example");
    assert_eq!(address["identifier_type"], "email_address");
    assert!(address["id"].as_str().unwrap().starts_with("alid_"));
    assert_eq!(
        add("*@northwind.example").await["identifier_type"],
        "email_address"
    );
    assert_eq!(add("+1 (555) 555-0100").await["identifier"], "+15555550100");
    let list = world.get("/allowlist_identifiers").await.ok();
    assert_eq!(ids(&list).len(), 3);
    let page = world
        .get("/allowlist_identifiers?paginated=true&limit=1")
        .await
        .ok();
    assert_eq!((ids(&page).len(), &page["total_count"]), (1, &json!(3)));
    assert_eq!(
        world.get("/blocklist_identifiers").await.ok()["total_count"],
        0
    );

    let path = format!("/allowlist_identifiers/{}", address["id"].as_str().unwrap());
    // An entry of one list is none of the other.
    let other = path.replace("allow", "block");
    world
        .delete(&other)
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(world.delete(&path).await.ok()["deleted"], true);
    world
        .delete(&path)
        .await
        .refused(404, "resource_not_found", "");

    let blocked = json!({ "identifier": "*@evil.example" });
    let entry = world
        .post("/blocklist_identifiers", blocked.clone())
        .await
        .ok();
    assert_eq!(entry["object"], "blocklist_identifier");
    let reply = world.post("/blocklist_identifiers", blocked).await;
    reply.refused(422, "duplicate_record", "identifier");
    assert_eq!(
        world.get("/blocklist_identifiers").await.ok()["total_count"],
        1
    );
    let path = format!("/blocklist_identifiers/{}", entry["id"].as_str().unwrap());
    world.delete(&path).await.ok();
}

#[tokio::test]
async fn what_matches_too_much_or_nothing_is_refused() {
    let world = World::new().await;
    for identifier in [
        "*",
        "*@*",
        "@x.example",
        "nobody",
        "*@",
        "0x12",
        "+12",
        "a b@x.example",
    ] {
        let body = json!({ "identifier": identifier });
        let reply = world.post("/allowlist_identifiers", body).await;
        reply.refused(422, "form_param_format_invalid", "identifier");
    }
    let reply = world.post("/blocklist_identifiers", json!({})).await;
    reply.refused(422, "form_param_missing", "identifier");
}
