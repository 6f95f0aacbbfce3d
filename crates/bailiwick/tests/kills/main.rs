//! What a machine survives. `bailiwick dev` is killed at random instants while people sign up and
//! work, is started again, and must have kept everything that it acknowledged; and the command
//! itself must behave at a terminal.
//!
//! `KILLS=50 cargo test -p bailiwick --test kills -- --nocapture` kills fifty times; `KILLS_SEED`
//! repeats a run's choices.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test that cannot go on says so by a panic, and what a long run found is printed"
)]

mod browser;
mod check;
mod commands;
mod database;
mod death;
mod dev;
mod ledger;
mod machine;
mod mirror;
mod ports;
mod product;
mod rounds;
mod steps;
mod teeth;
mod walk;
mod wire;
