//! Invitations to organizations: sent, accepted in each way, revoked; and what attackers try.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use super::world::{Browser, ORIGIN, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";
const BOB: &str = "bob@northwind.example";
const EVE: &str = "eve@evil.example";

/// Invites by form; the answer.
async fn invite(browser: &mut Browser, organization: &str, address: &str, role: &str) -> Reply {
    let path = format!("/v1/organizations/{organization}/invitations");
    let path = browser.own(&path).await;
    browser
        .post(&path, &[("email_address", address), ("role", role)])
        .await
}

/// Ada's browser, her organization, and the ticket that Bob got by mail.
async fn invited(world: &World) -> (Browser, String, String) {
    let mut ada = world.signed_up(ADA).await;
    let organization = ada.create_organization("Northwind").await;
    let reply = invite(&mut ada, &organization, BOB, "org:member").await;
    assert_eq!(reply.ok()["status"], "pending");
    assert_eq!(reply.ok()["url"], Value::Null);
    let ticket = world.ticket(BOB);
    (ada, organization, ticket)
}

async fn follow(browser: &mut Browser, ticket: &str) -> Url {
    let reply = browser
        .get(&format!("/v1/tickets/accept?ticket={ticket}"))
        .await;
    assert!(reply.status.is_redirection(), "{}", reply.body);
    let target: Url = reply.headers["location"].to_str().unwrap().parse().unwrap();
    assert_eq!(target.origin().ascii_serialization(), ORIGIN);
    target
}

fn param(url: &Url, name: &str) -> String {
    let mut pairs = url.query_pairs();
    pairs.find(|(key, _)| key == name).unwrap().1.into_owned()
}

async fn sign_up_with(browser: &mut Browser, ticket: &str) -> Reply {
    let form = [("strategy", "ticket"), ("ticket", ticket)];
    browser.post("/v1/client/sign_ups", &form).await
}

async fn sign_in_with(browser: &mut Browser, ticket: &str) -> Reply {
    let form = [("strategy", "ticket"), ("ticket", ticket)];
    browser.post("/v1/client/sign_ins", &form).await
}

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
