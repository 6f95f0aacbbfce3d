//! Texts with names in double braces, `{{otp_code}}`, that a server wrote for a message.

use super::{Mail, MailKind, escape, one_line};

/// Puts values in the place of their names in `text`. A name without a value stays away.
fn fill(text: &str, values: &[(&str, &str)], write: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, after)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        let wanted = name.trim();
        if let Some((_, value)) = values.iter().find(|(name, _)| *name == wanted) {
            filled.push_str(&write(value));
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The message that a written subject and body make with those values, in the place of `mail`. The
/// body of a mail is HTML, in which the values are escaped; its text is what remains without the
/// marks. No value adds a line to a subject.
#[must_use]
pub fn written(mail: Mail, subject: Option<&str>, body: &str, values: &[(&str, &str)]) -> Mail {
    if mail.kind == MailKind::Sms {
        let text = fill(body, values, str::to_owned);
        return Mail { text, ..mail };
    }
    let subject = match subject {
        Some(subject) => one_line(&fill(subject, values, str::to_owned)),
        None => mail.subject,
    };
    let html = fill(body, values, escape);
    Mail {
        subject,
        text: without_marks(&fill(body, values, str::to_owned)),
        html,
        ..mail
    }
}

/// What a reader without HTML sees: the text between the marks, a line each.
fn without_marks(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        push_line(&mut text, before);
        // What a style says is for nobody to read.
        let after = match after.strip_prefix("style") {
            Some(style) => style.split_once("</style").map_or("", |(_, after)| after),
            None => after,
        };
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    push_line(&mut text, rest);
    text
}

fn push_line(text: &mut String, line: &str) {
    let line = line.trim();
    if !line.is_empty() {
        text.push_str(line);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        Mail {
            kind: MailKind::Email,
            to: "ada@x.example".to_owned(),
            subject: "old".to_owned(),
            text: String::new(),
            html: String::new(),
            slug: "verification_code",
            values: Vec::new(),
            owner: None,
        }
    }

    #[test]
    fn values_take_the_place_of_names_and_add_neither_lines_nor_marks() {
        let values = [("otp_code", "012345"), ("app.name", "A<b>\r\nBcc: x")];
        let body = "<style>p{}</style><p>{{ otp_code }} for {{app.name}}</p>{{ nothing }}{{";
        let mail = written(mail(), Some("{{otp_code}} {{app.name}}"), body, &values);
        assert_eq!(mail.subject, "012345 A<b>  Bcc: x");
        assert!(
            mail.html.contains("<p>012345 for A&lt;b&gt;"),
            "{}",
            mail.html
        );
        assert!(mail.html.ends_with("</p>{{"), "{}", mail.html);
        assert!(mail.text.starts_with("012345 for A"), "{}", mail.text);
    }

    #[test]
    fn a_text_message_is_its_text() {
        let sms = Mail {
            kind: MailKind::Sms,
            ..mail()
        };
        let written = written(sms, None, "Code: {{otp_code}}", &[("otp_code", "1")]);
        assert_eq!(
            (written.text.as_str(), written.html.as_str()),
            ("Code: 1", "")
        );
    }
}
