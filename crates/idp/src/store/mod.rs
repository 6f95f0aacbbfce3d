//! The provider's rows and every statement that touches them.
//!
//! Functions on a typed transaction: what one request reads and writes is one transaction. A row
//! is read by id into its struct, changed, and saved; whoever changes one locks it first.

pub mod api_keys;
pub mod backup_codes;
pub mod billing;
pub mod clients;
pub mod console_tokens;
pub mod emails;
pub mod external_accounts;
pub mod factors;
pub mod images;
pub mod invitations;
pub mod jwt_templates;
pub mod keys;
pub mod login_tokens;
pub mod m2m_tokens;
pub mod machines;
pub mod memberships;
pub mod oauth;
pub mod oauth_flows;
pub mod organization_domains;
pub mod organization_invitations;
pub mod organization_suggestions;
pub mod organizations;
pub mod passwords;
pub mod people;
pub mod permissions;
pub mod phones;
pub mod redirect_urls;
pub mod restrictions;
pub mod reverifications;
pub mod role_sets;
pub mod roles;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sign_ins;
pub mod sign_up_ids;
pub mod sign_ups;
pub mod sweep;
pub mod templates;
pub mod tickets;
pub mod totps;
pub mod users;
pub mod verifications;
pub mod waitlist;

use bailiwick_kernel::Env;
use bailiwick_pg::Statement;
use jiff::{SignedDuration, Timestamp};

/// The current instant in whole milliseconds: what is stored is what the protocols can say.
#[must_use]
pub fn now(env: &Env) -> Timestamp {
    let now = env.now();
    Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
}

/// An instant for the version column of a row that is changed at `now` and was changed at
/// `before`: later than both, so that receivers can order changes of one millisecond.
#[must_use]
pub fn after(before: Timestamp, now: Timestamp) -> Timestamp {
    let next = before
        .saturating_add(SignedDuration::from_millis(1))
        .unwrap_or(before);
    now.max(next)
}

/// A page of a list: at most `limit` rows after the first `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// 1 to 500.
    pub limit: i64,
    /// From 0.
    pub offset: i64,
}

impl Page {
    /// The largest page that anybody gets.
    pub const MAX: i64 = 500;

    /// A page within its bounds, whatever was asked for.
    #[must_use]
    pub fn new(limit: Option<i64>, offset: Option<i64>) -> Self {
        Self {
            limit: limit.unwrap_or(10).clamp(1, Self::MAX),
            offset: offset.unwrap_or(0).clamp(0, 1_000_000),
        }
    }

    /// What the page shows of a list that is here as a whole.
    #[must_use]
    pub fn of<T>(self, all: &[T]) -> &[T] {
        let bound = |number: i64| usize::try_from(number).map_or(0, |n| n.min(all.len()));
        let end = self.offset.saturating_add(self.limit);
        all.get(bound(self.offset)..bound(end)).unwrap_or_default()
    }
}

/// Every statement of this module's files, for the test that prepares them all.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    [
        backup_codes::STATEMENTS,
        api_keys::STATEMENTS,
        clients::STATEMENTS,
        console_tokens::STATEMENTS,
        &crate::console::STATEMENTS.concat(),
        crate::transfer::STATEMENTS,
        emails::STATEMENTS,
        external_accounts::STATEMENTS,
        factors::STATEMENTS,
        images::STATEMENTS,
        invitations::STATEMENTS,
        jwt_templates::STATEMENTS,
        keys::STATEMENTS,
        login_tokens::STATEMENTS,
        m2m_tokens::STATEMENTS,
        machines::STATEMENTS,
        memberships::STATEMENTS,
        oauth_flows::STATEMENTS,
        organization_domains::STATEMENTS,
        organization_invitations::STATEMENTS,
        organization_suggestions::STATEMENTS,
        organizations::STATEMENTS,
        passwords::STATEMENTS,
        people::STATEMENTS,
        phones::STATEMENTS,
        restrictions::STATEMENTS,
        reverifications::STATEMENTS,
        permissions::STATEMENTS,
        role_sets::STATEMENTS,
        roles::STATEMENTS,
        sessions::STATEMENTS,
        settings::STATEMENTS,
        sign_ins::STATEMENTS,
        sign_up_ids::STATEMENTS,
        sign_ups::STATEMENTS,
        sweep::STATEMENTS,
        templates::STATEMENTS,
        totps::STATEMENTS,
        tickets::STATEMENTS,
        users::STATEMENTS,
        verifications::STATEMENTS,
        redirect_urls::STATEMENTS,
        waitlist::STATEMENTS,
        &billing::statements(),
        &oauth::statements(),
        &search::statements(),
    ]
    .concat()
}
