//! One endpoint.

use axum::Form;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::Response;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;

use super::super::layout::{self, Place};
use super::super::view::{Query, ROWS, action, time};
use super::super::{State, back};
use super::{about, counts, delivery_state, form, state as standing};
use crate::error::{Refusal, Result};
use crate::store;
use crate::webhooks::history::{self, Delivery};
use crate::webhooks::manage::{self, Endpoint, EndpointInput};
use crate::webhooks::{Replay, replay_since};

/// The longest time back, in hours: messages are kept for 30 days.
const HOURS_MAX: u32 = 30 * 24;

/// `GET /console/webhooks/{id}`. For whoever is inside; 404 where there is none. The secret is not
/// on the page.
pub(in super::super) async fn page(
    state: State,
    Path(id): Path<String>,
    query: Query,
) -> Result<Markup> {
    render(&state, &id, &query, None).await
}

/// `POST …/secret`: the page with the secret on it. 404 where there is no such endpoint.
pub(in super::super) async fn reveal(state: State, Path(id): Path<String>) -> Result<Markup> {
    let mut tx = state.begin().await?;
    let secret = manage::secret(&mut tx, &id).await?;
    tx.commit().await?;
    render(&state, &id, &Query::default(), Some(secret.expose())).await
}

/// `POST …/rotate`: a new secret beside the old one. 409 where the configuration says it.
pub(in super::super) async fn rotate(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    manage::rotate(&mut tx, state.idp.env(), &id).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/webhooks/{id}"), "rotated"))
}

/// `POST …/{id}`: changes the endpoint. 409 where the configuration says it.
pub(in super::super) async fn change(
    state: State,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response> {
    let reach = state.idp.settings().operation.webhook_reach;
    let mut tx = state.begin().await?;
    manage::change(&mut tx, state.idp.env(), reach, &id, &form::read(&body)).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/webhooks/{id}"), "saved"))
}

/// `POST …/enable`.
pub(in super::super) async fn enable(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    manage::enable(&mut tx, state.idp.env(), &id).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/webhooks/{id}"), "enabled"))
}

/// `POST …/disable`.
pub(in super::super) async fn disable(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    manage::disable(&mut tx, state.idp.env(), &id).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/webhooks/{id}"), "disabled"))
}

/// `POST …/delete`. 409 where the configuration says it.
pub(in super::super) async fn delete(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    manage::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(back("/console/webhooks", "deleted"))
}

/// What the form sends.
#[derive(Deserialize)]
pub(in super::super) struct Since {
    hours: u32,
    which: String,
}

/// `POST …/replay`: sends again what was said in the last hours.
pub(in super::super) async fn replay(
    state: State,
    Path(id): Path<String>,
    Form(since): Form<Since>,
) -> Result<Response> {
    let which = Replay::parse(&since.which)
        .ok_or_else(|| Refusal::format("which", "which must be failed, missing or all."))?;
    let back_by = SignedDuration::from_hours(since.hours.min(HOURS_MAX).into());
    let from = state
        .idp
        .env()
        .now()
        .saturating_sub(back_by)
        .unwrap_or(Timestamp::MIN);
    let mut tx = state.begin().await?;
    let moved = replay_since(&mut tx, state.idp.env(), &id, from, which).await?;
    tx.commit().await?;
    let done = if moved == 0 { "nothing" } else { "replayed" };
    Ok(back(&format!("/console/webhooks/{id}"), done))
}

async fn render(state: &State, id: &str, query: &Query, secret: Option<&str>) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let endpoint = manage::get(&mut tx, id).await?;
    let tally = history::tally(&mut tx, id).await?;
    let deliveries = history::deliveries(&mut tx, id, &query.filter, query.page()).await?;
    tx.commit().await?;
    let path = format!("/console/webhooks/{id}");
    let body = html! {
        (query.notice())
        p.crumbs { a href="/console/webhooks" { "Webhook endpoints" } " / " span.mono { (endpoint.id) } }
        div.head {
            div { h1 { (endpoint.url) } p { (standing(&endpoint)) " " (about(&endpoint)) } }
            div.actions {
                @if endpoint.disabled_at.is_some() { (action(&format!("{path}/enable"), "Put into service", "primary")) }
                @else { (action(&format!("{path}/disable"), "Take out of service", "")) }
            }
        }
        @if let Some(since) = endpoint.failing_since {
            p.alert { "Every attempt has failed since " (time(since, now)) "." }
        }
        div.columns {
            section.card {
                header { h2 { "Deliveries" } (tabs(&path, query)) }
                (table(&deliveries, now))
                (query.pages(&path, deliveries.len()))
            }
            div.stack {
                section.card {
                    header { h2 { "Stands" } }
                    div.body { p { (counts(&tally)) } }
                }
                (secret_card(&path, &endpoint, secret))
                (replay_card(&path))
                @if endpoint.key.is_none() { (edit_card(&path, &endpoint)) }
            }
        }
    };
    Ok(layout::page(state, Place::Webhooks, &endpoint.url, body))
}

