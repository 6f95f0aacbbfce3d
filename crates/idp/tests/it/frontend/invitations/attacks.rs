//! Who may not invite, whom an invitation is not for, and what no link does.

use http::Method;
use serde_json::json;

use super::{ADA, BOB, EVE, follow, invite, invited, param, sign_in_with, sign_up_with};
use crate::frontend::world::{ORIGIN, PASSWORD, World};

#[tokio::test]
async fn only_who_manages_members_invites_and_nobody_gives_what_they_lack() {
    let world = World::with(|config| {
        let roles = &mut config.settings.organizations.roles;
        roles.push(bailiwick_idp::settings::organizations::Role {
            key: "org:recruiter".to_owned(),
            name: "Recruiter".to_owned(),
            description: String::new(),
            permissions: vec![
                "org:sys_memberships:read".to_owned(),
                "org:sys_memberships:manage".to_owned(),
                "org:sys_billing:read".to_owned(),
            ],
        });
    })
    .await;
    let (mut ada, organization, ticket) = invited(&world).await;
    let mut bob = world.browser();
    let reply = sign_up_with(&mut bob, &ticket).await;
    let path = format!("/v1/client/sign_ups/{}", reply.ok()["id"].as_str().unwrap());
    bob.call("PATCH", &path, &[("password", PASSWORD)])
        .await
        .ok();
    invite(&mut bob, &organization, EVE, "org:admin")
        .await
        .refused(403, "missing_organization_permission");
    let list = bob
        .own(&format!("/v1/organizations/{organization}/invitations"))
        .await;
    bob.get(&list)
        .await
        .refused(403, "missing_organization_permission");

    let bob_id = bob.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let member = format!("/v1/organizations/{organization}/memberships/{bob_id}");
    let promote = ada.own(&member).await;
    ada.call("PATCH", &promote, &[("role", "org:recruiter")])
        .await
        .ok();
    // Now Bob may invite, but neither make an admin nor become one.
    invite(&mut bob, &organization, EVE, "org:admin")
        .await
        .refused_param(403, "missing_organization_permission", "role");
    let own = bob.own(&member).await;
    bob.call("PATCH", &own, &[("role", "org:admin")])
        .await
        .refused_param(403, "missing_organization_permission", "role");
    invite(&mut bob, &organization, EVE, "org:member")
        .await
        .ok();

    // Strangers learn nothing.
    let mut eve = world.signed_up(EVE).await;
    invite(&mut eve, &organization, "x@x.example", "org:member")
        .await
        .refused(404, "resource_not_found");
    let own = eve.create_organization("Evil").await;
    let list = ada
        .own(&format!("/v1/organizations/{organization}/invitations"))
        .await;
    let foreign = ada.get(&list).await.ok()["data"][0]["id"].clone();
    let foreign = format!(
        "/v1/organizations/{own}/invitations/{}/revoke",
        foreign.as_str().unwrap()
    );
    let foreign = eve.own(&foreign).await;
    eve.post(&foreign, &[])
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn an_invitation_is_accepted_by_its_address_alone() {
    let world = World::new().await;
    let (mut ada, organization, ticket) = invited(&world).await;
    let list = ada
        .own(&format!("/v1/organizations/{organization}/invitations"))
        .await;
    let id = ada.get(&list).await.ok()["data"][0]["id"].clone();
    let mut eve = world.signed_up(EVE).await;
    let accept = format!(
        "/v1/me/organization_invitations/{}/accept",
        id.as_str().unwrap()
    );
    let accept = eve.own(&accept).await;
    eve.post(&accept, &[])
        .await
        .refused(404, "resource_not_found");
    let own = eve.own("/v1/me/organization_invitations").await;
    assert_eq!(eve.get(&own).await.ok()["total_count"], 0);
    // The link in Eve's browser does not make Eve a member.
    let target = follow(&mut eve, &ticket).await;
    assert_eq!(param(&target, "__clerk_status"), "sign_up");
    // Nor does a sign-up that goes on with another address.
    let mut mallory = world.browser();
    let attempt = sign_up_with(&mut mallory, &ticket).await;
    let path = format!(
        "/v1/client/sign_ups/{}",
        attempt.ok()["id"].as_str().unwrap()
    );
    let other = "mallory@evil.example";
    let reply = mallory
        .call(
            "PATCH",
            &path,
            &[("email_address", other), ("password", PASSWORD)],
        )
        .await;
    assert_eq!(reply.ok()["unverified_fields"], json!(["email_address"]));
    let prepare = format!("{path}/prepare_verification");
    mallory
        .post(&prepare, &[("strategy", "email_code")])
        .await
        .ok();
    let id = attempt.ok()["id"].as_str().unwrap();
    let reply = mallory.attempt_sign_up(id, &world.code(other)).await;
    assert_eq!(reply.ok()["status"], "complete");
    let user = &reply.client()["sessions"][0]["user"];
    assert_eq!(user["organization_memberships"], json!([]));
}

#[tokio::test]
async fn a_ticket_that_we_did_not_make_opens_nothing() {
    let world = World::new().await;
    let (mut ada, _, ticket) = invited(&world).await;
    let parts: Vec<&str> = ticket.split('.').collect();
    let encode = |text: &str| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
    };
    let session = ada.session().await["last_active_token"]["jwt"]
        .as_str()
        .unwrap()
        .to_owned();
    let other = World::new().await;
    let (_, _, foreign) = invited(&other).await;
    let mut flipped = parts[2].to_owned();
    let first = if flipped.starts_with('A') { "B" } else { "A" };
    flipped.replace_range(..1, first);
    for forged in [
        format!(
            "{}.{}.",
            encode(r#"{"alg":"none","cat":"cl_I7d4PD111III","typ":"JWT"}"#),
            parts[1]
        ),
        format!(
            "{}.{}.{}",
            encode(r#"{"alg":"HS256","cat":"cl_I7d4PD111III"}"#),
            parts[1],
            parts[2]
        ),
        format!("{}.{}.{flipped}", parts[0], parts[1]),
        format!(
            "{}.{}.{}",
            parts[0],
            encode(r#"{"exp":99999999999}"#),
            parts[2]
        ),
        format!("{}.{}", parts[0], parts[1]),
        "nonsense".to_owned(),
        "x".repeat(9000),
        session,
        foreign,
    ] {
        let mut browser = world.browser();
        let why = forged.chars().take(60).collect::<String>();
        for reply in [
            sign_up_with(&mut browser, &forged).await,
            sign_in_with(&mut browser, &forged).await,
            browser
                .get(&format!("/v1/tickets/accept?ticket={forged}"))
                .await,
        ] {
            assert_eq!(
                reply.body["errors"][0]["code"], "ticket_invalid_code",
                "{why}"
            );
        }
    }
}

#[tokio::test]
async fn the_link_leads_to_the_application_alone() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind\u{202e}").await;
    let path = format!("/organizations/{id}/invitations");
    for bad in [
        "https://evil.example/",
        "//evil.example",
        "javascript:alert(1)",
        "http://localhost:3000@evil.example/",
    ] {
        let body = json!({ "email_address": BOB, "role": "org:member", "redirect_url": bad });
        let (status, body) = world.server(Method::POST, &path, body).await;
        assert_eq!(
            (status.as_u16(), &body["errors"][0]["meta"]["param_name"]),
            (422, &json!("redirect_url")),
            "{bad}"
        );
    }
    let body = json!({
        "email_address": BOB, "role": "org:member",
        "redirect_url": format!("{ORIGIN}/welcome?a=b#/deep"),
    });
    let (status, body) = world.server(Method::POST, &path, body).await;
    assert_eq!(status, 200, "{body}");
    let target = follow(&mut world.browser(), &world.ticket(BOB)).await;
    assert_eq!(
        (target.path(), target.fragment()),
        ("/welcome", Some("/deep"))
    );
    assert_eq!(
        (param(&target, "a"), param(&target, "__clerk_status")),
        ("b".to_owned(), "sign_up".to_owned())
    );
    // A line break in a name never reaches a mail.
    let create = ada.own("/v1/organizations").await;
    ada.post(&create, &[("name", "A\r\nBcc: eve@evil.example")])
        .await
        .refused_param(422, "form_param_format_invalid", "name");
}
