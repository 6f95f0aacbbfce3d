//! Invitations of both kinds.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn to_an_organization_from_making_to_revoking() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/invitations");
    let body = json!({
        "email_address": "bob@x.example", "role": "org:member", "inviter_user_id": ada,
        "public_metadata": { "desk": 7 }, "private_metadata": { "salary": 1 },
        "expires_in_days": 3,
    });
    let made = world.post(&path, body.clone()).await.ok();
    assert_eq!(
        made,
        json!({
            "object": "organization_invitation",
            "id": made["id"],
            "email_address": "bob@x.example",
            "role": "org:member",
            "role_name": "Member",
            "organization_id": acme,
            "inviter_id": ada,
            "public_inviter_data": made["public_inviter_data"],
            "status": "pending",
            "public_metadata": { "desk": 7 },
            "private_metadata": { "salary": 1 },
            "url": made["url"],
            "expires_at": world.time.now().as_millisecond() + 3 * 86_400_000,
            "created_at": world.time.now().as_millisecond(),
            "updated_at": world.time.now().as_millisecond(),
        })
    );
    assert_eq!(made["public_inviter_data"]["identifier"], "ada@x.example");
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with("http://localhost:3000/__clerk/v1/tickets/accept?ticket="));
    let mail = world.mails("bob@x.example").pop().unwrap();
    assert!(mail.text.contains(url));
    world
        .post(&path, body)
        .await
        .refused(400, "duplicate_record", "email_address");

    let id = made["id"].as_str().unwrap();
    let own = format!("{path}/{id}");
    assert_eq!(world.get(&own).await.ok(), made);
    for list in [
        path.clone(),
        format!("{path}/pending"),
        format!("{path}?status=pending&status=accepted"),
        format!("{path}?email_address=BOB@x.example&order_by=email_address"),
        "/organization_invitations?query=bob@".to_owned(),
    ] {
        assert_eq!(ids(&world.get(&list).await.ok()), [id], "{list}");
    }
    let list = world.get(&format!("{path}?status=revoked")).await.ok();
    assert_eq!(list["total_count"], 0);
    let bob = world.user("bob@x.example").await;
    let list = format!("/users/{bob}/organization_invitations");
    let list = world.get(&list).await.ok();
    assert_eq!(list["data"][0]["public_organization_data"]["id"], acme);

    let other = world.organization("Other", &ada).await;
    let foreign = format!("/organizations/{other}/invitations/{id}");
    world
        .get(&foreign)
        .await
        .refused(404, "resource_not_found", "");
    world
        .act(&format!("{foreign}/revoke"))
        .await
        .refused(404, "resource_not_found", "");
    let body = json!({ "requesting_user_id": bob });
    world.post(&format!("{own}/revoke"), body).await.refused(
        404,
        "resource_not_found",
        "requesting_user_id",
    );
    let body = json!({ "requesting_user_id": ada });
    let revoked = world.post(&format!("{own}/revoke"), body).await.ok();
    assert_eq!(
        (&revoked["status"], &revoked["url"]),
        (&json!("revoked"), &json!(null))
    );
    world.act(&format!("{own}/revoke")).await.refused(
        400,
        "organization_invitation_not_pending",
        "",
    );
    let said = world.said_types(0).await;
    assert!(
        said.ends_with(&["organizationInvitation.revoked".to_owned()]),
        "{said:?}"
    );
}

#[tokio::test]
async fn to_an_organization_in_bulk_all_or_none() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/invitations/bulk");
    let one =
        |address: &str| json!({ "email_address": address, "role": "org:member", "notify": false });
    let made = world
        .post(&path, json!([one("a@x.example"), one("b@x.example")]))
        .await
        .ok();
    assert_eq!(made["total_count"], 2);
    assert!(world.mails("a@x.example").is_empty());
    world
        .post(&path, json!([one("c@x.example"), one("a@x.example")]))
        .await
        .refused(400, "duplicate_record", "email_address");
    let list = world
        .get(&format!("/organizations/{acme}/invitations"))
        .await
        .ok();
    assert_eq!(list["total_count"], 2);
    let many: Vec<_> = (0..11).map(|n| one(&format!("u{n}@x.example"))).collect();
    assert_eq!(world.post(&path, json!(many)).await.status, 422);
    assert_eq!(world.post(&path, json!({})).await.status, 400);
    world
        .post(
            &path,
            json!([{ "email_address": "c@x.example", "role": "org:none" }]),
        )
        .await
        .refused(404, "resource_not_found", "role");
    world
        .post(
            &path,
            json!([{ "role": "org:member", "expires_in_days": 366 }]),
        )
        .await;
    let unknown = json!({ "email_address": "c@x.example", "role": "org:member", "inviter_user_id": "user_1" });
    world
        .post(&format!("/organizations/{acme}/invitations"), unknown)
        .await
        .refused(404, "resource_not_found", "inviter_user_id");
}

#[tokio::test]
async fn to_the_application() {
    let world = World::new().await;
    let body = json!({
        "email_address": "bob@x.example", "public_metadata": { "a": 1 },
        "redirect_url": "http://localhost:3000/welcome", "expires_in_days": 1,
    });
    let made = world.post("/invitations", body.clone()).await.ok();
    assert_eq!(
        (&made["status"], &made["revoked"]),
        (&json!("pending"), &json!(false))
    );
    let mail = world.mails("bob@x.example").pop().unwrap();
    assert!(mail.html.contains("Accept invitation"));
    world.post("/invitations", body.clone()).await.refused(
        400,
        "duplicate_record",
        "email_address",
    );
    let mut again = body.clone();
    again["ignore_existing"] = json!(true);
    let again = world.post("/invitations", again).await.ok();
    world.user("ada@x.example").await;
    let known = json!({ "email_address": "ADA@x.example" });
    world
        .post("/invitations", known)
        .await
        .refused(422, "form_identifier_exists", "email_address");
    world
        .post(
            "/invitations",
            json!({ "email_address": "c@x.example", "redirect_url": "https://evil.example" }),
        )
        .await
        .refused(422, "form_param_format_invalid", "redirect_url");

    let list = world.get("/invitations?query=bob").await.ok();
    assert_eq!(list.as_array().unwrap().len(), 2);
    let revoke = format!("/invitations/{}/revoke", again["id"].as_str().unwrap());
    assert_eq!(world.act(&revoke).await.ok()["status"], "revoked");
    world
        .act(&revoke)
        .await
        .refused(400, "duplicate_record", "");
    world
        .act("/invitations/inv_1/revoke")
        .await
        .refused(404, "resource_not_found", "");
    let list = world
        .get("/invitations?paginated=true&order_by=-created_at")
        .await
        .ok();
    assert_eq!(
        (&list["total_count"], ids(&list)),
        (&json!(1), vec![made["id"].as_str().unwrap()])
    );
    let list = world.get("/invitations?status=revoked").await.ok();
    assert_eq!(ids(&list), [again["id"].as_str().unwrap()]);

    let bulk = json!([
        { "email_address": "c@x.example", "notify": false },
        { "email_address": "d@x.example", "notify": false, "expires_in_days": 2 },
    ]);
    assert_eq!(
        world
            .post("/invitations/bulk", bulk.clone())
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        2
    );
    world
        .post("/invitations/bulk", bulk)
        .await
        .refused(400, "duplicate_record", "email_address");
}
