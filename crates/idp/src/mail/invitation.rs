//! The mails that invite.

use super::Mail;
use super::link::{Link, link};

/// What the mail of an invitation to an organization says.
#[derive(Clone, Copy, Debug)]
pub struct Invited<'a> {
    /// The organization's name.
    pub organization: &'a str,
    /// The name of who invites, where it is known.
    pub inviter: Option<&'a str>,
    /// Where accepting begins.
    pub url: &'a str,
}

/// A mail that invites `to` to an organization, from `application` at `home_url`.
#[must_use]
pub fn organization_invitation(
    application: &str,
    home_url: &str,
    to: &str,
    invited: &Invited<'_>,
) -> Mail {
    let organization = invited.organization;
    let subject = match invited.inviter {
        Some(name) => format!("{name} invited you to join {organization}"),
        None => format!("You are invited to join {organization}"),
    };
    let mut mail = link(
        application,
        home_url,
        to,
        &Link {
            slug: "organization_invitation",
            subject: &subject,
            heading: &format!("Join {organization}"),
            why: &format!("{subject} on {application}."),
            button: "Accept invitation",
            url: invited.url,
            after: "If you do not know the sender, you can ignore this message: nothing happens.",
        },
    );
    let inviter = invited.inviter.unwrap_or_default();
    mail.values.extend([
        ("inviter_name", inviter.to_owned()),
        ("org.name", organization.to_owned()),
    ]);
    mail
}

/// A mail that invites `to` to the application at `home_url`.
#[must_use]
pub fn invitation(application: &str, home_url: &str, to: &str, url: &str) -> Mail {
    link(
        application,
        home_url,
        to,
        &Link {
            slug: "invitation",
            subject: &format!("You are invited to {application}"),
            heading: &format!("Welcome to {application}"),
            why: &format!("You have been invited to sign up to {application}."),
            button: "Accept invitation",
            url,
            after: "If you did not expect this, you can ignore this message: nothing happens.",
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_add_headers_or_markup() {
        let invited = Invited {
            organization: "Acme\r\nBcc: eve@x.example <script>",
            inviter: Some("Ada\nX: y"),
            url: "http://localhost:3000/__clerk/v1/tickets/accept?ticket=a.b.c",
        };
        let mail = organization_invitation("A", "http://localhost:3000", "b@x.example", &invited);
        assert!(!mail.subject.contains(['\r', '\n']), "{}", mail.subject);
        assert!(!mail.html.contains("<script>") && mail.html.contains("&lt;script&gt;"));
        assert!(mail.html.contains("ticket=a.b.c\"") && mail.text.contains("ticket=a.b.c"));
        assert_eq!(mail.to, "b@x.example");
    }
}
