//! Searching sessions.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use super::super::{Page, sessions};
use super::{arrange, ids};
use crate::error::Result;

/// What sessions are looked for. Filters that say nothing hold for all.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// Of this browser.
    pub client_id: Option<String>,
    /// Of this user.
    pub user_id: Option<String>,
    /// In this state at the time of asking, written down or not.
    pub status: Option<String>,
}

/// The condition that both statements share; its parameters are `$1` to `$4`.
macro_rules! matching {
    () => {
        "($1::text is null or s.client_id = $1)
         and ($2::text is null or s.user_id = $2)
         and ($3::text is null or $3 = case
              when s.status in ('active', 'pending') and s.expire_at <= $4 then 'expired'
              when s.status in ('active', 'pending') and s.abandon_at <= $4 then 'abandoned'
              else s.status end)"
    };
}

sql! {
    /// Ids of matching sessions, the newest first. `$4` is the instant of asking.
    SEARCH_SESSIONS(TEXT, TEXT, TEXT, TIMESTAMPTZ, INT8, INT8) = concat!("
        select s.id from idp.sessions s where ", matching!(), "
        order by s.created_at desc, s.id limit $5 offset $6");
    /// How many sessions match.
    COUNT_SESSIONS(TEXT, TEXT, TEXT, TIMESTAMPTZ) =
        concat!("select count(*) from idp.sessions s where ", matching!());
}

/// A page of the sessions that match, the newest first, and how many there are on all pages.
pub async fn list(
    tx: &mut Tx,
    filter: &SessionFilter,
    now: Timestamp,
    page: Page,
) -> Result<(Vec<sessions::Session>, i64)> {
    let SessionFilter {
        client_id,
        user_id,
        status,
    } = filter;
    let rows = tx
        .query(
            &SEARCH_SESSIONS,
            &[client_id, user_id, status, &now, &page.limit, &page.offset],
        )
        .await?;
    let count = tx
        .query_one(&COUNT_SESSIONS, &[client_id, user_id, status, &now])
        .await?;
    let ids = ids(&rows);
    let found = sessions::load(tx, &ids).await?;
    Ok((arrange(found, &ids, |session| &session.id), count.get(0)))
}
