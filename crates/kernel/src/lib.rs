//! Floor 0: what the product means, without I/O and without `async`.
//!
//! Identifiers, the policy engine, error codes, pages, and time and randomness as parameters.

pub mod env;
pub mod error;
pub mod flag;
pub mod id;
pub mod page;
pub mod plan;
pub mod platform;
pub mod policy;
pub mod redact;
pub mod role;
pub mod slug;
pub mod text;

pub use env::{Clock, Env, ManualClock, Random, SystemClock, SystemRandom};
pub use error::{Code, FieldError, Problem, Refusal};
pub use page::{Cursor, Limit, Page, PageQuery};
pub use plan::{Plan, Tier};
pub use platform::PlatformPermission;
pub use role::{PlatformRole, ProjectRole};
