//! Every statement fits the tables that the migrations make.

use std::collections::HashSet;

use crate::support::postgres::database;

#[tokio::test]
async fn every_statement_is_understood_with_the_types_it_declares() {
    let pool = database().await;
    let statements: Vec<_> = bailiwick_idp::store::statements()
        .into_iter()
        .chain(bailiwick_idp::webhooks::statements())
        .collect();
    assert!(statements.len() > 50);
    for statement in &statements {
        let types = pool.parameter_types(statement.sql).await;
        let types = types.unwrap_or_else(|error| panic!("{}: {error}", statement.name));
        assert_eq!(types, statement.params, "{}", statement.name);
    }
}

#[test]
fn no_two_statements_are_the_same() {
    let mut seen = HashSet::new();
    let statements = bailiwick_idp::store::statements();
    for statement in statements
        .into_iter()
        .chain(bailiwick_idp::webhooks::statements())
    {
        assert!(
            seen.insert(statement.sql),
            "{} is there twice",
            statement.name
        );
    }
}
