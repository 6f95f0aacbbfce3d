//! Organizations: made, switched, changed, left.

use serde_json::{Value, json};

use super::world::{Browser, World};
use bailiwick_idp::domain::memberships;

const ADA: &str = "ada@northwind.example";
const EVE: &str = "eve@northwind.example";

/// Makes the user of a browser a member.
async fn join(world: &World, organization: &str, browser: &mut Browser, role: &str) {
    let session = browser.session().await;
    let user = session["user"]["id"].as_str().unwrap();
    let mut tx = world.pool.begin().await.unwrap();
    memberships::add(&world.idp, &mut tx, organization, user, role)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_creator_is_admin_and_the_token_follows_the_switch() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/organizations").await;
    let reply = browser
        .post(&path, &[("name", "Northwind Traders"), ("slug", "")])
        .await;
    let organization = reply.ok().clone();
    let id = organization["id"].as_str().unwrap();
    assert!(id.starts_with("org_"));
    assert_eq!(organization["slug"], "northwind-traders");
    assert_eq!(organization["members_count"], 1);
    let membership = &reply.client()["sessions"][0]["user"]["organization_memberships"][0];
    assert_eq!(membership["role"], "org:admin");
    assert!(
        membership["permissions"]
            .as_array()
            .unwrap()
            .contains(&json!("org:sys_profile:manage"))
    );

    let reply = browser.touch(id).await;
    assert_eq!(reply.ok()["last_active_organization_id"], id);
    let claims = world
        .claims(reply.ok()["last_active_token"]["jwt"].as_str().unwrap())
        .await;
    assert_eq!(
        claims["o"],
        json!({ "id": id, "rol": "admin", "slg": "northwind-traders" })
    );
    let session = browser.session_id().await;
    let path = format!("/v1/client/sessions/{session}/tokens");
    let jwt = |body: &Value| body["jwt"].as_str().unwrap().to_owned();
    let token = browser.post(&path, &[]).await.body;
    assert_eq!(world.claims(&jwt(&token)).await["o"]["id"], id);
    let token = browser.post(&path, &[("organization_id", "")]).await.body;
    assert!(world.claims(&jwt(&token)).await.get("o").is_none());
    let reply = browser.touch("").await;
    assert_eq!(reply.ok()["last_active_organization_id"], json!(null));
    let token = browser.post(&path, &[("organization_id", id)]).await.body;
    assert_eq!(world.claims(&jwt(&token)).await["o"]["id"], id);

    let said = world.said().await;
    assert_eq!(said[2].0, "organization.created");
    assert_eq!(said[2].1["created_by"], said[0].1["id"]);
    assert_eq!(said[3].0, "organizationMembership.created");
    assert_eq!(said[3].1["organization"]["id"], id);
    assert_eq!(said[3].1["public_user_data"]["identifier"], ADA);
}

#[tokio::test]
async fn the_components_lists_are_there() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let id = browser.create_organization("Northwind").await;
    let mut list = async |path: &str| {
        let path = browser.own(path).await;
        browser.get(&path).await.ok().clone()
    };
    let mine = list("/v1/me/organization_memberships?paginated=true&limit=10&offset=0").await;
    assert_eq!(
        (&mine["total_count"], &mine["data"][0]["organization"]["id"]),
        (&json!(1), &json!(id))
    );
    let beyond = list("/v1/me/organization_memberships?limit=10&offset=1").await;
    assert_eq!(
        (&beyond["total_count"], &beyond["data"]),
        (&json!(1), &json!([]))
    );
    let members = list(&format!(
        "/v1/organizations/{id}/memberships?limit=10&query=ADA%40"
    ))
    .await;
    assert_eq!(members["data"][0]["public_user_data"]["identifier"], ADA);
    let nobody = list(&format!("/v1/organizations/{id}/memberships?query=zzz")).await;
    assert_eq!(nobody, json!({ "data": [], "total_count": 0 }));
    let members = list(&format!(
        "/v1/organizations/{id}/memberships?role=org%3Amember"
    ))
    .await;
    assert_eq!(members["total_count"], 0);
    let roles = list(&format!("/v1/organizations/{id}/roles?limit=20")).await;
    assert_eq!(roles["data"][0]["key"], "org:admin");
    assert_eq!(roles["data"][1]["key"], "org:member");
    for path in [
        "/v1/me/organization_invitations?status=pending",
        "/v1/me/organization_suggestions?status=pending&status=accepted",
        &format!("/v1/organizations/{id}/invitations?status=pending"),
        &format!("/v1/organizations/{id}/domains"),
        &format!("/v1/organizations/{id}/membership_requests"),
    ] {
        assert_eq!(
            list(path).await,
            json!({ "data": [], "total_count": 0 }),
            "{path}"
        );
    }
}

