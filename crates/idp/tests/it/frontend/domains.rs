//! Domains of organizations: claimed, verified, and whom they bring.

use http::Method;
use serde_json::{Value, json};

use super::world::{Browser, Reply, World};

const ADA: &str = "ada@northwind.example";
const BOB: &str = "bob@northwind.example";
const EVE: &str = "eve@evil.example";

async fn claim(browser: &mut Browser, organization: &str, name: &str) -> Reply {
    let path = format!("/v1/organizations/{organization}/domains");
    let path = browser.own(&path).await;
    browser.post(&path, &[("name", name)]).await
}

/// A POST under a domain of an organization.
async fn act(browser: &mut Browser, own: &str, verb: &str, form: &[(&str, &str)]) -> Reply {
    let path = browser.own(&format!("{own}/{verb}")).await;
    browser.post(&path, form).await
}

/// Ada's browser, her organization, and the path of its domain northwind.example, verified.
async fn verified(world: &World) -> (Browser, String, String) {
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    let domain = claim(&mut ada, &id, "Northwind.Example").await.ok().clone();
    assert_eq!(
        (&domain["name"], &domain["verification"]),
        (&json!("northwind.example"), &json!(null))
    );
    let own = format!(
        "/v1/organizations/{id}/domains/{}",
        domain["id"].as_str().unwrap()
    );
    let form = [("affiliation_email_address", ADA)];
    let reply = act(&mut ada, &own, "prepare_affiliation_verification", &form).await;
    assert_eq!(reply.ok()["verification"]["status"], "unverified");
    let verb = "attempt_affiliation_verification";
    let wrong = world.wrong_code(ADA);
    act(&mut ada, &own, verb, &[("code", &wrong)])
        .await
        .refused_param(422, "form_code_incorrect", "code");
    let code = world.code(ADA);
    let reply = act(&mut ada, &own, verb, &[("code", &code)]).await;
    assert_eq!(reply.ok()["verification"]["status"], "verified");
    assert_eq!(reply.ok()["enrollment_mode"], "manual_invitation");
    (ada, id, own)
}

async fn list(browser: &mut Browser, path: &str) -> Value {
    let path = browser.own(path).await;
    browser.get(&path).await.ok().clone()
}

#[tokio::test]
async fn an_automatic_invitation_waits_in_the_list_of_whoever_has_an_address_there() {
    let world = World::new().await;
    let mut bob = world.signed_up(BOB).await;
    let mut eve = world.signed_up(EVE).await;
    let (mut ada, id, own) = verified(&world).await;
    let form = [("enrollment_mode", "automatic_invitation")];
    let reply = act(&mut ada, &own, "update_enrollment_mode", &form).await;
    assert_eq!(reply.ok()["total_pending_invitations"], 1);
    let mine = list(&mut bob, "/v1/me/organization_invitations?status=pending").await;
    assert_eq!(mine["total_count"], 1);
    assert_eq!(
        list(&mut eve, "/v1/me/organization_invitations").await["total_count"],
        0
    );
    // Whoever comes later is invited too, once.
    let mut cleo = world.signed_up("cleo@northwind.example").await;
    for _ in 0..2 {
        let mine = list(&mut cleo, "/v1/me/organization_invitations?status=pending").await;
        assert_eq!(mine["total_count"], 1);
    }
    let invitation = mine["data"][0]["id"].as_str().unwrap();
    let accept = bob
        .own(&format!(
            "/v1/me/organization_invitations/{invitation}/accept"
        ))
        .await;
    bob.post(&accept, &[]).await.ok();
    let session = bob.session().await;
    assert_eq!(
        session["user"]["organization_memberships"][0]["role"],
        "org:member"
    );
    // Nobody was sent a mail, and nobody can present a ticket.
    assert!(
        world
            .mails(BOB)
            .iter()
            .all(|mail| !mail.text.contains("ticket="))
    );

    let form = [
        ("enrollment_mode", "manual_invitation"),
        ("delete_pending", "true"),
    ];
    let reply = act(&mut ada, &own, "update_enrollment_mode", &form).await;
    assert_eq!(reply.ok()["total_pending_invitations"], 0);
    let mine = list(&mut cleo, "/v1/me/organization_invitations?status=pending").await;
    assert_eq!(mine["total_count"], 0);
    let path =
        format!("/v1/organizations/{id}/domains?verified=true&enrollment_mode=manual_invitation");
    assert_eq!(list(&mut ada, &path).await["total_count"], 1);
    assert_eq!(list(&mut ada, &own).await["name"], "northwind.example");
    let path = ada.own(&own).await;
    assert_eq!(ada.call("DELETE", &path, &[]).await.ok()["deleted"], true);
    let said = world.said_types().await;
    for event in [
        "organizationDomain.created",
        "organizationDomain.updated",
        "organizationDomain.deleted",
    ] {
        assert!(said.iter().any(|said| said == event), "{event}");
    }
}

