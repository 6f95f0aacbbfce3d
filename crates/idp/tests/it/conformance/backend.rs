//! Every operation for good and for bad, and proof that deviations would be seen.

use serde_json::{Value, json};

use super::document::{Api, Document};
use super::schema::violations;
use crate::backend::world::World;

/// Calls every operation at least once, for good and for bad.
async fn tour(world: &World) {
    let body = json!({
        "email_address": ["ada@x.example", "ada@y.example"], "first_name": "Ada",
        "username": "ada", "password": "correct horse", "external_id": "crm-1",
        "public_metadata": { "a": 1 },
    });
    let ada = world.post("/users", body.clone()).await.ok();
    let ada = ada["id"].as_str().unwrap();
    let grace = world.user("grace@x.example").await;
    world.post("/users", body).await;
    world
        .post("/users", json!({ "email_address": "no list", "x": 1 }))
        .await;
    for path in ["", "/count", "?query=ada", "?order_by=nothing", "/user_1"] {
        world.get(&format!("/users{path}")).await;
    }
    let user = format!("/users/{ada}");
    world.get(&user).await;
    world.patch(&user, json!({ "last_name": "Byron" })).await;
    world
        .patch(
            &format!("{user}/metadata"),
            json!({ "public_metadata": { "a": null } }),
        )
        .await;
    world
        .put(
            &format!("{user}/metadata"),
            json!({ "private_metadata": {} }),
        )
        .await;
    world
        .post(
            &format!("{user}/verify_password"),
            json!({ "password": "correct horse" }),
        )
        .await;
    for verb in ["ban", "unban", "lock", "unlock"] {
        world.act(&format!("/users/{grace}/{verb}")).await;
    }

    let acme = world.organization("Acme", ada).await;
    world
        .post("/organizations", json!({ "name": "Nobody's" }))
        .await;
    world
        .post("/organizations", json!({ "name": "Taken", "slug": "acme" }))
        .await;
    world.get("/organizations?include_members_count=true").await;
    let organization = format!("/organizations/{acme}");
    for path in [
        organization.as_str(),
        "/organizations/acme",
        "/organizations/org_1",
    ] {
        world.get(path).await;
    }
    world
        .patch(&organization, json!({ "name": "Acme Inc" }))
        .await;
    let metadata = format!("{organization}/metadata");
    world
        .patch(&metadata, json!({ "public_metadata": { "a": 1 } }))
        .await;
    world.put(&metadata, json!({ "public_metadata": {} })).await;

    let members = format!("{organization}/memberships");
    let join = json!({ "user_id": grace, "role": "org:member" });
    world.post(&members, join.clone()).await;
    world.post(&members, join).await;
    world.get(&members).await;
    let member = format!("{members}/{grace}");
    world.patch(&member, json!({ "role": "org:admin" })).await;
    world
        .patch(
            &format!("{member}/metadata"),
            json!({ "public_metadata": { "b": 2 } }),
        )
        .await;
    for path in ["/organization_memberships", "/organization_roles", "/jwks"] {
        world.get(path).await;
    }
    world.get(&format!("{user}/organization_memberships")).await;

    let body = json!({ "user_id": ada, "active_organization_id": acme });
    let session = world.post("/sessions", body).await.ok();
    let session = format!("/sessions/{}", session["id"].as_str().unwrap());
    world.get(&session).await;
    world.get("/sessions").await;
    world
        .post(
            &format!("{session}/tokens"),
            json!({ "expires_in_seconds": 60 }),
        )
        .await;
    world.act(&format!("{session}/revoke")).await;
    world.act(&format!("{session}/tokens")).await;

    world.delete(&member).await;
    world.delete(&member).await;
    world.delete(&organization).await;
    world.delete(&user).await;
    world.delete(&user).await;
}

#[tokio::test]
async fn answers_and_events_of_a_tour_are_as_documented() {
    tour(&World::new().await).await;
}

#[tokio::test]
async fn a_missing_a_wrong_and_an_unknown_field_would_be_seen() {
    let Some(Document { value: api, .. }) = Api::Backend.document() else {
        return;
    };
    let world = World::new().await;
    let id = world.user("ada@x.example").await;
    let user = world.get(&format!("/users/{id}")).await.ok();
    let schema = &api["components"]["schemas"]["User"];
    let found = |user: &Value| violations(api, schema, user);
    assert_eq!(found(&user), Vec::<String>::new());
    for name in schema["required"].as_array().unwrap() {
        let mut lacking = user.clone();
        lacking
            .as_object_mut()
            .unwrap()
            .remove(name.as_str().unwrap());
        assert_eq!(found(&lacking).len(), 1, "{name}");
    }
    for (name, value) in [
        ("banned", json!("no")),
        ("first_name", json!(1)),
        ("x", json!(null)),
    ] {
        let mut wrong = user.clone();
        wrong[name] = value;
        assert_eq!(found(&wrong).len(), 1, "{name}");
    }
    let mut wrong = user;
    wrong["email_addresses"][0]["verification"]["status"] = json!("perhaps");
    assert!(!found(&wrong).is_empty());
}