#[tokio::test]
async fn slugs_are_unique_and_names_are_needed() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser.create_organization("Northwind").await;
    let path = browser.own("/v1/organizations").await;
    let again = browser.post(&path, &[("name", "Northwind")]).await;
    assert!(
        again.ok()["slug"]
            .as_str()
            .unwrap()
            .starts_with("northwind-")
    );
    let taken = browser
        .post(&path, &[("name", "N"), ("slug", "northwind")])
        .await;
    taken.refused_param(422, "form_identifier_exists", "slug");
    let odd = browser
        .post(&path, &[("name", "N"), ("slug", "org_1")])
        .await;
    odd.refused_param(422, "form_param_format_invalid", "slug");
    browser
        .post(&path, &[("name", " ")])
        .await
        .refused_param(422, "form_param_missing", "name");
    browser
        .post(&path, &[])
        .await
        .refused_param(422, "form_param_missing", "name");
}

#[tokio::test]
async fn members_read_and_admins_change() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    let base = format!("/v1/organizations/{id}");
    let stranger = eve.own(&base).await;
    let members = eve.own(&format!("{base}/memberships")).await;
    // To a stranger the organization does not exist.
    eve.get(&stranger).await.refused(404, "resource_not_found");
    eve.get(&members).await.refused(404, "resource_not_found");
    eve.call("PATCH", &stranger, &[("name", "Mine")])
        .await
        .refused(404, "resource_not_found");
    eve.call("DELETE", &stranger, &[])
        .await
        .refused(404, "resource_not_found");
    eve.touch(&id).await.refused(404, "resource_not_found");

    join(&world, &id, &mut eve, "org:member").await;
    assert_eq!(eve.get(&stranger).await.ok()["name"], "Northwind");
    assert_eq!(eve.get(&members).await.ok()["total_count"], 2);
    eve.touch(&id).await.ok();
    let denied = eve.call("PATCH", &stranger, &[("name", "Mine")]).await;
    denied.refused(403, "missing_organization_permission");
    eve.call("DELETE", &stranger, &[])
        .await
        .refused(403, "missing_organization_permission");

    let own = ada.own(&base).await;
    let reply = ada
        .call(
            "PATCH",
            &own,
            &[("name", "Southwind"), ("slug", "southwind")],
        )
        .await;
    assert_eq!(
        (&reply.ok()["name"], &reply.ok()["slug"]),
        (&json!("Southwind"), &json!("southwind"))
    );
    let gone = ada.call("DELETE", &own, &[]).await;
    assert_eq!(gone.ok()["deleted"], true);
    assert_eq!(
        gone.client()["sessions"][0]["last_active_organization_id"],
        json!(null)
    );
    let types = world.said_types().await;
    assert_eq!(
        types[types.len() - 4..],
        [
            "organization.updated",
            "organizationMembership.deleted",
            "organizationMembership.deleted",
            "organization.deleted",
        ]
    );
    assert_eq!(
        eve.session().await["last_active_organization_id"],
        json!(null)
    );
}

#[tokio::test]
async fn roles_change_and_the_last_admin_stays() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    join(&world, &id, &mut eve, "org:member").await;
    let ids: Vec<String> = {
        let mut ids = Vec::new();
        for browser in [&mut ada, &mut eve] {
            ids.push(
                browser.session().await["user"]["id"]
                    .as_str()
                    .unwrap()
                    .to_owned(),
            );
        }
        ids
    };
    let of = |user: &str| format!("/v1/organizations/{id}/memberships/{user}");
    let path = eve.own(&of(&ids[1])).await;
    let denied = eve.call("PATCH", &path, &[("role", "org:admin")]).await;
    denied.refused(403, "missing_organization_permission");
    let path = ada.own(&of(&ids[0])).await;
    let refused = ada.call("PATCH", &path, &[("role", "org:member")]).await;
    refused.refused(400, "organization_minimum_permissions_needed");
    let leave = ada
        .own(&format!("/v1/me/organization_memberships/{id}"))
        .await;
    let refused = ada.call("DELETE", &leave, &[]).await;
    refused.refused(400, "organization_minimum_permissions_needed");
    let path = ada.own(&of(&ids[1])).await;
    ada.call("PATCH", &path, &[("role", "org:nothing")])
        .await
        .refused(404, "resource_not_found");
    let reply = ada.call("PATCH", &path, &[("role", "org:admin")]).await;
    assert_eq!(reply.ok()["role"], "org:admin");
    assert_eq!(ada.call("DELETE", &leave, &[]).await.status, 200);
    ada.touch(&id).await.refused(404, "resource_not_found");
    assert_eq!(
        ada.session().await["last_active_organization_id"],
        json!(null)
    );
    let types = world.said_types().await;
    assert_eq!(
        types[types.len() - 2..],
        [
            "organizationMembership.updated",
            "organizationMembership.deleted"
        ]
    );
}

