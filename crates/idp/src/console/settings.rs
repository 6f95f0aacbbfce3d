//! `GET /console/settings`: what is in force, and where it comes from.

use maud::{Markup, html};

use super::State;
use super::layout::{self, Place};
use super::view::{head, json_card};
use crate::error::Result;
use crate::store;

/// The page. For whoever is inside. Secrets are not on it.
pub(super) async fn page(state: State) -> Result<Markup> {
    let changes = store::settings::list(state.idp.pool()).await?;
    let text = state.idp.settings().export()?;
    let body = html! {
        (head("Settings", "What is in force: the defaults, the file idp.toml, and what the Backend API changed.", html! {}))
        div.stack {
            (json_card("Changed through the Backend API", &crate::settings::redacted(changes)))
            section.card {
                header { h2 { "In force" } p { "The form of idp.toml. Secrets are left out." } }
                pre { (text) }
            }
        }
    };
    Ok(layout::page(&state, Place::Settings, "Settings", body))
}
