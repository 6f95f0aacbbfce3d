//! Links to us that would lead elsewhere: in every operation that takes an address to lead to.

use std::collections::BTreeSet;

use axum::body::Body;
use bailiwick_idp::settings::EmailProof;
use http::{Request, header};
use serde_json::Value;

use super::routes;
use super::stage::{ADA, BOB, SECOND, Stage, submit};
use crate::conformance::Api;
use crate::frontend::social::world::reload;
use crate::frontend::world::{ORIGIN, Reply};

/// Addresses of others, and what looks like ours.
const EVIL: [&str; 13] = [
    "http://evil.example/",
    "//evil.example/",
    "///evil.example/",
    "\\\\evil.example/",
    "http:evil.example",
    "http://localhost:3000@evil.example/",
    "http://localhost:3000:x@evil.example/",
    "http://localhost:3000.evil.example/",
    "https://localhost:3000/evil.example",
    "http://localhost:3001/evil.example",
    "javascript:alert('evil.example')",
    "data:text/html,evil.example",
    "http://localhost:3000/\r\nLocation: http://evil.example/",
];
const GOOD: &str = "http://localhost:3000/page";

/// An operation that leads somewhere, a request that it takes, and the names of its addresses.
struct Way {
    method: &'static str,
    route: &'static str,
    form: Vec<(&'static str, String)>,
    names: &'static [&'static str],
}

const BOTH: &[&str] = &["redirect_url", "action_complete_redirect_url"];
const ONE: &[&str] = &["redirect_url"];

/// All of them, with each strategy that leads somewhere.
fn ways() -> Vec<Way> {
    let way = |method, route, form: &[(&'static str, &str)], names| Way {
        method,
        route,
        form: form
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect(),
        names,
    };
    let google = ("strategy", "oauth_google");
    let link = ("strategy", "email_link");
    vec![
        way("GET", "/v1/redirect", &[], ONE),
        way("GET", "/v1/client/handshake", &[], ONE),
        way("GET", "/v1/client/touch", &[], ONE),
        way(
            "POST",
            "/v1/me/external_accounts",
            &[("strategy", "oauth_github")],
            BOTH,
        ),
        way(
            "PATCH",
            "/v1/me/external_accounts/{id}/reauthorize",
            &[],
            BOTH,
        ),
        way(
            "POST",
            "/v1/me/email_addresses/{id}/prepare_verification",
            &[link],
            ONE,
        ),
        way(
            "POST",
            "/v1/client/sign_ups/{id}/prepare_verification",
            &[link],
            ONE,
        ),
        way(
            "POST",
            "/v1/client/sign_ups/{id}/prepare_verification",
            &[google],
            BOTH,
        ),
        way(
            "POST",
            "/v1/client/sign_ins/{id}/prepare_first_factor",
            &[link],
            ONE,
        ),
        way(
            "POST",
            "/v1/client/sign_ins/{id}/prepare_first_factor",
            &[google],
            BOTH,
        ),
        way(
            "POST",
            "/v1/client/sign_ins",
            &[link, ("identifier", BOB)],
            ONE,
        ),
        way("POST", "/v1/client/sign_ins", &[google], BOTH),
        way("POST", "/v1/client/sign_ups", &[google], BOTH),
    ]
}

/// What the document lets name an address and this instance reads over, with the reason.
const READ_OVER: &[(&str, &str, &str)] = &[
    (
        "POST",
        "/v1/client/sign_ins/{}/prepare_second_factor",
        "no second factor is a link",
    ),
    (
        "PATCH",
        "/v1/client/sign_ups/{}",
        "no provider is asked in a change",
    ),
    // Of OAuth applications: each has a list of its own, and tests of its own.
    ("GET", "/oauth/authorize", "the application's list decides"),
    ("POST", "/oauth/authorize", "the application's list decides"),
    ("POST", "/oauth/token", "the code knows its address"),
    (
        "POST",
        "/oauth/register",
        "these are the addresses that are allowed",
    ),
    (
        "GET",
        "/v1/me/oauth/consent/{}",
        "the application's list decides",
    ),
];

fn leads(reply: &Reply) -> &str {
    let location = reply.headers.get(header::LOCATION);
    location.map_or("", |value| value.to_str().unwrap())
}

async fn ask(stage: &mut Stage, way: &Way, named: &[(&str, &str)]) -> Reply {
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    pairs.extend_pairs(&way.form).extend_pairs(named);
    let pairs = pairs.finish();
    let path = stage.own(way.route);
    if way.method == "GET" {
        let request = Request::get(format!("/__clerk{path}&{pairs}"));
        return stage.ada.send(request, Body::empty()).await;
    }
    submit(&mut stage.ada, way.method, &path, &pairs).await
}

/// By link, which the setting decides for addresses that are proven.
async fn stage() -> Stage {
    let mut stage = Stage::new().await;
    reload(&stage.world().idp, |settings| {
        settings.identification.email_address.verification = EmailProof::Link;
    })
    .await;
    // An attempt that has an address to prove.
    let sign_up = stage.path("/v1/client/sign_ups/{id}");
    let form = format!("email_address={}", SECOND.replace("second", "third"));
    let reply = submit(&mut stage.ada, "PATCH", &sign_up, &form).await;
    reply.ok();
    stage
}

#[tokio::test]
async fn no_address_of_others_is_taken() {
    let mut stage = stage().await;
    let before = stage.everything().await;
    let mails = stage.world().outbox.all().len();
    for way in ways() {
        for name in way.names {
            for evil in EVIL {
                let named: Vec<_> = way
                    .names
                    .iter()
                    .map(|other| (*other, if other == name { evil } else { GOOD }))
                    .collect();
                let reply = ask(&mut stage, &way, &named).await;
                assert_eq!(reply.status, 422, "{} {evil}: {}", way.route, reply.text);
                reply.refused_param(422, "form_param_format_invalid", name);
                assert_eq!(leads(&reply), "");
            }
        }
    }
    assert_eq!(stage.everything().await, before);
    assert_eq!(stage.world().outbox.all().len(), mails);
    // The same requests with an address of ours are taken.
    for way in ways() {
        let named: Vec<_> = way.names.iter().map(|name| (*name, GOOD)).collect();
        let reply = ask(&mut stage, &way, &named).await;
        let is_taken = reply.status.is_success() || reply.status.is_redirection();
        assert!(is_taken, "{} {}: {}", way.method, way.route, reply.text);
    }
}

/// `{sign_in_id}` and `{id}` alike.
fn plain(path: &str) -> String {
    let part = |part: &str| if part.starts_with('{') { "{}" } else { part }.to_owned();
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[test]
fn every_operation_that_takes_an_address_is_tried() {
    let Some(document) = Api::Frontend.document() else {
        return;
    };
    let known: BTreeSet<(String, String)> = ways()
        .iter()
        .map(|way| (way.method.to_owned(), plain(way.route)))
        .chain(
            READ_OVER
                .iter()
                .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())),
        )
        .collect();
    let mut found = 0;
    for route in routes::all() {
        for method in &route.methods {
            let Some(names) = named(&document.value, method, &plain(&route.path)) else {
                continue;
            };
            if names.iter().any(|name| name.contains("redirect")) {
                let here = (method.clone(), plain(&route.path));
                assert!(known.contains(&here), "{here:?} takes {names:?}");
                found += 1;
            }
        }
    }
    assert!(found >= 15, "{found}");
}

