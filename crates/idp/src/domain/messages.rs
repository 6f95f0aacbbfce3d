//! Texts of messages: those of the program, and those that a server wrote.

use bailiwick_pg::Tx;

use crate::error::Result;
use crate::instance::Idp;
use crate::mail::{self, Invited, Mail, MailKind, Purpose};
use crate::store::templates::{self as rows, Template};
use crate::webhooks::events::{EMAIL_CREATED, SMS_CREATED};
use crate::{ids, model, store, webhooks};

/// A message whose text can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// `email` or `sms`.
    pub template_type: &'static str,
    /// Which message it is.
    pub slug: &'static str,
    /// For people.
    pub name: &'static str,
    /// The names without which the message would be of no use.
    pub required: &'static [&'static str],
    /// All names that have a value.
    pub available: &'static [&'static str],
}

/// All of them, in the order in which they are shown.
pub const MESSAGES: &[Message] = &[
    Message {
        template_type: "email",
        slug: "verification_code",
        name: "Verification code",
        required: &["otp_code"],
        available: &["app.name", "app.url", "otp_code"],
    },
    Message {
        template_type: "email",
        slug: "reset_password_code",
        name: "Reset password code",
        required: &["otp_code"],
        available: &["app.name", "app.url", "otp_code"],
    },
    Message {
        template_type: "email",
        slug: "invitation",
        name: "Invitation",
        required: &["action_url"],
        available: &["action_url", "app.name", "app.url"],
    },
    Message {
        template_type: "email",
        slug: "organization_invitation",
        name: "Organization invitation",
        required: &["action_url"],
        available: &[
            "action_url",
            "app.name",
            "app.url",
            "inviter_name",
            "org.name",
        ],
    },
    Message {
        template_type: "sms",
        slug: "verification_code",
        name: "Verification code",
        required: &["otp_code"],
        available: &["app.name", "otp_code"],
    },
    Message {
        template_type: "sms",
        slug: "reset_password_code",
        name: "Reset password code",
        required: &["otp_code"],
        available: &["app.name", "otp_code"],
    },
];

/// The message of that type and slug.
#[must_use]
pub fn find(template_type: &str, slug: &str) -> Option<&'static Message> {
    MESSAGES
        .iter()
        .find(|message| message.template_type == template_type && message.slug == slug)
}

/// The program's own text of a message: what it sends, with names in the place of values.
#[must_use]
pub fn original(message: &Message) -> (String, String) {
    let (app, url) = ("{{app.name}}", "{{app.url}}");
    let purpose = match message.slug {
        "reset_password_code" => Purpose::PasswordReset,
        _ => Purpose::Verification,
    };
    let mail = match (message.template_type, message.slug) {
        ("sms", _) => mail::sms(app, "", "{{otp_code}}", purpose),
        (_, "invitation") => mail::invitation(app, url, "", "{{action_url}}"),
        (_, "organization_invitation") => {
            let invited = Invited {
                organization: "{{org.name}}",
                inviter: Some("{{inviter_name}}"),
                url: "{{action_url}}",
            };
            mail::organization_invitation(app, url, "", &invited)
        }
        _ => mail::code(app, url, "", "{{otp_code}}", purpose),
    };
    let body = match mail.kind {
        MailKind::Email => mail.html,
        MailKind::Sms => mail.text,
    };
    (mail.subject, body)
}

/// The message as a server wrote it, where one did; else `mail` as it is.
pub async fn written(idp: &Idp, tx: &mut Tx, mail: Mail) -> Result<Mail> {
    let template_type = match mail.kind {
        MailKind::Email => "email",
        MailKind::Sms => "sms",
    };
    Ok(match rows::find(tx, template_type, mail.slug).await? {
        Some(template) => fill(idp, &template, mail),
        None => mail,
    })
}

/// `mail` with the text of a template, in which its values and the application's own have names.
#[must_use]
pub fn fill(idp: &Idp, template: &Template, mail: Mail) -> Mail {
    let config = idp.config();
    let own = mail.values.clone();
    let mut all = vec![
        ("app.name", config.application_name.as_str()),
        ("app.url", config.home_url.as_str()),
    ];
    all.extend(own.iter().map(|(name, value)| (*name, value.as_str())));
    mail::written(mail, template.subject.as_deref(), &template.body, &all)
}

/// Says of each message that it goes out, to the endpoints that ask for that by name: it tells what
/// its receiver alone is to know. Before the commit that the messages wait for.
pub async fn announce(idp: &Idp, tx: &mut Tx, mails: &[Mail]) -> Result<()> {
    let now = store::now(idp.env());
    for mail in mails {
        let (event, kind) = match mail.kind {
            MailKind::Email => (EMAIL_CREATED, ids::Kind::Email),
            MailKind::Sms => (SMS_CREATED, ids::Kind::Sms),
        };
        let data = model::message::message(&ids::new(idp.env(), kind), idp.config(), mail, now);
        webhooks::emit(tx, idp.env(), event, &data).await?;
    }
    Ok(())
}
