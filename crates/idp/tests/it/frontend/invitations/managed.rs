//! Many at once, revoked, ended, and bounded by the organization.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::{ADA, BOB, EVE, invite, invited, sign_up_with};
use crate::frontend::world::{PASSWORD, World};

#[tokio::test]
async fn bulk_invites_all_or_none_and_pending_ones_are_listed_and_revoked() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let bulk = ada
        .own(&format!("/v1/organizations/{id}/invitations/bulk"))
        .await;
    let form = |addresses: &[&'static str]| {
        let mut form: Vec<(&str, &str)> =
            addresses.iter().map(|to| ("email_address", *to)).collect();
        form.push(("role", "org:member"));
        form
    };
    let reply = ada.post(&bulk, &form(&[BOB, EVE])).await;
    assert_eq!(reply.ok().as_array().unwrap().len(), 2);
    let meta = ada
        .post(&bulk, &form(&["new@x.example", "BOB@northwind.example"]))
        .await;
    assert_eq!(
        meta.refused(400, "duplicate_record")["email_addresses"],
        json!(["BOB@northwind.example"])
    );
    assert!(world.mails("new@x.example").is_empty());
    let twice = ["new@x.example", "NEW@x.example"];
    ada.post(&bulk, &form(&twice))
        .await
        .refused(400, "duplicate_record");
    ada.post(&bulk, &form(&[ADA]))
        .await
        .refused(400, "already_a_member_in_organization");
    ada.post(&bulk, &form(&["no address"])).await.refused_param(
        422,
        "form_param_format_invalid",
        "email_address",
    );
    ada.post(&bulk, &[("email_address", BOB), ("role", "org:emperor")])
        .await
        .refused_param(404, "resource_not_found", "role");

    let pending = ada
        .own(&format!("/v1/organizations/{id}/invitations/pending"))
        .await;
    let list = ada.get(&pending).await.ok().clone();
    assert_eq!(list["total_count"], 2);
    let of = |address: &str| {
        let rows = list["data"].as_array().unwrap();
        let row = rows.iter().find(|row| row["email_address"] == address);
        row.unwrap()["id"].as_str().unwrap().to_owned()
    };
    let ticket = world.ticket(EVE);
    let revoke = format!("/v1/organizations/{id}/invitations/{}/revoke", of(EVE));
    let revoke = ada.own(&revoke).await;
    assert_eq!(ada.post(&revoke, &[]).await.ok()["status"], "revoked");
    ada.post(&revoke, &[])
        .await
        .refused(400, "organization_invitation_not_pending");
    sign_up_with(&mut world.browser(), &ticket)
        .await
        .refused(400, "revoked_invitation");
    assert_eq!(ada.get(&pending).await.ok()["total_count"], 1);
    // What was revoked can be sent anew.
    invite(&mut ada, &id, EVE, "org:member").await.ok();
}

#[tokio::test]
async fn an_invitation_ends_in_time_and_the_address_can_be_invited_anew() {
    let world = World::new().await;
    let (mut ada, organization, ticket) = invited(&world).await;
    let mut bob = world.browser();
    let attempt = sign_up_with(&mut bob, &ticket).await.ok()["id"].clone();
    world.time.advance(SignedDuration::from_hours(23));
    // The sign-up is still open when the invitation is revoked: nothing comes of it.
    let list = format!("/v1/organizations/{organization}/invitations");
    let list = ada.own(&list).await;
    let id = ada.get(&list).await.ok()["data"][0]["id"].clone();
    let revoke = format!(
        "/v1/organizations/{organization}/invitations/{}/revoke",
        id.as_str().unwrap()
    );
    let revoke = ada.own(&revoke).await;
    ada.post(&revoke, &[]).await.ok();
    let path = format!("/v1/client/sign_ups/{}", attempt.as_str().unwrap());
    bob.call("PATCH", &path, &[("password", PASSWORD)])
        .await
        .refused(400, "revoked_invitation");

    invite(&mut ada, &organization, BOB, "org:member")
        .await
        .ok();
    let ticket = world.ticket(BOB);
    world.time.advance(SignedDuration::from_hours(24 * 30));
    sign_up_with(&mut bob, &ticket)
        .await
        .refused(400, "ticket_expired_code");
    let mut ada = world.browser();
    ada.sign_in(ADA).await.ok();
    let expired = format!("/v1/organizations/{organization}/invitations?status=expired");
    let expired = ada.own(&expired).await;
    assert_eq!(ada.get(&expired).await.ok()["total_count"], 1);
    invite(&mut ada, &organization, BOB, "org:member")
        .await
        .ok();
}

#[tokio::test]
async fn a_full_organization_invites_and_takes_nobody() {
    let world =
        World::with(|config| config.settings.organizations.max_allowed_memberships = 2).await;
    let (mut ada, organization, ticket) = invited(&world).await;
    invite(&mut ada, &organization, EVE, "org:member")
        .await
        .refused(403, "organization_membership_quota_exceeded");
    // The bound is lowered while Bob's invitation waits.
    let path = format!("/organizations/{organization}");
    let body = json!({ "max_allowed_memberships": 1 });
    let (status, _) = world.server(Method::PATCH, &path, body).await;
    assert_eq!(status, 200);
    let mut bob = world.browser();
    let attempt = sign_up_with(&mut bob, &ticket).await;
    let path = format!(
        "/v1/client/sign_ups/{}",
        attempt.ok()["id"].as_str().unwrap()
    );
    bob.call("PATCH", &path, &[("password", PASSWORD)])
        .await
        .refused(403, "organization_membership_quota_exceeded");
}
