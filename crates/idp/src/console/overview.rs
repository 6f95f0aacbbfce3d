//! `GET /console`: how the instance stands.

use bailiwick_pg::sql;
use maud::{Markup, html};

use super::layout::{self, Place};
use super::view::{Query, head};
use super::webhooks::message;
use super::{State, view};
use crate::error::Result;
use crate::store::{self, Page};
use crate::webhooks::{history, manage};

sql! {
    /// How many there are.
    COUNT_ALL(TIMESTAMPTZ) = "
        select (select count(*) from idp.users), (select count(*) from idp.organizations),
               (select count(*) from idp.sessions
                 where status in ('active', 'pending') and expire_at > $1),
               (select count(*) from idp.webhook_deliveries where state = 'exhausted')";
}

/// The page. For whoever is inside.
pub(super) async fn page(state: State, query: Query) -> Result<Markup> {
    let now = store::now(state.idp.env());
    let mut tx = state.begin().await?;
    let counts = tx.query_one(&COUNT_ALL, &[&now]).await?;
    let endpoints = manage::list(&mut tx).await?;
    let messages = history::messages(&mut tx, "", Page::new(Some(8), None)).await?;
    tx.commit().await?;
    let tiles = [
        ("/console/users", counts.get::<_, i64>(0), "Users"),
        ("/console/organizations", counts.get(1), "Organizations"),
        ("/console/sessions", counts.get(2), "Live sessions"),
        ("/console/webhooks", counts.get(3), "Deliveries given up"),
    ];
    let idp = &state.idp;
    let troubled = endpoints
        .iter()
        .filter(|endpoint| endpoint.disabled_at.is_some() || endpoint.failing_since.is_some());
    let body = html! {
        (query.notice())
        (head("Overview", "What happens in this instance.", html! {}))
        div.tiles {
            @for (path, count, text) in tiles {
                a.tile href=(path) { b { (count) } span { (text) } }
            }
        }
        div.columns {
            section.card {
                header { h2 { "Latest messages" } a href="/console/messages" { "All messages" } }
                (message::table(&messages, now))
            }
            div.stack {
                section.card {
                    header { h2 { "Instance" } }
                    div.body {
                        dl.facts {
                            dt { "Id" } dd.mono { (idp.keys().instance_id()) }
                            dt { "Application" } dd { a href=(idp.config().home_url) { (idp.config().home_url) } }
                            dt { "Issuer" } dd.mono { (idp.config().issuer) }
                            dt { "Signs with" } dd.mono { (idp.keys().kid()?) }
                        }
                    }
                }
                section.card {
                    header { h2 { "Webhook endpoints" } a href="/console/webhooks" { "Manage" } }
                    div.body {
                        @let troubled: Vec<_> = troubled.collect();
                        @if troubled.is_empty() {
                            p { (view::badge("good", "All in service")) }
                        }
                        @for endpoint in troubled {
                            p {
                                a href={ "/console/webhooks/" (endpoint.id) } { (endpoint.url) } " "
                                (super::webhooks::state(endpoint))
                            }
                        }
                    }
                }
            }
        }
    };
    Ok(layout::page(&state, Place::Overview, "Overview", body))
}
