//! The ways in: by the link, by the ticket alone, in the list.

use http::Method;
use serde_json::json;

use super::{BOB, follow, invite, invited, param, sign_in_with, sign_up_with};
use crate::frontend::world::{PASSWORD, World};

#[tokio::test]
async fn somebody_new_follows_the_mail_and_is_in_the_organization() {
    let world = World::new().await;
    let (mut ada, organization, _) = invited(&world).await;
    let mail = world.mails(BOB).pop().unwrap();
    assert!(
        mail.subject.contains("invited you to join Northwind"),
        "{}",
        mail.subject
    );
    let ticket = world.ticket(BOB);
    let mut bob = world.browser();
    let target = follow(&mut bob, &ticket).await;
    assert_eq!(target.path(), "/sign-up");
    assert_eq!(param(&target, "__clerk_status"), "sign_up");
    let ticket = param(&target, "__clerk_ticket");

    let reply = sign_up_with(&mut bob, &ticket).await;
    let attempt = reply.ok();
    assert_eq!(attempt["status"], "missing_requirements");
    assert_eq!(attempt["missing_fields"], json!(["password"]));
    assert_eq!(attempt["unverified_fields"], json!([]));
    assert_eq!(attempt["email_address"], BOB);
    assert_eq!(
        attempt["verifications"]["email_address"]["strategy"],
        "ticket"
    );
    let path = format!("/v1/client/sign_ups/{}", attempt["id"].as_str().unwrap());
    let reply = bob.call("PATCH", &path, &[("password", PASSWORD)]).await;
    assert_eq!(reply.ok()["status"], "complete");
    let session = &reply.client()["sessions"][0];
    assert_eq!(
        session["last_active_organization_id"],
        organization.as_str()
    );
    let jwt = session["last_active_token"]["jwt"].as_str().unwrap();
    assert_eq!(world.claims(jwt).await["o"]["rol"], "member");

    let said = world.said_types().await;
    for event in [
        "organizationInvitation.created",
        "organizationInvitation.accepted",
    ] {
        assert_eq!(
            said.iter().filter(|said| *said == event).count(),
            1,
            "{said:?}"
        );
    }
    let path = format!("/v1/organizations/{organization}/invitations?status=accepted");
    let path = ada.own(&path).await;
    let list = ada.get(&path).await.ok().clone();
    assert_eq!(list["total_count"], 1);
    // Spent.
    let mut again = world.browser();
    sign_up_with(&mut again, &ticket)
        .await
        .refused(400, "invitation_already_accepted");
    sign_in_with(&mut again, &ticket)
        .await
        .refused(400, "invitation_already_accepted");
    again
        .get(&format!("/v1/tickets/accept?ticket={ticket}"))
        .await
        .refused(400, "invitation_already_accepted");
}

#[tokio::test]
async fn somebody_known_signs_in_with_the_ticket_alone() {
    let world = World::new().await;
    world.signed_up(BOB).await;
    let (_, organization, ticket) = invited(&world).await;
    let mut bob = world.browser();
    let target = follow(&mut bob, &ticket).await;
    assert_eq!(
        (target.path(), param(&target, "__clerk_status").as_str()),
        ("/sign-in", "sign_in")
    );
    let mut wrong_way = world.browser();
    sign_up_with(&mut wrong_way, &ticket)
        .await
        .refused(422, "form_identifier_exists");
    let reply = sign_in_with(&mut bob, &ticket).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(
        reply.ok()["first_factor_verification"]["strategy"],
        "ticket"
    );
    let session = &reply.client()["sessions"][0];
    assert_eq!(
        session["last_active_organization_id"],
        organization.as_str()
    );
    sign_in_with(&mut world.browser(), &ticket)
        .await
        .refused(400, "invitation_already_accepted");
}

#[tokio::test]
async fn somebody_signed_in_accepts_in_the_list_or_by_the_link() {
    let world = World::new().await;
    let mut bob = world.signed_up(BOB).await;
    let (mut ada, organization, _) = invited(&world).await;
    let path = bob
        .own("/v1/me/organization_invitations?status=pending")
        .await;
    let list = bob.get(&path).await.ok().clone();
    assert_eq!(list["total_count"], 1);
    let id = list["data"][0]["id"].as_str().unwrap();
    assert_eq!(
        list["data"][0]["public_organization_data"]["name"],
        "Northwind"
    );
    let path = bob
        .own(&format!("/v1/me/organization_invitations/{id}/accept"))
        .await;
    let reply = bob.post(&path, &[]).await;
    assert_eq!(reply.ok()["status"], "accepted");
    let memberships = &reply.client()["sessions"][0]["user"]["organization_memberships"];
    assert_eq!(memberships[0]["organization"]["id"], organization.as_str());
    bob.post(&path, &[])
        .await
        .refused(400, "invitation_already_accepted");

    let second = ada.create_organization("Contoso").await;
    invite(&mut ada, &second, BOB, "org:admin").await.ok();
    let target = follow(&mut bob, &world.ticket(BOB)).await;
    assert_eq!(param(&target, "__clerk_status"), "complete");
    assert!(!target.as_str().contains("ticket"), "{target}");
    let session = bob.session().await;
    let memberships = session["user"]["organization_memberships"]
        .as_array()
        .unwrap();
    let mut roles: Vec<_> = memberships.iter().map(|own| &own["role"]).collect();
    roles.sort_by_key(|role| role.as_str());
    assert_eq!(roles, ["org:admin", "org:member"]);
}

#[tokio::test]
async fn an_application_invitation_brings_its_metadata() {
    let world = World::new().await;
    let body = json!({ "email_address": BOB, "public_metadata": { "plan": "pro" } });
    let (status, invitation) = world.server(Method::POST, "/invitations", body).await;
    assert_eq!(status, 200, "{invitation}");
    let ticket = world.ticket(BOB);
    let mut bob = world.browser();
    assert_eq!(
        param(&follow(&mut bob, &ticket).await, "__clerk_status"),
        "sign_up"
    );
    let form = [
        ("strategy", "ticket"),
        ("ticket", ticket.as_str()),
        ("password", PASSWORD),
    ];
    let reply = bob.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["status"], "complete");
    let user = &reply.client()["sessions"][0]["user"];
    assert_eq!(user["public_metadata"], json!({ "plan": "pro" }));
    assert_eq!(
        user["email_addresses"][0]["verification"]["status"],
        "verified"
    );
    sign_up_with(&mut world.browser(), &ticket)
        .await
        .refused(400, "invitation_already_accepted");
}
