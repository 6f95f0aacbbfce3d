//! Keys: what applications are given, and what tokens are signed with.

use axum::Form;
use axum::response::Response;
use maud::{Markup, html};
use secrecy::ExposeSecret;
use serde::Deserialize;

use super::layout::{self, Place};
use super::view::{Query, action, badge, head, time};
use super::{State, back};
use crate::error::Result;
use crate::keys::{KeyInfo, KeyState, Rotation};
use crate::store;

/// `GET /console/keys`. For whoever is inside. The secret key is not on the page.
pub(super) async fn page(state: State, query: Query) -> Result<Markup> {
    Ok(render(&state, &query, None))
}

/// `POST /console/keys/secret`: the page with the secret key on it.
pub(super) async fn reveal(state: State) -> Result<Markup> {
    let secret = state.idp.config().secret_key.expose_secret().to_owned();
    Ok(render(&state, &Query::default(), Some(&secret)))
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct How {
    #[serde(default)]
    compromised: bool,
}

/// `POST /console/keys/rotate`: a new signing key, after the settings' lead or at once.
pub(super) async fn rotate(state: State, Form(how): Form<How>) -> Result<Response> {
    if how.compromised {
        state.idp.rotate_keys(Rotation::Compromised).await?;
        return Ok(back("/console/keys", "compromised"));
    }
    let lead = state.idp.settings().operation.signing_key_lead();
    state.idp.rotate_keys(Rotation::After(lead)).await?;
    Ok(back("/console/keys", "key"))
}

fn render(state: &State, query: &Query, secret: Option<&str>) -> Markup {
    let idp = &state.idp;
    let config = idp.config();
    let body = html! {
        (query.notice())
        (head("Keys", "What applications are given, and what session tokens are signed with.", html! {}))
        div.stack {
            section.card {
                header { h2 { "For applications" } p { "Names and addresses of this instance" } }
                div.body {
                    dl.facts {
                        dt { "Publishable key" } dd { code.secret { (config.publishable_key) } }
                        dt { "Secret key" }
                        dd {
                            @match secret {
                                Some(secret) => code.secret { (secret) },
                                None => {
                                    code { "sk_live_" "••••••••••••••••••••" } " "
                                    (action("/console/keys/secret", "Reveal", ""))
                                },
                            }
                        }
                        dt { "Frontend API" } dd.mono { (config.frontend_url()) }
                        dt { "Key set" } dd { a.mono href={ (config.frontend_url()) "/.well-known/jwks.json" } {
                            (config.frontend_url()) "/.well-known/jwks.json" } }
                        dt { "Issuer" } dd.mono { (config.issuer) }
                    }
                }
            }
            (signing(state))
        }
    };
    layout::page(state, Place::Keys, "Keys", body)
}

fn signing(state: &State) -> Markup {
    let idp = &state.idp;
    let keys = idp.keys().list();
    let operation = &idp.settings().operation;
    let is_waiting = keys.iter().any(|key| key.state == KeyState::Next);
    html! {
        section.card {
            header {
                div { h2 { "Signing keys" } p { "RSA 2048, in the published key set" } }
                @if !is_waiting { (action("/console/keys/rotate", "Rotate", "primary")) }
            }
            div.scroll {
                table {
                    thead { tr { th { "Key" } th { "State" } th { "Published" } th { "Signs" } th { "Ends" } } }
                    tbody { @for key in &keys { (row(state, key)) } }
                }
            }
            div.body {
                p.hint {
                    "A new key is published for " (operation.signing_key_lead_seconds)
                    " seconds before it signs, so that verifiers have read it by then. The old one stays "
                    "published for " (operation.signing_key_retention_seconds / 3600) " hours after its last token."
                }
                details.danger {
                    summary { "A key is in other hands" }
                    form method="post" action="/console/keys/rotate" {
                        p.muted {
                            "A new key signs at once and all others are removed. Tokens of theirs are "
                            "refused as soon as verifiers read the key set again; sessions go on."
                        }
                        input type="hidden" name="compromised" value="true";
                        p { button.bad type="submit" { "Replace at once" } }
                    }
                }
            }
        }
    }
}

fn row(state: &State, key: &KeyInfo) -> Markup {
    let now = store::now(state.idp.env());
    let (class, text) = match key.state {
        KeyState::Next => ("accent", "Next"),
        KeyState::Signing => ("good", "Signing"),
        KeyState::Retired => ("", "Retired"),
    };
    html! {
        tr {
            td.mono { (key.kid) }
            td { (badge(class, text)) }
            td { (time(key.created_at, now)) }
            td { (time(key.signs_from, now)) }
            td { @if let Some(at) = key.retired_at { (time(at, now)) } @else { span.muted { "—" } } }
        }
    }
}
