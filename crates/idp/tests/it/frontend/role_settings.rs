//! Roles of the settings file: brought into use, changed, taken back.

use bailiwick_idp::Settings;
use http::Method;
use serde_json::{Value, json};

use super::world::World;

const FILE: &str = r#"
[[organizations.permissions]]
key = "org:invoices:read"
name = "Read invoices"

[[organizations.roles]]
key = "org:accountant"
name = "Accountant"
permissions = ["org:invoices:read", "org:sys_billing:read"]

[[organizations.role_sets]]
key = "role_set:lean"
name = "Lean"
roles = ["org:admin", "org:accountant"]
default_role = "org:accountant"
creator_role = "org:admin"
"#;

async fn role(world: &World, key: &str) -> Option<Value> {
    let path = format!("/organization_roles?query={key}");
    let (_, list) = world.server(Method::GET, &path, Value::Null).await;
    list["data"].get(0).cloned()
}

#[tokio::test]
async fn the_file_defines_and_what_is_in_use_stays() {
    let world = World::new().await;
    world
        .idp
        .reload_settings(Settings::read(FILE).unwrap())
        .await
        .unwrap();
    let accountant = role(&world, "org:accountant").await.unwrap();
    assert_eq!(accountant["permissions"].as_array().unwrap().len(), 2);
    let said = world.said_types().await;
    assert_eq!(said, ["permission.created", "role.created"]);

    // Nothing is said or changed where nothing changed, whatever servers did meanwhile.
    let own = format!("/organization_roles/{}", accountant["id"].as_str().unwrap());
    world
        .server(Method::PATCH, &own, json!({ "name": "Bookkeeper" }))
        .await;
    world
        .idp
        .reload_settings(Settings::read(FILE).unwrap())
        .await
        .unwrap();
    assert_eq!(
        role(&world, "org:accountant").await.unwrap()["name"],
        "Bookkeeper"
    );
    let changed = FILE.replace("Accountant\"", "Controller\"");
    world
        .idp
        .reload_settings(Settings::read(&changed).unwrap())
        .await
        .unwrap();
    assert_eq!(
        role(&world, "org:accountant").await.unwrap()["name"],
        "Controller"
    );

    // Somebody has the role: it stays although the file forgets it.
    let mut ada = world.signed_up("ada@x.example").await;
    let id = ada.create_organization("Northwind").await;
    let mut bob = world.signed_up("bob@x.example").await;
    let bob = bob.session().await["user"]["id"].clone();
    let members = format!("/organizations/{id}/memberships");
    let join = json!({ "user_id": bob, "role": "org:accountant" });
    let (status, body) = world.server(Method::POST, &members, join).await;
    assert_eq!(status, 200, "{body}");
    world
        .idp
        .reload_settings(Settings::default())
        .await
        .unwrap();
    let kept = role(&world, "org:accountant").await.unwrap();
    assert_eq!(kept["permissions"][0]["key"], "org:sys_billing:read");
    let path = format!("{members}/{}", bob.as_str().unwrap());
    world
        .server(Method::PATCH, &path, json!({ "role": "org:member" }))
        .await;
    world
        .idp
        .reload_settings(Settings::default())
        .await
        .unwrap();
    assert!(role(&world, "org:accountant").await.is_none());
}

#[tokio::test]
async fn a_file_that_contradicts_itself_changes_nothing() {
    let world = World::new().await;
    for (file, why) in [
        (
            FILE.replace("\"org:invoices:read\", ", "\"org:invoices:write\", "),
            "org:invoices:write",
        ),
        (
            FILE.replace("roles = [\"org:admin\", ", "roles = ["),
            "lacks one",
        ),
        (FILE.replace("role_set:lean", "lean"), "no role set key"),
        (
            "[organizations]\ncreator_role = \"org:member\"".to_owned(),
            "creator_role",
        ),
        (
            "[organizations.domains]\ndefault_role = \"org:none\"".to_owned(),
            "default_role",
        ),
    ] {
        let error = world
            .idp
            .reload_settings(Settings::read(&file).unwrap())
            .await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
    assert!(role(&world, "org:accountant").await.is_none());
    assert_eq!(world.said_types().await, Vec::<String>::new());
}

#[tokio::test]
async fn the_products_roles_are_a_file_away() {
    let world = World::with(|config| {
        config.settings = Settings::read(
            r#"
            [organizations]
            creator_role = "org:owner"
            [[organizations.roles]]
            key = "org:owner"
            name = "Owner"
            permissions = ["org:sys_profile:manage", "org:sys_profile:delete", "org:sys_memberships:read",
                "org:sys_memberships:manage", "org:sys_domains:read", "org:sys_domains:manage",
                "org:sys_billing:read", "org:sys_billing:manage"]
            [[organizations.roles]]
            key = "org:viewer"
            name = "Viewer"
            permissions = ["org:sys_memberships:read"]
            "#,
        )
        .unwrap();
    })
    .await;
    let mut ada = world.signed_up("ada@x.example").await;
    let id = ada.create_organization("Northwind").await;
    let session = ada.session().await;
    assert_eq!(
        session["user"]["organization_memberships"][0]["role"],
        "org:owner"
    );
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    assert_eq!(world.claims(jwt).await["o"]["rol"], "owner");
    let path = ada.own(&format!("/v1/organizations/{id}/roles")).await;
    let roles = ada.get(&path).await.ok().clone();
    assert_eq!(
        (&roles["total_count"], &roles["has_role_set_migration"]),
        (&json!(4), &json!(false))
    );
    // The last owner stays, whatever the role is called.
    let user = session["user"]["id"].as_str().unwrap();
    let path = ada
        .own(&format!("/v1/organizations/{id}/memberships/{user}"))
        .await;
    ada.call("PATCH", &path, &[("role", "org:viewer")])
        .await
        .refused(400, "organization_minimum_permissions_needed");
}
