//! Messages: what was said, to whom, and what each try saw.

use axum::Form;
use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value;

use super::super::layout::{self, Place};
use super::super::view::{Query, ROWS, badge, head, time};
use super::super::{State, back};
use super::delivery_state;
use crate::error::Result;
use crate::store;
use crate::webhooks::events::EVENT_TYPES;
use crate::webhooks::history::{self, Delivery, Message, PastAttempt};
use crate::webhooks::replay_message;

/// `GET /console/messages`: the newest first, of one type or all. For whoever is inside.
pub(in super::super) async fn list(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let messages = history::messages(&mut tx, &query.filter, query.page()).await?;
    tx.commit().await?;
    let path = "/console/messages";
    let filter = html! {
        form.inline action=(path) {
            select name="filter" aria-label="Type of event" {
                option value="" { "All events" }
                @for event in EVENT_TYPES { option value=(event) selected[query.filter == event] { (event) } }
            }
            button type="submit" { "Show" }
        }
    };
    let body = html! {
        (head("Messages", "Everything that was said in the last 30 days, to the byte.", filter))
        section.card {
            (table(messages.get(..ROWS as usize).unwrap_or(&messages), now))
            (query.pages(path, messages.len()))
        }
    };
    Ok(layout::page(&state, Place::Messages, "Messages", body))
}

/// Messages as rows.
pub(in super::super) fn table(messages: &[Message], now: Timestamp) -> Markup {
    html! {
        @if messages.is_empty() { p.empty { b { "Nothing was said" } "Sign somebody up and look again." } }
        @else {
            div.scroll {
                table {
                    thead { tr { th { "Event" } th { "Said" } } }
                    tbody {
                        @for message in messages {
                            tr {
                                td {
                                    a href={ "/console/messages/" (message.id) } { (message.event_type) }
                                    small.mono { (subject(message)) }
                                }
                                td { (time(message.created_at, now)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The id of what a message is about.
fn subject(message: &Message) -> String {
    let payload: Value = serde_json::from_str(&message.payload).unwrap_or_default();
    payload["data"]["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// `GET /console/messages/{id}`. For whoever is inside; 404 where there is none.
pub(in super::super) async fn page(
    state: State,
    Path(id): Path<String>,
    query: Query,
) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let message = history::find_message(&mut tx, &id).await?;
    let deliveries = history::deliveries_of(&mut tx, &id).await?;
    let attempts = history::attempts(&mut tx, &id).await?;
    tx.commit().await?;
    let payload: Value = serde_json::from_str(&message.payload).unwrap_or_default();
    let body = html! {
        (query.notice())
        p.crumbs { a href="/console/messages" { "Messages" } " / " span.mono { (id) } }
        (head(&message.event_type, &message.created_at.to_string(), html! {}))
        div.stack {
            section.card {
                header { h2 { "Deliveries" } }
                @if deliveries.is_empty() { p.empty { "No endpoint asked for it." } }
                @for delivery in &deliveries { (delivery_block(delivery, &attempts, now)) }
            }
            section.card {
                header { h2 { "Body" } p { "As it is sent, laid out for reading" } }
                pre { (format!("{payload:#}")) }
            }
        }
    };
    Ok(layout::page(
        &state,
        Place::Messages,
        &message.event_type,
        body,
    ))
}

fn delivery_block(delivery: &Delivery, attempts: &[PastAttempt], now: Timestamp) -> Markup {
    let own = attempts
        .iter()
        .filter(|one| one.endpoint_id == delivery.endpoint_id);
    html! {
        div.attempt {
            div.line {
                (delivery_state(&delivery.state))
                a href={ "/console/webhooks/" (delivery.endpoint_id) } { (delivery.url) }
                @if let Some(at) = delivery.due_at.filter(|_| delivery.attempts > 0) {
                    span.muted { "tried again " (time(at, now)) }
                }
                form.inline method="post" action={ "/console/messages/" (delivery.message_id) "/replay" } {
                    input type="hidden" name="endpoint" value=(delivery.endpoint_id);
                    button type="submit" { "Send again" }
                }
            }
            @for attempt in own { (attempt_block(attempt, now)) }
        }
    }
}

fn attempt_block(attempt: &PastAttempt, now: Timestamp) -> Markup {
    let class = match attempt.status {
        Some(200..=299) => "good",
        _ => "bad",
    };
    let seen = attempt
        .status
        .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
    let text = attempt
        .response
        .as_deref()
        .or(attempt.error.as_deref())
        .unwrap_or_default();
    html! {
        details {
            summary {
                (badge(class, &seen)) " " (time(attempt.at, now)) " · " (attempt.duration_ms) " ms"
            }
            @if text.is_empty() { p.muted { "The answer had no body." } } @else { pre { (text) } }
        }
    }
}

/// What the form sends.
#[derive(Deserialize)]
pub(in super::super) struct To {
    endpoint: String,
}

/// `POST /console/messages/{id}/replay`: sends it to one endpoint again. 404 where either is none.
pub(in super::super) async fn replay(
    state: State,
    Path(id): Path<String>,
    Form(to): Form<To>,
) -> Result<Response> {
    let mut tx = state.begin().await?;
    replay_message(&mut tx, state.idp.env(), &id, &to.endpoint).await?;
    tx.commit().await?;
    Ok(back(&format!("/console/messages/{id}"), "replayed"))
}