/// What an operation of the document reads: names in the query and in forms.
fn named(document: &Value, method: &str, path: &str) -> Option<Vec<String>> {
    let paths = document["paths"].as_object().unwrap();
    let (_, item) = paths.iter().find(|(own, _)| plain(own) == path)?;
    let operation = item.get(method.to_lowercase())?;
    let resolve = |value: &'_ Value| -> Value {
        match value["$ref"].as_str() {
            Some(to) => document
                .pointer(to.strip_prefix('#').unwrap())
                .unwrap()
                .clone(),
            None => value.clone(),
        }
    };
    let mut names = Vec::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        names.extend(resolve(parameter)["name"].as_str().map(str::to_owned));
    }
    let body = resolve(&operation["requestBody"]);
    for media in body["content"]
        .as_object()
        .into_iter()
        .flat_map(|all| all.values())
    {
        let mut open = vec![resolve(&media["schema"])];
        while let Some(schema) = open.pop() {
            let fields = schema["properties"].as_object();
            names.extend(fields.into_iter().flat_map(|fields| fields.keys().cloned()));
            for kind in ["allOf", "oneOf", "anyOf"] {
                open.extend(schema[kind].as_array().into_iter().flatten().map(resolve));
            }
        }
    }
    Some(names)
}

#[tokio::test]
async fn whatever_is_named_nobody_is_led_away() {
    let mut stage = stage().await;
    let names: Vec<&str> = BOTH
        .iter()
        .chain(&["redirect_uri", "return_url", "next", "url", "to"])
        .copied()
        .collect();
    for (method, route) in routes::walk() {
        let evil = names.iter().map(|name| (*name, EVIL[0]));
        let pairs = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(evil)
            .append_pair("strategy", "oauth_google")
            .append_pair("identifier", ADA)
            .append_pair("client_id", stage.id("consent"))
            .append_pair("response_type", "code")
            .append_pair("consented", "false")
            .finish();
        let path = format!("{}&{pairs}", stage.own(&route));
        let body = if method == "GET" { "" } else { &pairs };
        let reply = submit(&mut stage.ada, &method, &path, body).await;
        let location = leads(&reply);
        let is_ours = location.is_empty()
            || location.starts_with('/') && !location.starts_with("//")
            || location.starts_with(&format!("{ORIGIN}/"));
        assert!(is_ours, "{method} {route} leads to {location}");
    }
    assert!(!stage.everything().await.contains("evil.example"));
    for mail in stage.world().outbox.all() {
        assert!(!mail.text.contains("evil.example") && !mail.html.contains("evil.example"));
    }
}
