//! Webhook endpoints: the list, and how a new one is made.

pub(super) mod endpoint;
mod form;
pub(super) mod message;

use axum::body::Bytes;
use axum::response::Response;
use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{Query, badge, head, time};
use super::{State, back};
use crate::error::Result;
use crate::store;
use crate::webhooks::history::{self, Tally};
use crate::webhooks::manage::{self, Endpoint, EndpointInput};

/// `GET /console/webhooks`. For whoever is inside.
pub(super) async fn list(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let mut rows: Vec<(Endpoint, Tally)> = Vec::new();
    for endpoint in manage::list(&mut tx).await? {
        let tally = history::tally(&mut tx, &endpoint.id).await?;
        rows.push((endpoint, tally));
    }
    tx.commit().await?;
    let body = html! {
        (query.notice())
        (head("Webhook endpoints", "Who is told of changes, signed as by Svix.", html! {}))
        div.stack {
            section.card {
                @if rows.is_empty() { p.empty { b { "Nobody is told" } "Add an endpoint below." } }
                @else {
                    div.scroll {
                        table {
                            thead { tr { th { "Endpoint" } th { "Events" } th { "Deliveries" } th { "Since" } th { "State" } } }
                            tbody {
                                @for (endpoint, tally) in &rows {
                                    tr {
                                        td {
                                            a href={ "/console/webhooks/" (endpoint.id) } { (endpoint.url) }
                                            small { (about(endpoint)) }
                                        }
                                        td { (events(endpoint)) }
                                        td { (counts(tally)) }
                                        td { (time(endpoint.created_at, now)) }
                                        td { (self::state(endpoint)) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
            section.card {
                header { h2 { "Add an endpoint" } }
                div.body { (form::endpoint("/console/webhooks", &EndpointInput::default(), "Add endpoint")) }
            }
        }
    };
    Ok(layout::page(
        &state,
        Place::Webhooks,
        "Webhook endpoints",
        body,
    ))
}

/// `POST /console/webhooks`: makes an endpoint. 422 where it cannot be one.
pub(super) async fn create(state: State, body: Bytes) -> Result<Response> {
    let input = form::read(&body);
    let reach = state.idp.settings().operation.webhook_reach;
    let mut tx = state.begin().await?;
    let made = manage::create(&mut tx, state.idp.env(), reach, &input).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/webhooks/{}", made.id), "created"))
}

/// Where an endpoint comes from, or what it says of itself.
fn about(endpoint: &Endpoint) -> &str {
    match &endpoint.key {
        Some(_) => "follows the configuration",
        None => &endpoint.description,
    }
}

fn events(endpoint: &Endpoint) -> Markup {
    html! {
        @match endpoint.events.as_slice() {
            [] => span.muted { "all" },
            [one] => (one),
            [first, rest @ ..] => { (first) small { "and " (rest.len()) " more" } },
        }
    }
}

/// Whether an endpoint is in service.
pub(super) fn state(endpoint: &Endpoint) -> Markup {
    match endpoint.disabled_reason.as_deref() {
        Some("manual") => badge("", "Out of service"),
        Some("unconfigured") => badge("", "No longer configured"),
        Some("gone") => badge("bad", "Said to be gone"),
        Some(_) => badge("bad", "Given up"),
        None if endpoint.failing_since.is_some() => badge("warn", "Failing"),
        None => badge("good", "In service"),
    }
}

fn counts(tally: &Tally) -> Markup {
    html! {
        span.nowrap {
            (badge("good", &format!("{} delivered", tally.delivered)))
            @if tally.pending > 0 { " " (badge("accent", &format!("{} due", tally.pending))) }
            @if tally.held > 0 { " " (badge("warn", &format!("{} held", tally.held))) }
            @if tally.exhausted > 0 { " " (badge("bad", &format!("{} given up", tally.exhausted))) }
        }
    }
}

/// How far a delivery got.
fn delivery_state(state: &str) -> Markup {
    match state {
        "delivered" => badge("good", "Delivered"),
        "pending" => badge("accent", "Due"),
        "held" => badge("warn", "Held"),
        _ => badge("bad", "Given up"),
    }
}