#[tokio::test]
async fn a_suggestion_becomes_a_request_that_somebody_decides() {
    let world = World::new().await;
    let (mut ada, id, own) = verified(&world).await;
    let form = [("enrollment_mode", "automatic_suggestion")];
    act(&mut ada, &own, "update_enrollment_mode", &form)
        .await
        .ok();
    let mut bob = world.signed_up(BOB).await;
    let mut cleo = world.signed_up("cleo@northwind.example").await;
    let mut requests = Vec::new();
    for browser in [&mut bob, &mut cleo] {
        let mine = list(
            browser,
            "/v1/me/organization_suggestions?status=pending&status=accepted",
        )
        .await;
        assert_eq!(mine["total_count"], 1);
        assert_eq!(
            mine["data"][0]["public_organization_data"]["id"],
            id.as_str()
        );
        let path = format!(
            "/v1/me/organization_suggestions/{}/accept",
            mine["data"][0]["id"].as_str().unwrap()
        );
        let path = browser.own(&path).await;
        assert_eq!(browser.post(&path, &[]).await.ok()["status"], "accepted");
        browser
            .post(&path, &[])
            .await
            .refused(400, "organization_suggestion_already_accepted");
        requests.push(path);
    }
    // Somebody else's suggestion is nobody's.
    let foreign = requests[0].split('?').next().unwrap().to_owned();
    let foreign = cleo.own(&foreign).await;
    cleo.post(&foreign, &[])
        .await
        .refused(404, "resource_not_found");

    let path = format!("/v1/organizations/{id}/membership_requests");
    let waiting = list(&mut ada, &path).await;
    assert_eq!(waiting["total_count"], 2);
    let of = |address: &str| {
        let rows = waiting["data"].as_array().unwrap();
        let row = rows
            .iter()
            .find(|row| row["public_user_data"]["identifier"] == address);
        format!("{path}/{}", row.unwrap()["id"].as_str().unwrap())
    };
    let (yes, no) = (of(BOB), of("cleo@northwind.example"));
    assert_eq!(
        act(&mut ada, &yes, "accept", &[]).await.ok()["status"],
        "accepted"
    );
    assert_eq!(
        act(&mut ada, &no, "reject", &[]).await.ok()["status"],
        "rejected"
    );
    act(&mut ada, &no, "accept", &[])
        .await
        .refused(400, "organization_membership_request_not_pending");
    assert_eq!(list(&mut ada, &path).await["total_count"], 0);
    let session = bob.session().await;
    assert_eq!(
        session["user"]["organization_memberships"][0]["role"],
        "org:member"
    );
    assert_eq!(
        cleo.session().await["user"]["organization_memberships"],
        json!([])
    );
    // Members decide about nothing.
    let own = bob.own(&path).await;
    bob.get(&own)
        .await
        .refused(403, "missing_organization_permission");
}

