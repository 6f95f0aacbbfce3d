//! Operators who act for users ("sign in as"): with a reason, for a time, and with both of them in
//! every fact.
//!
//! The provider makes the session, by an actor token; whether anybody may act by it is decided
//! here, for each request, by a row that names who, whom and until when ([`Acting`]).

mod acting;
mod end;
mod start;

use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::{PlatformPermission, Problem, Refusal};
use bailiwick_store::impersonations::{Impersonation, Listing};
use jiff::{SignedDuration, Timestamp};

use crate::paging::place;
use crate::people::People;
use crate::{App, Caller, Result};

pub use acting::Acting;
pub(crate) use acting::ActingKey;
pub use end::{end, end_own};
pub use start::{NewImpersonation, Started, start};

/// The longest that one may last: long enough to see something through, and over by itself the same
/// day. The database holds it too.
pub const LONGEST: SignedDuration = SignedDuration::from_mins(120);
/// How long one lasts where nothing is said: what the provider gives such a session.
pub const USUAL: SignedDuration = SignedDuration::from_mins(30);
/// Characters of a reason at most: a sentence and the number of a case.
pub const REASON_MAX: usize = 500;

/// An impersonation as it is shown, with when it was looked at.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The impersonation.
    pub impersonation: Impersonation,
    /// When, which tells how it stands.
    pub at: Timestamp,
}

impl Shown {
    fn now(app: &App, impersonation: Impersonation) -> Self {
        let at = app.env().now();
        Self { impersonation, at }
    }
}

/// A page of impersonations, the newest first: those that are `open` or `over`, or all.
///
/// # Errors
/// `PERMISSION_DENIED`; a cursor of another list; the database's.
pub async fn list(
    caller: &Caller,
    state: Option<&str>,
    query: &PageQuery,
) -> Result<(Page<Shown>, People)> {
    if !may(caller) {
        return Err(denied().into());
    }
    let app = &caller.app;
    let listing = Listing {
        state,
        now: app.env().now(),
        after: place(query.cursor.as_ref())?,
        limit: query.limit.fetch(),
    };
    let rows = app.store().list_impersonations(listing).await?;
    let people = people(app, &rows).await?;
    let page = Page::cut(rows, query.limit, |row| {
        Cursor::after(row.created_at, row.id.uuid())
    });
    Ok((page.map(|row| Shown::now(app, row)), people))
}

/// Names of everybody whom impersonations name.
///
/// # Errors
/// The database's.
pub async fn people<'a>(
    app: &App,
    rows: impl IntoIterator<Item = &'a Impersonation>,
) -> Result<People> {
    let named = |row: &Impersonation| [Some(row.user), Some(row.impersonator), row.ended_by];
    app.people(rows.into_iter().flat_map(named).flatten()).await
}

/// Whether the caller may act for others, as far as is known without looking anew. Nobody may who
/// is acting already.
fn may(caller: &Caller) -> bool {
    caller.platform_role().may(PlatformPermission::Impersonate)
}

fn denied() -> Problem {
    Problem::denied().refusal(Refusal {
        permission: Some(PlatformPermission::Impersonate.as_str().to_owned()),
        ..Refusal::of("not_granted")
    })
}
