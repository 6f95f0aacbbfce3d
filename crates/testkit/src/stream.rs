//! An event stream as a client reads it.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use crate::{Answer, Persona};

/// How long a test waits for the next block.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open event stream.
pub struct EventStream {
    response: reqwest::Response,
    unread: String,
}

/// One block of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The event's name; empty for a sign of life.
    pub event: String,
    /// Where the stream stands; empty where the block does not say.
    pub id: String,
    /// The data; null without any.
    pub data: Value,
}

impl Persona {
    /// Opens the stream; fails where it is refused.
    pub async fn events(&self) -> EventStream {
        match self.open_events("/events").await {
            Ok(stream) => stream,
            Err(answer) => panic!("no stream: {answer:#?}"),
        }
    }

    /// Everything that is known after `id`.
    pub async fn events_since(&self, id: &str) -> Vec<Heard> {
        let persona = self.with_header("last-event-id", id);
        match persona.open_events("/events?follow=false").await {
            Ok(stream) => stream.rest().await,
            Err(answer) => panic!("no stream: {answer:#?}"),
        }
    }

    /// Opens the stream at `path`, or answers the refusal.
    ///
    /// # Errors
    /// Any status but 200.
    pub async fn open_events(&self, path: &str) -> Result<EventStream, Answer> {
        let (described, response) = self.request(Method::GET, path).open().await;
        if response.status() != 200 {
            return Err(Answer::read(described, response).await);
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Ok(EventStream {
            response,
            unread: String::new(),
        })
    }
}

impl EventStream {
    /// The next block; none where the stream has ended.
    pub async fn next(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.unread.split_once("\n\n") {
                let heard = Heard::read(block);
                self.unread = rest.to_owned();
                if let Some(heard) = heard {
                    return Some(heard);
                }
                continue;
            }
            let chunk = tokio::time::timeout(PATIENCE, self.response.chunk()).await;
            let chunk = chunk.unwrap_or_else(|_| panic!("nothing came: {:?}", self.unread));
            self.unread += std::str::from_utf8(&chunk.unwrap()?).unwrap();
        }
    }

    /// The next event, signs of life aside. Fails where the stream ends instead.
    pub async fn event(&mut self) -> Heard {
        loop {
            let heard = self.next().await;
            let heard = heard.unwrap_or_else(|| panic!("the stream ended"));
            if !heard.event.is_empty() {
                return heard;
            }
        }
    }

    /// Waits for an event of that name and skips others.
    pub async fn until(&mut self, event: &str) -> Heard {
        loop {
            let heard = self.event().await;
            if heard.event == event {
                return heard;
            }
        }
    }

    /// Everything up to the end of the stream.
    pub async fn rest(mut self) -> Vec<Heard> {
        let mut all = Vec::new();
        while let Some(heard) = self.next().await {
            all.push(heard);
        }
        all
    }
}

impl Heard {
    /// A block that says something; none for comments and for hints to the client.
    fn read(block: &str) -> Option<Self> {
        let field = |name: &str| {
            let mut lines = block.lines();
            lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
        };
        let data = field("data").map_or(Value::Null, |text| serde_json::from_str(text).unwrap());
        let heard = Self {
            event: field("event").unwrap_or_default().to_owned(),
            id: field("id").unwrap_or_default().to_owned(),
            data,
        };
        (!heard.event.is_empty() || !heard.id.is_empty()).then_some(heard)
    }

    /// A member of the data, as text.
    #[must_use]
    pub fn text(&self, member: &str) -> &str {
        let value = self.data[member].as_str();
        value.unwrap_or_else(|| panic!("no text {member} in {self:?}"))
    }
}
