//! Who asked to be let in.

use axum::extract::Path;
use axum::response::Response;
use jiff::Timestamp;
use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{Query, ROWS, action, badge, head, search, time};
use super::{State, back};
use crate::domain::{messages, waitlist as acts};
use crate::error::Result;
use crate::settings::SignUpMode;
use crate::store;
use crate::store::organization_invitations::InvitationKey;
use crate::store::search::Order;
use crate::store::waitlist::{self as rows, Entry};

const PATH: &str = "/console/waitlist";
/// The states of an entry, in the order of the tabs; the empty one is all of them.
const STATES: [(&str, &str); 5] = [
    ("pending", "Waiting"),
    ("invited", "Invited"),
    ("completed", "Signed up"),
    ("rejected", "Rejected"),
    ("", "All"),
];

/// `GET /console/waitlist`: the newest first, of one state or all. For whoever is inside.
pub(super) async fn list(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let filter = query.filter.as_str();
    let is_known = STATES.iter().any(|(name, _)| *name == filter);
    let shown = if is_known { filter } else { "" };
    let order = Order {
        key: InvitationKey::CreatedAt,
        descending: true,
    };
    let mut tx = state.begin().await?;
    let (found, count) = rows::list(&mut tx, shown, &query.text, order, query.page()).await?;
    tx.commit().await?;
    let is_open = state.idp.settings().apis.restrictions.sign_up_mode == SignUpMode::Waitlist;
    let body = html! {
        (query.notice())
        (head("Waitlist", &format!("{count} in all"), search(PATH, &query, "Address or id")))
        @if !is_open {
            p.warning.above {
                "People sign up without waiting: " code { "apis.restrictions.sign_up_mode" }
                " is not " code { "waitlist" } "."
            }
        }
        section.card {
            header { (tabs(shown)) }
            @if found.is_empty() { p.empty { b { "Nobody" } "Whoever joins the waitlist appears here." } }
            @else {
                div.scroll {
                    table {
                        thead { tr { th { "Address" } th { "State" } th { "Joined" } th { "Changed" } th { span.hidden { "Actions" } } } }
                        tbody { @for entry in found.iter().take(ROWS as usize) { (row(entry, now)) } }
                    }
                }
            }
            (query.pages(PATH, found.len()))
        }
    };
    Ok(layout::page(&state, Place::Waitlist, "Waitlist", body))
}

fn tabs(shown: &str) -> Markup {
    html! {
        nav.tabs aria-label="Which entries" {
            @for (state, text) in STATES {
                a href={ (PATH) "?filter=" (state) } aria-current=[(shown == state).then_some("true")] { (text) }
            }
        }
    }
}

fn row(entry: &Entry, now: Timestamp) -> Markup {
    let (class, text) = match entry.status.as_str() {
        "pending" => ("warn", "Waiting"),
        "invited" => ("accent", "Invited"),
        "completed" => ("good", "Signed up"),
        _ => ("", "Rejected"),
    };
    let path = |verb: &str| format!("{PATH}/{}/{verb}", entry.id);
    html! {
        tr {
            td { (entry.email_address) small.mono { (entry.id) } }
            td { (badge(class, text)) }
            td { (time(entry.created_at, now)) }
            td { (time(entry.updated_at, now)) }
            td.end {
                @if matches!(entry.status.as_str(), "pending" | "rejected") {
                    (action(&path("invite"), "Invite", "primary")) " "
                }
                @if matches!(entry.status.as_str(), "pending" | "invited") {
                    (action(&path("reject"), "Reject", "bad"))
                }
            }
        }
    }
}

/// `POST …/{id}/invite`: a mail with a ticket to sign up. As the Backend API's: 404 where there is
/// no such entry, 409, 400 and 422 where it was answered or the address has an account.
pub(super) async fn invite(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    let (_, mail) = acts::invite(&state.idp, &mut tx, &id, false).await?;
    messages::announce(&state.idp, &mut tx, mail.as_slice()).await?;
    tx.commit().await?;
    if let Some(mail) = mail {
        state.idp.mailer().deliver(mail).await?;
    }
    Ok(back(PATH, "invited"))
}

/// `POST …/{id}/reject`: an open invitation is revoked. 404 where there is no such entry, 409 where
/// it was answered.
pub(super) async fn reject(state: State, Path(id): Path<String>) -> Result<Response> {
    let mut tx = state.begin().await?;
    acts::reject(&state.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(back(PATH, "rejected"))
}
