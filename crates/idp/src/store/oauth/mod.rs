//! Applications of others: what they are, what they were allowed, what they were given.

pub mod applications;
pub mod codes;
pub mod consents;
pub mod tokens;

use bailiwick_pg::Statement;

/// Every statement of this module's files, for the test that prepares them all.
#[must_use]
pub fn statements() -> Vec<&'static Statement> {
    [
        applications::STATEMENTS,
        codes::STATEMENTS,
        consents::STATEMENTS,
        tokens::STATEMENTS,
    ]
    .concat()
}
