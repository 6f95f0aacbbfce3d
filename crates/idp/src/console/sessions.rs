//! Sessions.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{Query, ROWS, action, badge, head, time};
use super::{State, back, people};
use crate::domain;
use crate::domain::sessions::{End, end};
use crate::error::Result;
use crate::store;
use crate::store::search::sessions::SessionFilter;
use crate::store::sessions::Session;

/// `GET /console/sessions`: the newest first. For whoever is inside.
pub(super) async fn list(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let all = query.filter == "all";
    let filter = SessionFilter {
        status: (!all).then(|| "active".to_owned()),
        ..SessionFilter::default()
    };
    let mut tx = state.begin().await?;
    let (found, count) = store::search::sessions::list(&mut tx, &filter, now, query.page()).await?;
    let ids: Vec<String> = found
        .iter()
        .map(|session| session.user_id.clone())
        .collect();
    let owners = domain::people::load(&mut tx, &ids).await?;
    tx.commit().await?;
    let path = "/console/sessions";
    let tabs = html! {
        nav.tabs aria-label="Which sessions" {
            a href=(path) aria-current=[(!all).then_some("true")] { "Active" }
            a href="/console/sessions?filter=all" aria-current=[all.then_some("true")] { "All" }
        }
    };
    let body = html! {
        (query.notice())
        (head("Sessions", &format!("{count} in all"), tabs))
        section.card {
            @if found.is_empty() { p.empty { b { "No session" } "Nobody is signed in." } }
            @else {
                div.scroll {
                    table {
                        thead { tr { th { "User" } th { "Browser" } th { "State" } th { "Last active" } th { "Ends" } th {} } }
                        tbody {
                            @for session in found.iter().take(ROWS as usize) {
                                tr {
                                    td { @if let Some(person) = owners.get(&session.user_id) { (people::who(&state, person)) } }
                                    (browser(session))
                                    td { (standing(session, now)) }
                                    td { (time(session.last_active_at, now)) }
                                    td { (time(session.expire_at, now)) }
                                    td.end { (revoke_button(session, now)) }
                                }
                            }
                        }
                    }
                }
            }
            (query.pages(path, found.len()))
        }
    };
    Ok(layout::page(&state, Place::Sessions, "Sessions", body))
}

/// The live sessions of one user.
pub(super) fn card(sessions: &[Session], now: Timestamp) -> Markup {
    html! {
        section.card {
            header { h2 { "Live sessions" } }
            @if sessions.is_empty() { p.empty { "Not signed in anywhere." } }
            @else {
                div.scroll {
                    table {
                        thead { tr { th { "Browser" } th { "State" } th { "Last active" } th {} } }
                        tbody {
                            @for session in sessions {
                                tr {
                                    (browser(session))
                                    td { (standing(session, now)) }
                                    td { (time(session.last_active_at, now)) }
                                    td.end { (revoke_button(session, now)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn browser(session: &Session) -> Markup {
    let agent = session.user_agent.as_deref();
    let seen = agent.map(crate::frontend::agents::read);
    html! {
        td {
            @match seen {
                Some(seen) if seen.browser.is_empty() => "A program",
                Some(seen) => { (seen.browser) @if !seen.device.is_empty() { " on " (seen.device) } },
                None => "A server",
            }
            small.mono { (session.id) }
            @if let Some(address) = &session.client_ip { small { (address) } }
        }
    }
}

fn standing(session: &Session, now: Timestamp) -> Markup {
    let status = session.status_at(now);
    let class = match status {
        "active" => "good",
        "pending" => "warn",
        _ => "",
    };
    html! {
        (badge(class, status))
        @if let Some(actor) = &session.actor {
            " " (badge("accent", "impersonated")) small { "by " (actor["sub"].as_str().unwrap_or_default()) }
        }
    }
}

fn revoke_button(session: &Session, now: Timestamp) -> Markup {
    let is_live = matches!(session.status_at(now), "active" | "pending");
    html! {
        @if is_live { (action(&format!("/console/sessions/{}/revoke", session.id), "Revoke", "bad")) }
    }
}

/// `POST /console/sessions/{id}/revoke`. 404 where there is no such session.
pub(super) async fn revoke(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    end(&state.idp, &mut tx, &id, End::Revoked).await?;
    tx.commit().await?;
    Ok(back("/console/sessions", "revoked"))
}
