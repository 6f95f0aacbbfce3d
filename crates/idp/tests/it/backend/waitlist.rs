//! The waitlist.

use serde_json::{Value, json};

use super::world::{World, ids};

async fn join(world: &World, address: &str) -> String {
    let body = json!({ "email_address": address });
    let entry = world.post("/waitlist_entries", body).await.ok();
    entry["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_waits_is_listed_invited_and_let_in() {
    let world = World::new().await;
    let ada = join(&world, "ada@x.example").await;
    assert!(ada.starts_with("wle_"));
    world.time.advance(jiff::SignedDuration::from_secs(1));
    let bob = join(&world, "bob@x.example").await;
    // Once more is the same entry, and no further mail.
    assert_eq!(join(&world, "ADA@x.example").await, ada);
    assert_eq!(world.mails("ada@x.example").len(), 1);
    let list = world.get("/waitlist_entries").await.ok();
    assert_eq!(ids(&list), [&bob, &ada]);
    let list = world
        .get("/waitlist_entries?order_by=%2Bemail_address&limit=1")
        .await
        .ok();
    assert_eq!(
        (ids(&list), &list["total_count"]),
        (vec![ada.as_str()], &json!(2))
    );
    let list = world
        .get("/waitlist_entries?query=bob&status=pending")
        .await
        .ok();
    assert_eq!(ids(&list), [&bob]);

    let invited = world
        .act(&format!("/waitlist_entries/{ada}/invite"))
        .await
        .ok();
    assert_eq!(invited["status"], "invited");
    assert_eq!(invited["invitation"]["status"], "pending");
    assert_eq!(world.mails("ada@x.example").len(), 2);
    world
        .act(&format!("/waitlist_entries/{ada}/invite"))
        .await
        .refused(400, "duplicate_record", "email_address");
    let again = json!({ "ignore_existing": true });
    world
        .post(&format!("/waitlist_entries/{ada}/invite"), again)
        .await
        .ok();

    world.user("ada@x.example").await;
    let done = world.get("/waitlist_entries?status=completed").await.ok();
    assert_eq!(ids(&done), [&ada]);
    for act in ["invite", "reject"] {
        world
            .act(&format!("/waitlist_entries/{ada}/{act}"))
            .await
            .refused(409, "waitlist_entry_not_pending", "");
    }
    let types: Vec<String> = world
        .said_types(0)
        .await
        .into_iter()
        .filter(|event| event.starts_with("waitlist"))
        .collect();
    assert_eq!(
        types,
        [
            "waitlistEntry.created",
            "waitlistEntry.created",
            "waitlistEntry.updated",
            "waitlistEntry.updated",
            "waitlistEntry.updated"
        ]
    );
}

#[tokio::test]
async fn who_is_rejected_loses_the_invitation() {
    let world = World::new().await;
    let ada = join(&world, "ada@x.example").await;
    world
        .act(&format!("/waitlist_entries/{ada}/invite"))
        .await
        .ok();
    let rejected = world
        .act(&format!("/waitlist_entries/{ada}/reject"))
        .await
        .ok();
    assert_eq!(rejected["status"], "rejected");
    assert_eq!(rejected["invitation"]["status"], "revoked");
    for reply in [
        world.act(&format!("/waitlist_entries/{ada}/reject")).await,
        world.delete(&format!("/waitlist_entries/{ada}")).await,
    ] {
        reply.refused(409, "waitlist_entry_not_pending", "");
    }
    let bob = join(&world, "bob@x.example").await;
    let gone = world.delete(&format!("/waitlist_entries/{bob}")).await.ok();
    assert_eq!(gone["deleted"], true);
    for reply in [
        world.delete(&format!("/waitlist_entries/{bob}")).await,
        world.act(&format!("/waitlist_entries/{bob}/invite")).await,
        world.act(&format!("/waitlist_entries/{bob}/reject")).await,
    ] {
        reply.refused(404, "resource_not_found", "");
    }
}

#[tokio::test]
async fn several_join_at_once_or_none_does() {
    let world = World::new().await;
    let body = json!([
        { "email_address": "a@x.example", "notify": false }, { "email_address": "b@x.example" },
    ]);
    let made = world.post("/waitlist_entries/bulk", body).await.ok();
    assert_eq!(made.as_array().map(Vec::len), Some(2));
    assert_eq!(
        (
            world.mails("a@x.example").len(),
            world.mails("b@x.example").len()
        ),
        (0, 1)
    );
    let many: Vec<Value> = (0..51)
        .map(|n| json!({ "email_address": format!("{n}@x.example") }))
        .collect();
    for (body, code, param) in [
        (json!([]), "request_body_invalid", ""),
        (json!(many), "request_body_invalid", ""),
        (json!([{}]), "form_param_missing", "email_address"),
        (
            json!([{ "email_address": "c@x.example" }, { "email_address": "C@x.example" }]),
            "form_param_format_invalid",
            "email_address",
        ),
        (
            json!([{ "email_address": "c@x.example" }, { "email_address": "none" }]),
            "form_param_format_invalid",
            "email_address",
        ),
    ] {
        let reply = world.post("/waitlist_entries/bulk", body).await;
        reply.refused(422, code, param);
    }
    let list = world.get("/waitlist_entries").await.ok();
    assert_eq!(list["total_count"], 2);
    world.get("/waitlist_entries?status=odd").await.refused(
        422,
        "form_param_format_invalid",
        "status",
    );
}
