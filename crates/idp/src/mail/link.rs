//! A mail with one button.

use super::{Mail, MailKind, escape, one_line};

/// What such a mail says.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Which mail it is, as Clerk calls it.
    pub slug: &'static str,
    /// Becomes one line.
    pub subject: &'a str,
    /// One line.
    pub heading: &'a str,
    /// A sentence.
    pub why: &'a str,
    /// The button's text.
    pub button: &'a str,
    /// Where it leads.
    pub url: &'a str,
    /// A sentence below.
    pub after: &'a str,
}

/// A mail with a link, from `application` at `home_url`, to `to`.
#[must_use]
pub fn link(application: &str, home_url: &str, to: &str, what: &Link<'_>) -> Mail {
    let (heading, why) = (one_line(what.heading), one_line(what.why));
    let Link {
        button, url, after, ..
    } = what;
    let text = format!(
        "{heading}\n\n{why}\n\n{button}:\n{url}\n\n{after}\n\n-- \n{application}\n{home_url}\n"
    );
    let (name, home) = (escape(application), escape(home_url));
    let (heading, why, url) = (escape(&heading), escape(&why), escape(url));
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{heading}</title></head>
<body style="margin:0;background:#f4f4f5;font-family:system-ui,-apple-system,'Segoe UI',sans-serif;color:#18181b">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:40px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:480px;background:#fff;border:1px solid #e4e4e7;border-radius:12px">
<tr><td style="padding:28px 32px 0;font-size:14px;font-weight:600;color:#52525b">{name}</td></tr>
<tr><td style="padding:16px 32px 0;font-size:22px;font-weight:600;line-height:1.3">{heading}</td></tr>
<tr><td style="padding:12px 32px 0;font-size:15px;line-height:1.6">{why}</td></tr>
<tr><td style="padding:24px 32px 0"><a href="{url}" style="display:inline-block;padding:12px 20px;background:#18181b;border-radius:8px;color:#fff;font-size:15px;font-weight:600;text-decoration:none">{button}</a></td></tr>
<tr><td style="padding:20px 32px 28px;font-size:13px;line-height:1.6;color:#71717a">{after}</td></tr>
</table>
<p style="margin:16px 0 0;font-size:12px;color:#a1a1aa">{name} · {home}</p>
</td></tr></table>
</body>
</html>
"#
    );
    Mail {
        kind: MailKind::Email,
        to: to.to_owned(),
        subject: one_line(what.subject),
        text,
        html,
        slug: what.slug,
        values: vec![("action_url", what.url.to_owned())],
        owner: None,
    }
}
