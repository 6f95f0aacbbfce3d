//! Texts of messages.

use serde_json::{Value, json};

use super::ms_opt;
use crate::domain::messages::{Message, original};
use crate::store::templates::Template;

/// The text of a message, as it was changed or as it comes. `position` is its place in the list.
#[must_use]
pub fn template(
    message: &Message,
    changed: Option<&Template>,
    position: usize,
    instance_id: &str,
) -> Value {
    let (subject, body) = original(message);
    let is_mail = message.template_type == "email";
    let name = changed.map_or(message.name, |row| row.name.as_str());
    let subject = changed.map_or(Some(subject), |row| row.subject.clone());
    let markup = changed.and_then(|row| row.markup.as_deref());
    let mut value = json!({
        "object": "template",
        "id": format!("tmpl_{}_{}", message.template_type, message.slug),
        "instance_id": instance_id,
        "resource_type": if changed.is_some() { "user" } else { "system" },
        "template_type": message.template_type,
        "name": name,
        "slug": message.slug,
        "position": position,
        "can_revert": changed.is_some(),
        "can_delete": false,
        "can_edit_body": true,
        "can_toggle": false,
        "subject": subject.filter(|_| is_mail),
        "markup": markup.unwrap_or_default(),
        "body": changed.map_or(body, |row| row.body.clone()),
        "available_variables": message.available,
        "required_variables": message.required,
        "from_email_name": "",
        "reply_to_email_name": "",
        "delivered_by_clerk": true,
        "enabled": true,
        "flagged_as_suspicious": false,
    });
    // Texts that were never changed have no times.
    for (name, at) in [
        ("created_at", changed.map(|row| row.created_at)),
        ("updated_at", changed.map(|row| row.updated_at)),
    ] {
        if let Some(at) = ms_opt(at) {
            value[name] = at.into();
        }
    }
    value
}