#[tokio::test]
async fn an_admin_removes_a_member() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    join(&world, &id, &mut eve, "org:member").await;
    let user_of = |session: Value| session["user"]["id"].as_str().unwrap().to_owned();
    let of = |user: &str| format!("/v1/organizations/{id}/memberships/{user}");
    let (of_ada, of_eve) = (
        of(&user_of(ada.session().await)),
        of(&user_of(eve.session().await)),
    );
    let path = eve.own(&of_ada).await;
    let denied = eve.call("DELETE", &path, &[]).await;
    denied.refused(403, "missing_organization_permission");
    let path = ada.own(&of_eve).await;
    let gone = ada.call("DELETE", &path, &[]).await;
    assert_eq!(gone.ok()["role"], "org:member");
    assert_eq!(gone.ok()["public_user_data"]["identifier"], EVE);
    eve.touch(&id).await.refused(404, "resource_not_found");
    let again = ada.call("DELETE", &path, &[]).await;
    again.refused(404, "resource_not_found");
    // The last one who may manage members stays.
    let path = ada.own(&of_ada).await;
    let refused = ada.call("DELETE", &path, &[]).await;
    refused.refused(400, "organization_minimum_permissions_needed");
    let types = world.said_types().await;
    assert_eq!(types.last().unwrap(), "organizationMembership.deleted");
}

#[tokio::test]
async fn two_admins_who_leave_at_once_leave_one() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    join(&world, &id, &mut eve, "org:admin").await;
    let path = format!("/v1/me/organization_memberships/{id}");
    let (from_ada, from_eve) = (ada.own(&path).await, eve.own(&path).await);
    let (one, two) = tokio::join!(
        ada.call("DELETE", &from_ada, &[]),
        eve.call("DELETE", &from_eve, &[])
    );
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn an_organization_has_room_for_so_many() {
    let world =
        World::with(|config| config.settings.organizations.max_allowed_memberships = 1).await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    let user = eve.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut tx = world.pool.begin().await.unwrap();
    let refused = memberships::add(&world.idp, &mut tx, &id, &user, "org:member").await;
    let refusal = refused.unwrap_err().refusal();
    assert_eq!(
        refusal.errors[0].code,
        "organization_membership_quota_exceeded"
    );
}

#[tokio::test]
async fn who_manages_members_adds_and_removes_them() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let mut eve = world.signed_up(EVE).await;
    let eve_id = eve.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/v1/organizations/{id}/memberships");
    let as_role = |role| [("user_id", eve_id.as_str()), ("role", role)];
    // Nobody adds herself, or anybody where she is no member.
    let reply = eve.post_own(&path, &as_role("org:admin")).await;
    reply.refused(404, "resource_not_found");
    for (form, status, code) in [
        (as_role("org:nothing"), 404, "resource_not_found"),
        (
            [("user_id", "user_unknown"), ("role", "org:member")],
            404,
            "resource_not_found",
        ),
        (
            [("user_id", ""), ("role", "org:member")],
            422,
            "form_param_missing",
        ),
    ] {
        ada.post_own(&path, &form).await.refused(status, code);
    }
    let reply = ada.post_own(&path, &as_role("org:member")).await;
    assert_eq!(reply.ok()["role"], "org:member");
    assert_eq!(reply.ok()["public_user_data"]["identifier"], EVE);
    let again = ada.post_own(&path, &as_role("org:member")).await;
    again.refused(400, "already_a_member_in_organization");
    // A member who may not manage members adds and removes nobody.
    eve.touch(&id).await.ok();
    let reply = eve.post_own(&path, &as_role("org:admin")).await;
    reply.refused(403, "missing_organization_permission");
    let own = format!("{path}/{eve_id}");
    let reply = eve.call_own("DELETE", &own, &[]).await;
    reply.refused(403, "missing_organization_permission");
    let reply = ada.call_own("DELETE", &own, &[]).await;
    assert_eq!(reply.ok()["public_user_data"]["identifier"], EVE);
    let session = eve.session().await;
    assert_eq!(session["last_active_organization_id"], json!(null));
    assert_eq!(session["user"]["organization_memberships"], json!([]));
    let reply = ada.call_own("DELETE", &own, &[]).await;
    reply.refused(404, "resource_not_found");
}
