//! `PUT /v1/templates/{type}/{slug}`, `POST …/revert`, `POST …/toggle_delivery`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use super::{find, show};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::messages::Message;
use crate::error::Refusal;
use crate::store;
use crate::store::templates::{self as rows, Template};

/// The longest text, in bytes.
const BODY_MAX: usize = 64 * 1024;
/// The longest text message, in characters: ten parts.
const SMS_MAX: usize = 1530;

/// Changes the text of a message from now on. 404 where there is no such message, 422 where the
/// text leaves out what the message is for.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path((template_type, slug)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let message = find(&template_type, &slug)?;
    let now = store::now(backend.idp.env());
    let name = form.name("name").flatten();
    let subject = form.name("subject").flatten();
    let markup = form.text("markup").flatten();
    // Mails come from the one address that the application was given.
    form.unsupported(&["from_email_name", "reply_to_email_name"]);
    if form.boolean("delivered_by_clerk") == Some(false) {
        form.refuse(not_delivered());
    }
    let body = form.required("body");
    check(&mut form, message, &body);
    if markup
        .as_ref()
        .is_some_and(|markup| markup.len() > BODY_MAX)
    {
        form.refuse(Refusal::format("markup", "markup is too long."));
    }
    if message.template_type == "email" && subject.is_none() {
        form.refuse(Refusal::missing("subject"));
    }
    form.finish()?;
    let template = Template {
        template_type,
        slug,
        name: name.unwrap_or_else(|| message.name.to_owned()),
        subject,
        markup,
        body,
        created_at: now,
        updated_at: now,
    };
    let mut tx = backend.begin().await?;
    rows::save(&mut tx, &template).await?;
    let shown = show(&backend.idp, &mut tx, message).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

fn check(form: &mut Form, message: &Message, body: &str) {
    let is_sms = message.template_type == "sms";
    if body.len() > BODY_MAX || (is_sms && body.chars().count() > SMS_MAX) {
        form.refuse(Refusal::format("body", "body is too long."));
    }
    for name in message.required {
        let plain: String = body.split_whitespace().collect();
        if !body.is_empty() && !plain.contains(&format!("{{{{{name}}}}}")) {
            let text = format!("The body must have {{{{{name}}}}}.");
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            let refusal = Refusal::new(status, "required_variable_missing", text);
            form.refuse(refusal.param("body"));
        }
    }
}

/// Takes a change back: the program's own text is in use again. 404 where there is no such message.
pub(super) async fn revert(
    State(backend): State<Arc<Backend>>,
    Path((template_type, slug)): Path<(String, String)>,
) -> Answer {
    let message = find(&template_type, &slug)?;
    let mut tx = backend.begin().await?;
    rows::delete(&mut tx, &template_type, &slug).await?;
    let shown = show(&backend.idp, &mut tx, message).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Messages are always delivered by this instance: 422 where they are not to be.
pub(super) async fn toggle(
    State(backend): State<Arc<Backend>>,
    Path((template_type, slug)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let message = find(&template_type, &slug)?;
    if form.boolean("delivered_by_clerk") == Some(false) {
        form.refuse(not_delivered());
    }
    form.finish()?;
    let mut tx = backend.begin().await?;
    let shown = show(&backend.idp, &mut tx, message).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

fn not_delivered() -> Refusal {
    let text = "Messages are always delivered by this instance.";
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_not_enabled", text).param("delivered_by_clerk")
}
