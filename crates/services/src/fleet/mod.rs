//! The schemas of all tenants: bringing them to this version, comparing what is noted with what is,
//! and what who operates them asks for.

mod change;
mod run;
mod verify;

pub use change::{find, retry, retry_failed, want};
pub use run::{Event, Failure, Options, Report, run};
pub use verify::verify;
