//! A message to somebody, as webhooks show it.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use url::Url;

use super::ms;
use crate::config::IdpConfig;
use crate::mail::{Mail, MailKind};

/// A message that goes out now. The provider delivers it itself, from no number of its own.
#[must_use]
pub fn message(id: &str, config: &IdpConfig, mail: &Mail, now: Timestamp) -> Value {
    let owner = mail.owner.as_ref();
    let user_id = owner.map(|owner| &owner.user_id);
    let identification_id = owner.map(|owner| &owner.identification_id);
    let data = data(config, mail, now);
    match mail.kind {
        MailKind::Email => json!({
            "object": "email",
            "id": id,
            "slug": mail.slug,
            "from_email_name": "",
            "reply_to_email_name": null,
            "to_email_address": mail.to,
            "email_address_id": identification_id,
            "user_id": user_id,
            "subject": mail.subject,
            "body": mail.html,
            "body_plain": mail.text,
            "status": "queued",
            "data": data,
            "delivered_by_clerk": true,
        }),
        MailKind::Sms => json!({
            "object": "sms_message",
            "id": id,
            "slug": mail.slug,
            "from_phone_number": "",
            "to_phone_number": mail.to,
            "phone_number_id": identification_id,
            "user_id": user_id,
            "message": mail.text,
            "status": "queued",
            "data": data,
            "delivered_by_clerk": true,
            "created_at_ms": ms(now),
        }),
    }
}

/// What the message says, by name; a dot in a name leads into an object.
fn data(config: &IdpConfig, mail: &Mail, now: Timestamp) -> Value {
    let home = Url::parse(&config.home_url).ok();
    let mut data = json!({
        "app": {
            "name": config.application_name,
            "domain_name": home.as_ref().and_then(Url::host_str),
            "url": config.home_url,
            "logo_url": null,
            "logo_image_url": null,
        },
        "requested_at": now.strftime("%d %B %Y, %H:%M UTC").to_string(),
    });
    for (name, value) in &mail.values {
        match name.split_once('.') {
            Some((of, name)) => {
                if data[of].is_null() {
                    data[of] = Value::Object(Map::new());
                }
                data[of][name] = value.as_str().into();
            }
            None => data[*name] = value.as_str().into(),
        }
    }
    data
}
