//! Memberships: created, changed, ended, listed.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn from_joining_to_leaving() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@x.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/memberships");
    let body = json!({
        "user_id": grace, "role": "org:member", "public_metadata": { "desk": 7 },
    });
    let membership = world.post(&path, body.clone()).await.ok();
    let organization = world.get(&format!("/organizations/{acme}")).await.ok();
    assert_eq!(
        membership,
        json!({
            "id": membership["id"],
            "object": "organization_membership",
            "role": "org:member",
            "role_name": "Member",
            "permissions": ["org:sys_memberships:read", "org:sys_billing:read"],
            "public_metadata": { "desk": 7 },
            "private_metadata": {},
            "organization": organization,
            "public_user_data": {
                "user_id": grace,
                "identifier": "grace@x.example",
                "first_name": null,
                "last_name": null,
                "username": null,
                "image_url": membership["public_user_data"]["image_url"],
                "profile_image_url": membership["public_user_data"]["image_url"],
                "has_image": false,
                "banned": false,
                "deprovisioned": false,
            },
            "created_at": membership["created_at"],
            "updated_at": membership["updated_at"],
        })
    );
    world
        .post(&path, body)
        .await
        .refused(400, "already_a_member_in_organization", "");

    let own = format!("{path}/{grace}");
    let changed = world.patch(&own, json!({ "role": "org:admin" })).await.ok();
    assert_eq!(
        (&changed["role"], &changed["role_name"]),
        (&json!("org:admin"), &json!("Admin"))
    );
    let body = json!({ "private_metadata": { "note": "x" } });
    let changed = world.patch(&format!("{own}/metadata"), body).await.ok();
    assert_eq!(
        (&changed["public_metadata"], &changed["private_metadata"]),
        (&json!({ "desk": 7 }), &json!({ "note": "x" }))
    );
    let ended = world.delete(&own).await.ok();
    assert_eq!(
        (&ended["id"], &ended["object"]),
        (&membership["id"], &json!("organization_membership"))
    );
    world
        .delete(&own)
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(
        world.said_types(4).await,
        [
            "organizationMembership.created",
            "organizationMembership.updated",
            "organizationMembership.updated",
            "organizationMembership.updated",
            "organizationMembership.deleted",
        ]
    );
}

#[tokio::test]
async fn what_is_unknown_full_or_last() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@x.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/memberships");
    let join = |user: &str, role: &str| json!({ "user_id": user, "role": role });
    let reply = world.post(&path, join("user_1", "org:member")).await;
    reply.refused(404, "resource_not_found", "");
    let reply = world.post(&path, join(&grace, "org:owner")).await;
    reply.refused(404, "resource_not_found", "role");
    let reply = world
        .post(
            "/organizations/org_1/memberships",
            join(&grace, "org:member"),
        )
        .await;
    reply.refused(404, "resource_not_found", "");
    world
        .get("/organizations/org_1/memberships")
        .await
        .refused(404, "resource_not_found", "");
    let (status, errors) = {
        let reply = world.post(&path, json!({})).await;
        let (status, errors) = reply.refusal();
        (
            status,
            errors
                .iter()
                .map(|(code, param)| format!("{code} {param}"))
                .collect::<Vec<_>>(),
        )
    };
    assert_eq!(status, 422);
    assert_eq!(
        errors,
        ["form_param_missing user_id", "form_param_missing role"]
    );

    world
        .patch(
            &format!("/organizations/{acme}"),
            json!({ "max_allowed_memberships": 1 }),
        )
        .await
        .ok();
    let reply = world.post(&path, join(&grace, "org:member")).await;
    reply.refused(403, "organization_membership_quota_exceeded", "");

    let last = format!("{path}/{ada}");
    let reply = world.delete(&last).await;
    reply.refused(400, "organization_minimum_permissions_needed", "");
    let reply = world.patch(&last, json!({ "role": "org:member" })).await;
    reply.refused(400, "organization_minimum_permissions_needed", "");
}

#[tokio::test]
async fn lists() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@y.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/memberships");
    let grace_in = world
        .post(&path, json!({ "user_id": grace, "role": "org:member" }))
        .await
        .ok();
    let grace_in = grace_in["id"].as_str().unwrap();
    world.organization("Zeta", &grace).await;
    let phone = json!({ "user_id": grace, "phone_number": "+12015550101", "verified": true, "primary": true });
    world.post("/phone_numbers", phone).await.ok();
    for (query, expected) in [
        ("", 2),
        ("role=org:member", 1),
        ("role=org:member&role=org:admin", 2),
        ("query=Y.example", 1),
        ("email_address=GRACE@y.example", 1),
        ("email_address_query=y.exam", 1),
        ("phone_number=%2B12015550101", 1),
        ("phone_number_query=0101", 1),
        ("web3_wallet=0x1", 0),
        ("name_query=grace", 0),
        ("created_at_after=0", 2),
        ("last_active_at_after=0", 0),
        ("order_by=phone_number&limit=1", 1),
        ("limit=1", 1),
        ("order_by=-email_address&limit=1", 1),
        (&format!("user_id={grace}"), 1),
        (&format!("user_id=-{grace}"), 1),
    ] {
        let page = world.get(&format!("{path}?{query}")).await.ok();
        let found = ids(&page);
        assert_eq!(found.len(), expected, "{query}");
        let only_ada = query == "limit=1" || query.starts_with("user_id=-");
        if expected == 1 && !only_ada {
            assert_eq!(found, [grace_in], "{query}");
        }
    }
    let all = world.get("/organization_memberships?limit=2").await.ok();
    assert_eq!((ids(&all).len(), &all["total_count"]), (2, &json!(3)));
}
