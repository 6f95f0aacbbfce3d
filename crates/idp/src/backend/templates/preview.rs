//! `POST /v1/templates/{type}/{slug}/preview`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::find;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::messages::{self, original};
use crate::mail::{Mail, MailKind};
use crate::store;
use crate::store::templates::Template;

/// Values that look like real ones.
const VALUES: [(&str, &str); 4] = [
    ("action_url", "https://example.com/accept"),
    ("inviter_name", "Ada Byron"),
    ("org.name", "Northwind"),
    ("otp_code", "012345"),
];

/// What a message would look like with this text, or with its own where none is given. Nothing is
/// stored. 404 where there is no such message.
pub(super) async fn preview(
    State(backend): State<Arc<Backend>>,
    Path((template_type, slug)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let message = find(&template_type, &slug)?;
    let subject = form.text("subject").flatten();
    let body = form.text("body").flatten();
    form.ignore(&["from_email_name", "reply_to_email_name"]);
    form.finish()?;
    let (own_subject, own_body) = original(message);
    let now = store::now(backend.idp.env());
    let template = Template {
        template_type,
        slug,
        name: message.name.to_owned(),
        subject: Some(subject.unwrap_or(own_subject)),
        markup: None,
        body: body.unwrap_or(own_body),
        created_at: now,
        updated_at: now,
    };
    let is_mail = message.template_type == "email";
    let mail = Mail {
        kind: if is_mail {
            MailKind::Email
        } else {
            MailKind::Sms
        },
        to: String::new(),
        subject: String::new(),
        text: String::new(),
        html: String::new(),
        slug: message.slug,
        values: VALUES.map(|(name, value)| (name, value.to_owned())).into(),
        owner: None,
    };
    let mail = messages::fill(&backend.idp, &template, mail);
    Ok(Json(json!({
        "subject": mail.subject,
        "body": if is_mail { mail.html } else { mail.text },
    })))
}
