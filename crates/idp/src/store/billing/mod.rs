//! Billing: plans, subscriptions, payments.

pub mod catalog;
pub mod checkouts;
pub mod credits;
pub mod granted;
pub mod items;
pub mod methods;
pub mod payments;
pub mod statements;
pub mod subscriptions;
pub mod sync;

use bailiwick_pg::Statement;

/// Every statement of this module's files.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    [
        catalog::STATEMENTS,
        checkouts::STATEMENTS,
        credits::STATEMENTS,
        items::STATEMENTS,
        methods::STATEMENTS,
        payments::STATEMENTS,
        statements::STATEMENTS,
        subscriptions::STATEMENTS,
        sync::STATEMENTS,
    ]
    .concat()
}
