//! Domains of organizations.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn claimed_changed_listed_and_given_up() {
    let world = World::new().await;
    let ada = world.user("ada@acme.example").await;
    let bob = world.user("bob@acme.example").await;
    let acme = world.organization("Acme", &ada).await;
    let path = format!("/organizations/{acme}/domains");
    let body = json!({ "name": "ACME.example", "enrollment_mode": "automatic_invitation" });
    let made = world.post(&path, body).await.ok();
    assert_eq!(
        (&made["name"], &made["verification"]["status"]),
        (&json!("acme.example"), &json!("verified"))
    );
    // Bob, who is no member, is invited at once.
    assert_eq!(made["total_pending_invitations"], 1);
    let list = world
        .get(&format!("/users/{bob}/organization_invitations"))
        .await
        .ok();
    assert_eq!(
        (&list["total_count"], &list["data"][0]["url"]),
        (&json!(1), &json!(null))
    );
    let id = made["id"].as_str().unwrap();
    let body = json!({ "name": "other.example", "verified": false, "enrollment_mode": "automatic_suggestion" });
    world.post(&path, body).await.refused(
        422,
        "organization_domain_not_verified",
        "enrollment_mode",
    );
    let other = world
        .post(&path, json!({ "name": "other.example", "verified": false }))
        .await
        .ok();
    assert_eq!(other["verification"], json!(null));
    world
        .post(&path, json!({ "name": "yahoo.com" }))
        .await
        .refused(422, "organization_domain_common", "name");
    world
        .post(
            &path,
            json!({ "name": "x.example", "enrollment_mode": "enterprise_sso" }),
        )
        .await
        .refused(422, "form_param_format_invalid", "enrollment_mode");

    for list in [
        format!("{path}?verified=true"),
        format!("{path}?enrollment_mode=automatic_invitation"),
        "/organization_domains?query=acme&order_by=name".to_owned(),
        "/organization_domains?domains=acme.example".to_owned(),
        format!("/organization_domains?organization_id={acme}&enrollment_mode=-manual_invitation"),
    ] {
        assert_eq!(ids(&world.get(&list).await.ok()), [id], "{list}");
    }
    let own = format!("{path}/{id}");
    let changed = world
        .patch(&own, json!({ "enrollment_mode": "automatic_suggestion" }))
        .await
        .ok();
    assert_eq!(changed["enrollment_mode"], "automatic_suggestion");
    let changed = world.patch(&own, json!({ "verified": false })).await.ok();
    assert_eq!(
        (&changed["verification"], &changed["enrollment_mode"]),
        (&json!(null), &json!("manual_invitation"))
    );
    for _ in 0..2 {
        let owned = world.act(&format!("{own}/verify_ownership")).await.ok();
        assert_eq!(
            owned["ownership_verification"]["strategy"],
            "manual_override"
        );
    }
    let foreign = world.organization("Foreign", &ada).await;
    let crossed = format!("/organizations/{foreign}/domains/{id}");
    world
        .patch(&crossed, json!({}))
        .await
        .refused(404, "resource_not_found", "");
    world
        .delete(&crossed)
        .await
        .refused(404, "resource_not_found", "");
    world
        .post(
            &format!("/organizations/{foreign}/domains"),
            json!({ "name": "acme.example" }),
        )
        .await
        .refused(400, "organization_domain_already_exists", "name");
    assert_eq!(world.delete(&own).await.ok()["deleted"], true);
    world
        .delete(&own)
        .await
        .refused(404, "resource_not_found", "");
    let list = world
        .get(&format!(
            "/users/{bob}/organization_invitations?status=pending"
        ))
        .await
        .ok();
    assert_eq!(list["total_count"], 0);
}
