//! PgBouncer, which the tests put between a server and its database.

use super::apt;
use crate::environment;
use crate::report::{self, Failure};
use anyhow::Result;
use std::path::Path;

/// Where systems install it: where the tests look, in their order.
const PLACES: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/// Finds or installs it. The tests look at the same places.
pub fn ensure() -> Result<()> {
    if is_there() {
        report::ready("pooler", "PgBouncer is installed");
        return Ok(());
    }
    if let Err(error) = apt::install("pooler", "pgbouncer") {
        report::note(&format!("not installed: {error}"));
    }
    if is_there() {
        return Ok(());
    }
    Err(Failure::new(
        "there is no PgBouncer for the tests, and none could be installed",
        "install `pgbouncer` with your system's packages, or leave these tests out: \
         cargo test -- --skip pooler::",
    )
    .into())
}

fn is_there() -> bool {
    let mut programs = PLACES
        .iter()
        .map(|place| Path::new(place).join("pgbouncer"));
    programs.any(|program| environment::is_executable(&program))
}
