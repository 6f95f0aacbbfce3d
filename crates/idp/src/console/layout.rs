//! The frame of every page.

use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::Console;
use crate::error::Refusal;

/// Where a page stands in the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Overview,
    Users,
    Organizations,
    Sessions,
    Waitlist,
    Billing,
    Webhooks,
    Messages,
    Keys,
    Settings,
}

const PEOPLE: [(Place, &str, &str); 5] = [
    (Place::Users, "/console/users", "Users"),
    (
        Place::Organizations,
        "/console/organizations",
        "Organizations",
    ),
    (Place::Sessions, "/console/sessions", "Sessions"),
    (Place::Waitlist, "/console/waitlist", "Waitlist"),
    (Place::Billing, "/console/billing", "Plans"),
];
const DELIVERY: [(Place, &str, &str); 2] = [
    (Place::Webhooks, "/console/webhooks", "Endpoints"),
    (Place::Messages, "/console/messages", "Messages"),
];
const INSTANCE: [(Place, &str, &str); 2] = [
    (Place::Keys, "/console/keys", "Keys"),
    (Place::Settings, "/console/settings", "Settings"),
];

/// A page with the menu.
pub(super) fn page(console: &Console, place: Place, title: &str, body: Markup) -> Markup {
    let name = &console.idp.config().application_name;
    let link = |(here, path, text): (Place, &str, &str)| {
        html! { a href=(path) aria-current=[(here == place).then_some("page")] { (text) } }
    };
    document(
        title,
        html! {
            a.skip href="#main" { "Skip to content" }
            div.shell {
                div.side {
                    a.brand href="/console" {
                        img src="/console/icon.svg" alt="";
                        div { strong { (name) } span { "Identity console" } }
                    }
                    nav aria-label="Console" {
                        (link((Place::Overview, "/console", "Overview")))
                        h2 { "People" }
                        @for entry in PEOPLE { (link(entry)) }
                        h2 { "Webhooks" }
                        @for entry in DELIVERY { (link(entry)) }
                        h2 { "Instance" }
                        @for entry in INSTANCE { (link(entry)) }
                        @if let Some(mailbox) = &console.config.mailbox_url {
                            a href=(mailbox) target="_blank" rel="noreferrer" {
                                "Mailbox" span.muted aria-hidden="true" { "↗" }
                            }
                        }
                        a href=(console.idp.config().home_url) target="_blank" rel="noreferrer" {
                            "Application" span.muted aria-hidden="true" { "↗" }
                        }
                    }
                    footer {
                        form method="post" action="/console/logout" {
                            button.plain type="submit" { "Sign out" }
                        }
                    }
                }
                main #main { (body) }
            }
        },
    )
}

/// A page without the menu.
pub(super) fn bare(title: &str, body: Markup) -> Markup {
    document(title, html! { main.center { (body) } })
}

fn document(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Identity console" }
                link rel="icon" href="/console/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/console/style.css";
            }
            body { (body) }
        }
    }
}

/// A refusal as a page.
pub(super) fn refusal(refusal: &Refusal) -> Response {
    let text = refusal
        .errors
        .first()
        .map_or("", |item| item.long_message.as_str());
    let body = html! {
        div.card.login {
            h1 { (refusal.status.canonical_reason().unwrap_or("Refused")) }
            p.muted { (text) }
            p { a href="/console" { "Back to the console" } }
        }
    };
    (refusal.status, bare("Refused", body)).into_response()
}
