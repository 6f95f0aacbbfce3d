//! The form of an endpoint.

use maud::{Markup, html};
use url::form_urlencoded;

use crate::webhooks::events::{
    CONFIDENTIAL_TYPES, EVENT_TYPES, OPERATIONAL_TYPES, is_confidential,
};
use crate::webhooks::manage::EndpointInput;

/// The form, filled with what is known.
pub(super) fn endpoint(path: &str, input: &EndpointInput, submit: &str) -> Markup {
    let check = |event: &str| {
        html! {
            label.check {
                input type="checkbox" name="events" value=(event)
                    checked[input.events.iter().any(|known| known == event)];
                (event)
            }
        }
    };
    html! {
        form method="post" action=(path) {
            div.field {
                label for="url" { "URL" }
                input #url type="url" name="url" value=(input.url) required maxlength="2048"
                    placeholder="http://localhost:3000/api/webhooks";
            }
            div.field {
                label for="description" { "Description" }
                input #description name="description" value=(input.description) maxlength="200"
                    placeholder="What listens there";
            }
            div.field {
                details open[!input.events.is_empty()] {
                    summary { "Events" @if input.events.is_empty() { ": all" } }
                    p.hint { "With none of them chosen, the endpoint gets all events of people and organizations." }
                    div.checks {
                        @for event in EVENT_TYPES {
                            @if !is_confidential(event) { (check(event)) }
                        }
                    }
                    p.hint { "About messages to people, with the codes and links in them:" }
                    div.checks { @for event in CONFIDENTIAL_TYPES { (check(event)) } }
                    p.hint { "About the delivery of webhooks itself:" }
                    div.checks { @for event in OPERATIONAL_TYPES { (check(event)) } }
                }
            }
            p.field { button.primary type="submit" { (submit) } }
        }
    }
}

/// What the form sent.
pub(super) fn read(body: &[u8]) -> EndpointInput {
    let mut input = EndpointInput::default();
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            "url" => input.url = value.into_owned(),
            "description" => input.description = value.into_owned(),
            "events" => input.events.push(value.into_owned()),
            _ => {}
        }
    }
    input
}
