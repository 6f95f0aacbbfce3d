//! The mail that confirms that somebody waits.

use super::Mail;
use super::link::{Link, link};

/// A mail to `to`, who is on the waitlist of the application at `home_url` now.
#[must_use]
pub fn waitlist(application: &str, home_url: &str, to: &str) -> Mail {
    link(
        application,
        home_url,
        to,
        &Link {
            slug: "waitlist_confirmation",
            subject: &format!("You are on the waitlist of {application}"),
            heading: "You are on the waitlist",
            why: &format!("We will write to you when you can sign up to {application}."),
            button: &format!("Visit {application}"),
            url: home_url,
            after: "If this was not you, you can ignore this message.",
        },
    )
}
