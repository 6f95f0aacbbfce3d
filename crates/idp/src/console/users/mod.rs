//! Users.

pub(super) mod actions;
pub(super) mod show;
pub(super) mod sign_in;

use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{self, Query, ROWS, badge, head, search, time};
use super::{State, people};
use crate::domain;
use crate::error::Result;
use crate::model::user::Person;
use crate::store;
use crate::store::search::Order;
use crate::store::search::users::{UserFilter, UserKey};

/// `GET /console/users`: the newest first, or those that match. For whoever is inside.
pub(super) async fn list(state: State, query: Query) -> Result<Markup> {
    let filter = UserFilter {
        query: query.text.clone(),
        ..UserFilter::default()
    };
    let order = Order {
        key: UserKey::CreatedAt,
        descending: true,
    };
    let mut tx = state.begin().await?;
    let count = store::search::users::count(&mut tx, &filter).await?;
    let users = store::search::users::list(&mut tx, &filter, order, None, query.page()).await?;
    let ids: Vec<String> = users.into_iter().map(|user| user.id).collect();
    let found = domain::people::load(&mut tx, &ids).await?;
    tx.commit().await?;
    let now = store::now(state.idp.env());
    let shown: Vec<&Person> = ids
        .iter()
        .filter_map(|id| found.get(id))
        .take(ROWS as usize)
        .collect();
    let path = "/console/users";
    let body = html! {
        (query.notice())
        (head("Users", &format!("{count} in all"), search(path, &query, "Name, address or id")))
        section.card {
            div.scroll {
                @if shown.is_empty() {
                    p.empty {
                        b { "Nobody here" }
                        @if query.text.is_empty() { "Whoever signs up appears on this page." }
                        @else { "No user matches what you look for." }
                    }
                } @else {
                    table {
                        thead { tr { th { "User" } th { "Id" } th { "Last sign-in" } th { "Joined" } th { "State" } } }
                        tbody {
                            @for person in shown {
                                tr {
                                    td { (people::who(&state, person)) }
                                    td.mono { (person.user.id) }
                                    td {
                                        @match person.user.last_sign_in_at {
                                            Some(at) => (time(at, now)),
                                            None => span.muted { "never" },
                                        }
                                    }
                                    td { (time(person.user.created_at, now)) }
                                    td { (standing(person, now)) }
                                }
                            }
                        }
                    }
                }
            }
            (query.pages(path, ids.len()))
        }
    };
    Ok(layout::page(&state, Place::Users, "Users", body))
}

/// Whether a user may sign in.
pub(super) fn standing(person: &Person, now: jiff::Timestamp) -> Markup {
    if person.user.banned {
        badge("bad", "Banned")
    } else if person.user.is_locked(now) {
        view::badge("warn", "Locked")
    } else {
        badge("good", "Active")
    }
}