#[tokio::test]
async fn a_domain_belongs_to_who_proves_it_first() {
    let world = World::new().await;
    let (_, id, own) = verified(&world).await;
    let mut eve = world.signed_up(EVE).await;
    let evil = eve.create_organization("Evil").await;
    // A claim alone is nobody's loss, and enrols nobody.
    let claimed = claim(&mut eve, &evil, "northwind.example")
        .await
        .ok()
        .clone();
    let hers = format!(
        "/v1/organizations/{evil}/domains/{}",
        claimed["id"].as_str().unwrap()
    );
    let form = [("enrollment_mode", "automatic_invitation")];
    act(&mut eve, &hers, "update_enrollment_mode", &form)
        .await
        .refused_param(422, "organization_domain_not_verified", "enrollment_mode");
    // The code goes to the domain, and nowhere else.
    for elsewhere in [
        EVE,
        "x@sub.northwind.example",
        "x@northwind.example.evil.example",
    ] {
        let form = [("affiliation_email_address", elsewhere)];
        act(&mut eve, &hers, "prepare_affiliation_verification", &form)
            .await
            .refused_param(
                422,
                "organization_domain_mismatch",
                "affiliation_email_address",
            );
    }
    act(
        &mut eve,
        &hers,
        "attempt_affiliation_verification",
        &[("code", "000000")],
    )
    .await
    .refused(400, "verification_missing");
    // Nor does a server verify it twice.
    let path = format!(
        "/organizations/{evil}/domains/{}",
        claimed["id"].as_str().unwrap()
    );
    let (status, body) = world
        .server(Method::PATCH, &path, json!({ "verified": true }))
        .await;
    assert_eq!(
        (status.as_u16(), &body["errors"][0]["code"]),
        (400, &json!("organization_domain_already_exists"))
    );
    // Somebody of the domain who helps her comes too late as well.
    let form = [("affiliation_email_address", BOB)];
    act(&mut eve, &hers, "prepare_affiliation_verification", &form)
        .await
        .ok();
    let code = world.code(BOB);
    act(
        &mut eve,
        &hers,
        "attempt_affiliation_verification",
        &[("code", &code)],
    )
    .await
    .refused(400, "organization_domain_already_exists");
    // The other organization's domain is not there for her.
    for verb in [
        "prepare_affiliation_verification",
        "attempt_affiliation_verification",
        "update_enrollment_mode",
    ] {
        let form = [
            ("affiliation_email_address", BOB),
            ("code", "1"),
            ("enrollment_mode", "manual_invitation"),
        ];
        act(&mut eve, &own, verb, &form)
            .await
            .refused(404, "resource_not_found");
        let crossed = own.replace(&id, &evil);
        act(&mut eve, &crossed, verb, &form)
            .await
            .refused(404, "resource_not_found");
    }
    let gone = eve.own(&own.replace(&id, &evil)).await;
    eve.call("DELETE", &gone, &[])
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn common_domains_and_nonsense_are_refused_one_by_one() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let id = ada.create_organization("Northwind").await;
    claim(&mut ada, &id, "gmail.com").await.refused_param(
        422,
        "organization_domain_common",
        "name",
    );
    claim(&mut ada, &id, "no domain")
        .await
        .refused_param(422, "form_param_format_invalid", "name");
    claim(&mut ada, &id, "northwind.example").await.ok();
    claim(&mut ada, &id, "northwind.example")
        .await
        .refused(400, "organization_domain_already_exists");
    let path = ada
        .own(&format!("/v1/organizations/{id}/domains/bulk"))
        .await;
    let form = [
        ("names", "a.example"),
        ("names", "northwind.example"),
        ("names", "gmail.com"),
        ("names", "a.example"),
    ];
    let reply = ada.post(&path, &form).await;
    assert_eq!(reply.ok()["data"].as_array().unwrap().len(), 1);
    assert_eq!(reply.ok()["errors"].as_array().unwrap().len(), 2);
    let environment = ada.get("/v1/environment").await.body;
    assert_eq!(
        environment["organization_settings"]["domains"]["enabled"],
        true
    );
}
