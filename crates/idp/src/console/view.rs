//! Pieces that pages are made of.

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;
use url::form_urlencoded;

use crate::store::Page;

/// Rows of a page of a list.
pub(super) const ROWS: i64 = 25;

/// The query of a page: what is looked for, where the list stands, and what was just done.
#[derive(Clone, Debug, Default)]
pub(super) struct Query {
    pub(super) text: String,
    pub(super) filter: String,
    offset: i64,
    done: String,
}

impl<S: Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let mut query = Self::default();
        let text = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(text.as_bytes()) {
            let value: String = value.chars().filter(|c| *c != '\0').take(200).collect();
            match &*name {
                "q" => query.text = value,
                "filter" => query.filter = value,
                "offset" => query.offset = value.parse().unwrap_or(0),
                "done" => query.done = value,
                _ => {}
            }
        }
        Ok(query)
    }
}

impl Query {
    /// The page that is asked for, with one row more, which tells whether another page follows.
    pub(super) fn page(&self) -> Page {
        Page::new(Some(ROWS + 1), Some(self.offset))
    }

    /// Links to the pages before and after, where there are some. `found` counts the rows that
    /// [`Query::page`] brought.
    pub(super) fn pages(&self, path: &str, found: usize) -> Markup {
        let more = i64::try_from(found).unwrap_or(0) > ROWS;
        let link = |offset: i64| {
            let mut pairs = form_urlencoded::Serializer::new(String::new());
            for (name, value) in [("q", &self.text), ("filter", &self.filter)] {
                if !value.is_empty() {
                    pairs.append_pair(name, value);
                }
            }
            pairs.append_pair("offset", &offset.to_string());
            format!("{path}?{}", pairs.finish())
        };
        html! {
            @if self.offset > 0 || more {
                nav.pages aria-label="Pages" {
                    @if self.offset > 0 {
                        a.button href=(link((self.offset - ROWS).max(0))) { "Previous" }
                    }
                    @if more { a.button href=(link(self.offset + ROWS)) { "Next" } }
                }
            }
        }
    }

    /// What was just done, in words. Only what we say ourselves: the address is anybody's.
    pub(super) fn notice(&self) -> Markup {
        let text = match self.done.as_str() {
            "banned" => "The user can no longer sign in. All sessions have ended.",
            "unbanned" => "The user can sign in again.",
            "locked" => "The user is locked.",
            "unlocked" => "The user is unlocked.",
            "deleted" => "Deleted.",
            "revoked" => "The session has ended.",
            "invited" => "Invited: a mail with a link to sign up is under way.",
            "rejected" => "Rejected. An invitation that was open is revoked.",
            "created" => "The endpoint is in service.",
            "saved" => "Saved.",
            "enabled" => "The endpoint is in service again and gets what waited for it.",
            "disabled" => "The endpoint is out of service. What is for it waits.",
            "rotated" => "There is a new secret. The old one goes on signing for 24 hours.",
            "replayed" => "Sent again.",
            "nothing" => "Nothing of that time was to be sent again.",
            "key" => "The new key is published. It signs when verifiers have had time to read it.",
            "compromised" => "The new key signs. All others are gone, and tokens of theirs too.",
            _ => return html! {},
        };
        html! { p.notice role="status" { (text) } }
    }
}

/// The head of a page.
pub(super) fn head(title: &str, about: &str, actions: Markup) -> Markup {
    html! {
        div.head {
            div { h1 { (title) } p { (about) } }
            div.actions { (actions) }
        }
    }
}

/// A field to look for something.
pub(super) fn search(path: &str, query: &Query, placeholder: &str) -> Markup {
    html! {
        form.inline.search role="search" action=(path) {
            input type="search" name="q" value=(query.text) placeholder=(placeholder)
                aria-label=(placeholder);
            button type="submit" { "Search" }
        }
    }
}

/// A button that changes something.
pub(super) fn action(path: &str, text: &str, class: &str) -> Markup {
    html! {
        form.inline method="post" action=(path) { button type="submit" class=(class) { (text) } }
    }
}

/// An instant as people read it, with the exact one at hand.
pub(super) fn time(at: Timestamp, now: Timestamp) -> Markup {
    html! {
        time.nowrap datetime=(at) title=(at) { (ago(at, now)) }
    }
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - at.as_second();
    let words = |count: i64, unit: &str| {
        let plural = if count == 1 { "" } else { "s" };
        if seconds < 0 {
            format!("in {count} {unit}{plural}")
        } else {
            format!("{count} {unit}{plural} ago")
        }
    };
    match seconds.abs() {
        0..=4 if seconds >= 0 => "just now".to_owned(),
        distance @ 0..60 => words(distance, "second"),
        distance @ 60..3600 => words(distance / 60, "minute"),
        distance @ 3600..86_400 => words(distance / 3600, "hour"),
        distance @ 86_400..2_592_000 => words(distance / 86_400, "day"),
        _ => at.strftime("%-d %b %Y").to_string(),
    }
}

/// A short word in a coloured pill.
pub(super) fn badge(class: &str, text: &str) -> Markup {
    html! { span.badge.(class) { (text) } }
}

/// A JSON value as a card; nothing where it is empty.
pub(super) fn json_card(title: &str, value: &Value) -> Markup {
    let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty);
    html! {
        @if !is_empty {
            section.card {
                header { h2 { (title) } }
                pre { (format!("{value:#}")) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_read_like_words() {
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let at = |seconds: i64| {
            ago(
                Timestamp::from_second(now.as_second() + seconds).unwrap(),
                now,
            )
        };
        assert_eq!(at(0), "just now");
        assert_eq!(at(-59), "59 seconds ago");
        assert_eq!(at(-60), "1 minute ago");
        assert_eq!(at(-7200), "2 hours ago");
        assert_eq!(at(300), "in 5 minutes");
        assert_eq!(at(-86_400 * 40), "20 Jan 2026");
    }
}
