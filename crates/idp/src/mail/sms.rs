//! The text message that carries a code.

use super::{Mail, MailKind, Purpose};

/// A text message with `code`, from `application`, to the number `to`.
#[must_use]
pub fn sms(application: &str, to: &str, code: &str, purpose: Purpose) -> Mail {
    let what = match purpose {
        Purpose::Verification => "verification code",
        Purpose::PasswordReset => "password reset code",
    };
    Mail {
        kind: MailKind::Sms,
        to: to.to_owned(),
        subject: String::new(),
        text: format!("{code} is your {what} for {application}. Never give it to anybody."),
        html: String::new(),
        slug: purpose.slug(),
        values: vec![("otp_code", code.to_owned())],
        owner: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_the_code() {
        let mail = sms("Bailiwick", "+12015550100", "012345", Purpose::Verification);
        assert!(mail.text.starts_with("012345 is your verification code"));
        assert_eq!((mail.kind, mail.html.as_str()), (MailKind::Sms, ""));
    }
}