fn tabs(path: &str, query: &Query) -> Markup {
    let states = [
        ("", "All"),
        ("pending", "Due"),
        ("held", "Held"),
        ("delivered", "Delivered"),
        ("exhausted", "Given up"),
    ];
    html! {
        nav.tabs aria-label="Which deliveries" {
            @for (state, text) in states {
                a href={ (path) "?filter=" (state) } aria-current=[(query.filter == state).then_some("true")] { (text) }
            }
        }
    }
}

fn table(deliveries: &[Delivery], now: Timestamp) -> Markup {
    html! {
        @if deliveries.is_empty() { p.empty { b { "Nothing here" } "Deliveries appear as things happen." } }
        @else {
            div.scroll {
                table {
                    thead { tr { th { "Event" } th { "State" } th { "Attempts" } th { "Said" } } }
                    tbody {
                        @for delivery in deliveries.iter().take(ROWS as usize) {
                            tr {
                                td {
                                    a href={ "/console/messages/" (delivery.message_id) } { (delivery.event_type) }
                                    small.mono { (delivery.message_id) }
                                }
                                td {
                                    (delivery_state(&delivery.state))
                                    @if let Some(at) = delivery.due_at.filter(|_| delivery.attempts > 0) {
                                        small { "again " (time(at, now)) }
                                    }
                                }
                                td { (delivery.attempts) }
                                td { (time(delivery.created_at, now)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn secret_card(path: &str, endpoint: &Endpoint, secret: Option<&str>) -> Markup {
    html! {
        section.card {
            header { h2 { "Signing secret" } }
            div.body {
                @match secret {
                    Some(secret) => code.secret { (secret) },
                    None => code.secret { "whsec_" "••••••••••••••••" },
                }
                div.actions {
                    @if secret.is_none() { (action(&format!("{path}/secret"), "Reveal", "")) }
                    @if endpoint.key.is_none() { (action(&format!("{path}/rotate"), "Rotate", "")) }
                }
                p.hint {
                    @if endpoint.key.is_some() { "This endpoint follows the configuration. Its secret is changed there." }
                    @else { "After a rotation both secrets sign for 24 hours." }
                }
            }
        }
    }
}

fn replay_card(path: &str) -> Markup {
    html! {
        section.card {
            header { h2 { "Replay" } }
            div.body {
                form method="post" action={ (path) "/replay" } {
                    div.field {
                        label for="which" { "Send again" }
                        select #which name="which" {
                            option value="failed" { "what was given up" }
                            option value="missing" { "what was never sent there" }
                            option value="all" { "everything" }
                        }
                    }
                    div.field {
                        label for="hours" { "Of the last" }
                        select #hours name="hours" {
                            option value="1" { "hour" }
                            option value="24" selected { "day" }
                            option value="168" { "week" }
                            option value="720" { "30 days" }
                        }
                    }
                    p.field { button type="submit" { "Replay" } }
                }
            }
        }
    }
}

fn edit_card(path: &str, endpoint: &Endpoint) -> Markup {
    let input = EndpointInput {
        url: endpoint.url.clone(),
        description: endpoint.description.clone(),
        events: endpoint.events.clone(),
    };
    html! {
        section.card {
            header { h2 { "Change" } }
            div.body {
                (form::endpoint(path, &input, "Save"))
                details.danger {
                    summary { "Delete this endpoint" }
                    p.muted { "Its deliveries and their attempts go with it." }
                    p { (action(&format!("{path}/delete"), "Delete for good", "bad")) }
                }
            }
        }
    }
}
