//! Events as text.

use bailiwick_kernel::id::{OrgId, ProjectId, UserId};
use bailiwick_services::events::{Event, Message};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

/// What a client waits before it comes back, unless it knows better.
const RETRY_MS: u32 = 1000;

/// Something changed: which thing it is, and nothing else of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Event)]
pub struct EventView<'a> {
    /// The resource, as in its path: `documents`, `memberships`.
    kind: &'a str,
    /// Its organization; null for what is the caller's own, or everybody's.
    #[schema(required = true)]
    organization_id: Option<OrgId>,
    /// Whom it is about, where it is about somebody.
    #[schema(required = true)]
    user_id: Option<UserId>,
    /// In which project.
    #[schema(required = true)]
    project_id: Option<ProjectId>,
    /// The thing's id.
    object_id: &'a str,
}

impl<'a> From<&'a Event> for EventView<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            kind: &event.kind,
            organization_id: event.organization,
            user_id: event.user,
            project_id: event.project,
            object_id: &event.object,
        }
    }
}

/// What every stream begins with.
pub fn head() -> String {
    format!("retry: {RETRY_MS}\n\n")
}

/// A message as the format writes it. No value of ours holds a line break: kinds are words, ids are
/// ids, and JSON escapes the rest.
pub fn text(message: &Message) -> String {
    match message {
        Message::Position(position) => format!("id: {position}\n\n"),
        Message::Event(event) => {
            let data = serde_json::to_string(&EventView::from(&**event)).unwrap_or_default();
            let (kind, position) = (line(&event.kind), event.position);
            format!("event: {kind}\nid: {position}\ndata: {data}\n\n")
        }
        Message::Reset(position) => format!("event: reset\nid: {position}\ndata: {{}}\n\n"),
        Message::End(code) => {
            let data = json!({"code": code.as_str()});
            format!("event: end\ndata: {data}\n\n")
        }
    }
}

/// What stands on one line whatever comes.
fn line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bailiwick_kernel::Code;

    use super::*;

    #[test]
    fn messages_are_written_as_the_format_wants_them() {
        let event = Event {
            position: "7-1".parse().unwrap(),
            kind: "docu\nments".to_owned(),
            organization: None,
            user: None,
            project: None,
            object: "a\nevent: end".to_owned(),
        };
        let at = "8-2".parse().unwrap();
        let written: Vec<String> = [
            Message::Event(Arc::new(event)),
            Message::Position(at),
            Message::Reset(at),
            Message::End(Code::TenantAccessDenied),
        ]
        .iter()
        .map(text)
        .collect();
        insta::assert_snapshot!(written.concat(), @r#"
        event: documents
        id: 7-1
        data: {"kind":"docu\nments","organizationId":null,"userId":null,"projectId":null,"objectId":"a\nevent: end"}

        id: 8-2

        event: reset
        id: 8-2
        data: {}

        event: end
        data: {"code":"TENANT_ACCESS_DENIED"}
        "#);
    }
}
