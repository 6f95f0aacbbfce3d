//! The mail that carries a code.

use super::{Mail, MailKind, escape};

/// What the code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To prove an address, or to sign in.
    Verification,
    /// To set a new password.
    PasswordReset,
}

impl Purpose {
    /// Clerk's name of a message with a code for it.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Verification => "verification_code",
            Self::PasswordReset => "reset_password_code",
        }
    }
}

/// A mail with `code`, from `application` at `home_url`, to `to`.
#[must_use]
pub fn code(application: &str, home_url: &str, to: &str, code: &str, purpose: Purpose) -> Mail {
    let (subject, heading, why) = match purpose {
        Purpose::Verification => (
            format!("{code} is your verification code"),
            "Verification code",
            "Enter this code to continue:",
        ),
        Purpose::PasswordReset => (
            format!("{code} is your password reset code"),
            "Reset your password",
            "Enter this code to set a new password:",
        ),
    };
    let after = "The code is valid for 10 minutes. Never give it to anybody.";
    let ignore = "If you did not ask for it, you can ignore this message: nothing has changed.";
    let text = format!(
        "{heading}\n\n{why}\n\n    {code}\n\n{after}\n\n{ignore}\n\n-- \n{application}\n{home_url}\n"
    );
    let (name, home) = (escape(application), escape(home_url));
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
<tr><td style="padding:20px 32px 0"><div style="padding:18px;background:#f4f4f5;border-radius:8px;text-align:center;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;font-weight:700;letter-spacing:8px">{code}</div></td></tr>
<tr><td style="padding:20px 32px 0;font-size:14px;line-height:1.6;color:#3f3f46">{after}</td></tr>
<tr><td style="padding:8px 32px 28px;font-size:13px;line-height:1.6;color:#71717a">{ignore}</td></tr>
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
        subject,
        text,
        html,
        slug: purpose.slug(),
        values: vec![("otp_code", code.to_owned())],
        owner: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carries_the_code_in_both_forms_and_escapes_names() {
        let mail = code(
            "A<b>",
            "http://localhost:3000",
            "ada@x.example",
            "012345",
            Purpose::PasswordReset,
        );
        assert!(mail.subject.starts_with("012345 ") && mail.text.contains("012345"));
        assert!(mail.html.contains("012345") && mail.html.contains("A&lt;b&gt;"));
        assert!(!mail.html.contains("<b>"));
    }
}
