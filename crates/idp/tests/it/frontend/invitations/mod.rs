//! Invitations to organizations: sent, accepted in each way, revoked; and what attackers try.

mod accepted;
mod attacks;
mod managed;

use serde_json::Value;
use url::Url;

use super::world::{Browser, ORIGIN, Reply, World};

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
