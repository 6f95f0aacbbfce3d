//! The binary of a product: `bailiwick` with tickets.

use std::process::ExitCode;

fn main() -> ExitCode {
    bailiwick::cli::main(bailiwick_example_tickets::MODULES)
}
