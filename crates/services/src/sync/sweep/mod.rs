//! A sweep compares the mirror with the provider, all of it, and repairs what differs.
//!
//! It goes through the provider's lists page by page, then asks about what is here and was on no
//! page. After each step it notes where it stands, so that whoever comes after a crash goes on from
//! there; at most one is open in an installation, and its holder says so again and again.

mod compare;
mod invitations;
mod memberships;
mod organizations;
mod pace;
mod position;
mod run;
mod schedule;
mod step;
mod thing;
mod users;

pub use compare::{Difference, Differs};
pub use position::Counts;
pub use run::{Ended, Options, Report, run};
pub use thing::Kind;

pub(crate) use compare::{Mode, compare, end};
pub(crate) use memberships::{here as memberships_here, key_of};
pub(crate) use pace::Pace;
pub(crate) use thing::{Here, unless_gone};
