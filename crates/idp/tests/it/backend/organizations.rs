//! Organizations: created, read, changed, deleted, listed.

use jiff::SignedDuration;
use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn its_creator_is_its_first_admin() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let body = json!({
        "name": "Northwind Traders", "created_by": ada, "max_allowed_memberships": 7,
        "public_metadata": { "tier": "pro" }, "private_metadata": { "x": 1 },
    });
    let organization = world.post("/organizations", body).await.ok();
    let now = world.time.now().as_millisecond();
    let id = organization["id"].as_str().unwrap();
    assert!(id.starts_with("org_"));
    assert_eq!(
        organization,
        json!({
            "id": id,
            "object": "organization",
            "name": "Northwind Traders",
            "slug": "northwind-traders",
            "image_url": organization["image_url"],
            "has_image": false,
            "max_allowed_memberships": 7,
            "admin_delete_enabled": true,
            "public_metadata": { "tier": "pro" },
            "private_metadata": { "x": 1 },
            "created_by": ada,
            "role_set_key": "role_set:default",
            "created_at": now,
            "updated_at": now,
        })
    );
    assert_eq!(
        world.get(&format!("/organizations/{id}")).await.ok(),
        organization
    );
    assert_eq!(
        world.get("/organizations/northwind-traders").await.ok(),
        organization
    );
    let counted = world
        .get(&format!("/organizations/{id}?include_members_count=true"))
        .await
        .ok();
    assert_eq!(counted["members_count"], 1);

    let said = world.said().await;
    assert_eq!(
        said[1],
        ("organization.created".to_owned(), organization.clone())
    );
    let (event, membership) = &said[2];
    assert_eq!(event, "organizationMembership.created");
    assert_eq!(membership["organization"], organization);
    assert_eq!((&membership["role"], said.len()), (&json!("org:admin"), 3));
    let members = world
        .get(&format!("/organizations/{id}/memberships"))
        .await
        .ok();
    assert_eq!(members, json!({ "data": [membership], "total_count": 1 }));
}

#[tokio::test]
async fn slugs_are_unique_and_found_where_none_is_given() {
    let world = World::new().await;
    let first = world
        .post("/organizations", json!({ "name": "Acme" }))
        .await
        .ok();
    assert_eq!(first["slug"], "acme");
    // The protocol has no null for this one.
    assert!(first.get("created_by").is_none());
    let second = world
        .post("/organizations", json!({ "name": "Acme" }))
        .await
        .ok();
    assert!(second["slug"].as_str().unwrap().starts_with("acme-"));
    let taken = json!({ "name": "Other", "slug": "acme" });
    world
        .post("/organizations", taken)
        .await
        .refused(422, "form_identifier_exists", "slug");
    let bad = json!({ "name": "Other", "slug": "No Slug" });
    world
        .post("/organizations", bad)
        .await
        .refused(422, "form_param_format_invalid", "slug");
    let path = format!("/organizations/{}", second["id"].as_str().unwrap());
    let reply = world.patch(&path, json!({ "slug": "acme" })).await;
    reply.refused(422, "form_identifier_exists", "slug");
    world
        .post("/organizations", json!({}))
        .await
        .refused(422, "form_param_missing", "name");
    let nobody = json!({ "name": "Other", "created_by": "user_1" });
    world
        .post("/organizations", nobody)
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(world.said_types(0).await, ["organization.created"; 2]);
}

#[tokio::test]
async fn is_changed_and_deleted() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let id = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{id}");
    world.time.advance(SignedDuration::from_secs(1));
    let body = json!({ "name": "Acme Inc", "slug": "acme-inc", "max_allowed_memberships": 3 });
    let changed = world.patch(&path, body).await.ok();
    assert_eq!(
        (
            &changed["name"],
            &changed["slug"],
            &changed["max_allowed_memberships"]
        ),
        (&json!("Acme Inc"), &json!("acme-inc"), &json!(3))
    );
    assert_eq!(
        changed["updated_at"],
        json!(world.time.now().as_millisecond())
    );
    let body = json!({ "public_metadata": { "a": 1 }, "private_metadata": { "b": 2 } });
    world.patch(&format!("{path}/metadata"), body).await.ok();
    let body = json!({ "public_metadata": {} });
    let changed = world.put(&format!("{path}/metadata"), body).await.ok();
    assert_eq!(
        (&changed["public_metadata"], &changed["private_metadata"]),
        (&json!({}), &json!({ "b": 2 }))
    );
    let deleted = world.delete(&path).await.ok();
    assert_eq!(
        (&deleted["id"], &deleted["deleted"]),
        (&json!(id), &json!(true))
    );
    assert_eq!(deleted["object"], "organization");
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    world
        .get("/organizations/acme-inc")
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(
        world.said_types(3).await,
        [
            "organization.updated",
            "organization.updated",
            "organization.updated",
            "organizationMembership.deleted",
            "organization.deleted",
        ]
    );
}

#[tokio::test]
async fn lists() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let grace = world.user("grace@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    world.time.advance(SignedDuration::from_secs(1));
    let zeta = world.organization("Zeta", &grace).await;
    let body = json!({ "user_id": ada, "role": "org:member" });
    world
        .post(&format!("/organizations/{zeta}/memberships"), body)
        .await
        .ok();
    for (query, expected) in [
        (String::new(), vec![&zeta, &acme]),
        ("order_by=name".into(), vec![&acme, &zeta]),
        ("order_by=-members_count".into(), vec![&zeta, &acme]),
        ("query=CM".into(), vec![&acme]),
        (format!("query={zeta}"), vec![&zeta]),
        (format!("user_id={ada}"), vec![&zeta, &acme]),
        (format!("user_id=-{grace}"), vec![&acme]),
        (format!("organization_id={acme}"), vec![&acme]),
        ("limit=1".into(), vec![&zeta]),
    ] {
        let page = world.get(&format!("/organizations?{query}")).await.ok();
        assert_eq!(ids(&page), expected, "{query}");
        let total = if query == "limit=1" {
            2
        } else {
            expected.len()
        };
        assert_eq!(page["total_count"], total, "{query}");
    }
    let page = world
        .get("/organizations?include_members_count=true&order_by=name")
        .await
        .ok();
    assert_eq!(
        (
            &page["data"][0]["members_count"],
            &page["data"][1]["members_count"]
        ),
        (&json!(1), &json!(2))
    );
}

#[tokio::test]
async fn roles() {
    let world = World::new().await;
    let page = world.get("/organization_roles").await.ok();
    assert_eq!(page["total_count"], 2);
    let keys: Vec<_> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| role["key"].clone())
        .collect();
    assert_eq!(keys, ["org:admin", "org:member"]);
    let permission = &page["data"][0]["permissions"][0];
    assert_eq!(
        (&permission["object"], &permission["type"]),
        (&json!("permission"), &json!("system"))
    );
}
