//! Roles, permissions and role sets: defined, given, changed, removed.

use serde_json::{Value, json};

use super::world::{World, ids};

async fn permission(world: &World, key: &str) -> String {
    let body = json!({ "key": key, "name": key, "description": "x" });
    let made = world.post("/organization_permissions", body).await.ok();
    assert_eq!((&made["type"], &made["key"]), (&json!("user"), &json!(key)));
    made["id"].as_str().unwrap().to_owned()
}

/// The id of the system permission of that key.
async fn system(world: &World, key: &str) -> String {
    let list = world
        .get(&format!("/organization_permissions?query={key}"))
        .await
        .ok();
    ids(&list)[0].to_owned()
}

fn keys(role: &Value) -> Vec<&str> {
    let permissions = role["permissions"].as_array().unwrap();
    permissions
        .iter()
        .map(|row| row["key"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_role_is_made_of_permissions_and_given_to_members() {
    let world = World::new().await;
    let (ada, bob) = (
        world.user("ada@x.example").await,
        world.user("bob@x.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let read = permission(&world, "org:projects:read").await;
    let write = permission(&world, "org:projects:write").await;
    let body = json!({
        "name": "Engineer", "key": "org:engineer", "description": "Builds",
        "permissions": [read], "include_in_initial_role_set": true,
    });
    let role = world.post("/organization_roles", body.clone()).await.ok();
    assert_eq!(keys(&role), ["org:projects:read"]);
    assert_eq!(role["is_creator_eligible"], false);
    world
        .post("/organization_roles", body)
        .await
        .refused(422, "form_identifier_exists", "key");
    let id = role["id"].as_str().unwrap();
    let own = format!("/organization_roles/{id}");
    assert_eq!(world.get(&own).await.ok(), role);
    let list = world
        .get("/organization_roles?query=engin&order_by=name")
        .await
        .ok();
    assert_eq!(ids(&list), [id]);

    let members = format!("/organizations/{acme}/memberships");
    let join = json!({ "user_id": bob, "role": "org:engineer" });
    let member = world.post(&members, join).await.ok();
    assert_eq!(member["permissions"], json!(["org:projects:read"]));
    let assign = format!("{own}/permissions/{write}");
    let changed = world.act(&assign).await.ok();
    assert_eq!(keys(&changed), ["org:projects:read", "org:projects:write"]);
    world
        .act(&assign)
        .await
        .refused(409, "duplicate_record", "");
    assert_eq!(
        keys(&world.delete(&assign).await.ok()),
        ["org:projects:read"]
    );
    world
        .delete(&assign)
        .await
        .refused(404, "resource_not_found", "");

    // A changed key reaches everybody who has it.
    let body = json!({ "key": "org:builder", "name": "Builder", "permissions": [read, write] });
    world.patch(&own, body).await.ok();
    let list = world.get(&members).await.ok();
    let roles: Vec<&Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["role"])
        .collect();
    assert!(roles.contains(&&json!("org:builder")), "{roles:?}");
    let body = json!({ "key": "org:plans:read" });
    let path = format!("/organization_permissions/{read}");
    world.patch(&path, body).await.ok();
    assert_eq!(world.get(&path).await.ok()["key"], "org:plans:read");
    assert_eq!(
        keys(&world.get(&own).await.ok()),
        ["org:plans:read", "org:projects:write"]
    );

    world
        .delete(&own)
        .await
        .refused(400, "organization_role_in_use", "");
    world.delete(&format!("{members}/{bob}")).await.ok();
    assert_eq!(
        world.delete(&own).await.ok(),
        json!({ "object": "role", "id": id, "deleted": true })
    );
    world.get(&own).await.refused(404, "resource_not_found", "");
    world.delete(&path).await.ok();
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    let said = world.said_types(0).await;
    for event in [
        "role.created",
        "role.updated",
        "role.deleted",
        "permission.created",
        "permission.updated",
        "permission.deleted",
    ] {
        assert!(said.iter().any(|said| said == event), "{event}");
    }
}

#[tokio::test]
async fn what_an_organization_needs_cannot_be_taken() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    world.organization("Acme", &ada).await;
    let manage = system(&world, "org:sys_memberships:manage").await;
    let list = world.get("/organization_roles?query=org:admin").await.ok();
    let admin = ids(&list)[0].to_owned();
    let own = format!("/organization_roles/{admin}");
    world
        .delete(&format!("{own}/permissions/{manage}"))
        .await
        .refused(400, "organization_minimum_permissions_needed", "");
    world
        .patch(&own, json!({ "permissions": [] }))
        .await
        .refused(400, "organization_minimum_permissions_needed", "");
    world
        .delete(&own)
        .await
        .refused(400, "organization_role_in_use", "");
    let path = format!("/organization_permissions/{manage}");
    world
        .delete(&path)
        .await
        .refused(403, "organization_system_permission_not_modifiable", "");
    world.patch(&path, json!({ "name": "x" })).await.refused(
        403,
        "organization_system_permission_not_modifiable",
        "",
    );
    for key in ["org:sys_profile:x", "projects:read", "org:a:b:c", "org:A:b"] {
        let body = json!({ "key": key, "name": "x" });
        world.post("/organization_permissions", body).await.refused(
            422,
            "form_param_format_invalid",
            "key",
        );
    }
    let body = json!({ "key": "engineer", "name": "x" });
    world
        .post("/organization_roles", body)
        .await
        .refused(422, "form_param_format_invalid", "key");
    let body = json!({ "key": "org:x", "name": "x", "permissions": ["perm_1"] });
    world
        .post("/organization_roles", body)
        .await
        .refused(404, "resource_not_found", "permissions");
}

#[tokio::test]
async fn role_sets_bound_what_an_organization_gives() {
    let world = World::new().await;
    let (ada, bob) = (
        world.user("ada@x.example").await,
        world.user("bob@x.example").await,
    );
    for (key, name) in [("org:guest", "Guest"), ("org:reader", "Reader")] {
        let body = json!({ "key": key, "name": name });
        world.post("/organization_roles", body).await.ok();
    }
    let body = json!({
        "name": "Small teams", "default_role_key": "org:guest", "creator_role_key": "org:admin",
        "roles": ["org:admin", "org:guest"],
    });
    let set = world.post("/role_sets", body.clone()).await.ok();
    assert_eq!(set["key"], "role_set:small_teams");
    assert_eq!(
        (&set["type"], &set["default_role"]["key"]),
        (&json!("custom"), &json!("org:guest"))
    );
    world
        .post("/role_sets", body)
        .await
        .refused(422, "form_identifier_exists", "key");
    let wrong = json!({
        "name": "Wrong", "default_role_key": "org:guest", "creator_role_key": "org:guest",
        "roles": ["org:guest"],
    });
    world.post("/role_sets", wrong).await.refused(
        400,
        "organization_minimum_permissions_needed",
        "creator_role_key",
    );

    let body = json!({ "name": "Acme", "created_by": ada, "role_set_key": "role_set:small_teams" });
    let acme = world.post("/organizations", body).await.ok();
    assert_eq!(acme["role_set_key"], "role_set:small_teams");
    let members = format!(
        "/organizations/{}/memberships",
        acme["id"].as_str().unwrap()
    );
    let join = |role: &str| json!({ "user_id": bob, "role": role });
    world
        .post(&members, join("org:member"))
        .await
        .refused(404, "resource_not_found", "role");
    world.post(&members, join("org:guest")).await.ok();

    let own = "/role_sets/role_set:small_teams";
    let body = json!({ "role_keys": ["org:reader"] });
    let set = world.post(&format!("{own}/roles"), body).await.ok();
    assert_eq!(set["roles"].as_array().unwrap().len(), 3);
    let body = json!({ "role_key": "org:guest", "to_role_key": "org:reader" });
    let set = world.post(&format!("{own}/roles/replace"), body).await.ok();
    assert_eq!(set["default_role"]["key"], "org:reader");
    assert_eq!(set["default_role"]["members_count"], 1);
    let list = world.get(&format!("{members}?role=org:reader")).await.ok();
    assert_eq!(list["total_count"], 1);
    let body = json!({ "name": "Teams", "description": "x", "type": "initial" });
    let set = world.patch(own, body).await.ok();
    assert_eq!(
        (&set["type"], &set["name"]),
        (&json!("initial"), &json!("Teams"))
    );
    assert_eq!(world.get(own).await.ok()["name"], "Teams");
    let settings = world.get("/instance/organization_settings").await.ok();
    assert_eq!(settings["initial_role_set_key"], "role_set:small_teams");
    assert_eq!(settings["domains_default_role"], "org:reader");

    let body = json!({ "dest_role_set_key": "role_set:default" });
    world.post(&format!("{own}/replace"), body).await.refused(
        422,
        "form_param_value_invalid",
        "reassignment_mappings",
    );
    let body = json!({
        "dest_role_set_key": "role_set:default",
        "reassignment_mappings": { "org:reader": "org:member" },
    });
    world.post(&format!("{own}/replace"), body).await.ok();
    world.get(own).await.refused(404, "resource_not_found", "");
    let list = world.get(&format!("{members}?role=org:member")).await.ok();
    assert_eq!(list["total_count"], 1);
    let sets = world.get("/role_sets?order_by=key").await.ok();
    assert_eq!(sets["data"][0]["type"], "initial");
    let acme = world
        .get(&format!("/organizations/{}", acme["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(acme["role_set_key"], "role_set:default");
}

#[tokio::test]
async fn settings_of_organizations_are_read_and_changed() {
    let world = World::new().await;
    let before = world.get("/instance/organization_settings").await.ok();
    assert_eq!(before["creator_role"], "org:admin");
    let list = world.get("/organization_roles?query=org:member").await.ok();
    let member = ids(&list)[0].to_owned();
    world
        .patch(
            "/instance/organization_settings",
            json!({ "creator_role_id": member }),
        )
        .await
        .refused(
            400,
            "organization_minimum_permissions_needed",
            "creator_role_id",
        );
    world
        .patch(
            "/instance/organization_settings",
            json!({ "domains_default_role_id": "role_1" }),
        )
        .await
        .refused(404, "resource_not_found", "");
    world
        .patch(
            "/instance/organization_settings",
            json!({ "domains_enrollment_modes": ["x"] }),
        )
        .await
        .refused(422, "form_param_format_invalid", "domains_enrollment_modes");
    let body = json!({
        "max_allowed_memberships": 7, "slug_disabled": true, "domains_enabled": false,
        "domains_enrollment_modes": ["automatic_suggestion"], "admin_delete_enabled": false,
        "domains_default_role_id": member,
    });
    let after = world
        .patch("/instance/organization_settings", body)
        .await
        .ok();
    assert_eq!(
        (
            &after["max_allowed_memberships"],
            &after["slug_disabled"],
            &after["domains_enabled"]
        ),
        (&json!(7), &json!(true), &json!(false))
    );
    assert_eq!(
        after["domains_enrollment_modes"],
        json!(["manual_invitation", "automatic_suggestion"])
    );
    let ada = world.user("ada@x.example").await;
    let body = json!({ "name": "Acme", "created_by": ada });
    let acme = world.post("/organizations", body).await.ok();
    assert_eq!(
        (
            &acme["max_allowed_memberships"],
            &acme["admin_delete_enabled"]
        ),
        (&json!(7), &json!(false))
    );
}
