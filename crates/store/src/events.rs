//! The tail of what changed lately (migration `control/0003_events.sql`): ids in the order of
//! commits, for the streams that this process feeds.

use std::fmt;
use std::str::FromStr;

use bailiwick_kernel::id::{OrgId, ProjectId, UserId};
use bailiwick_pg::{Row, sql};
use uuid::Uuid;

use crate::{Result, Store};

sql! {
    /// What is complete: everything of older transactions is visible, nothing of them follows.
    HORIZON() = "select control.changes_horizon()";
    /// What came after a position, in order.
    AFTER(INT8, INT8, INT8) = "
        select xid, id, kind, organization_id, user_id, project_id, object_id
        from control.changes_after($1, $2, $3)";
    /// The newest below a horizon, the newest first.
    BEFORE(INT8, INT8) = "
        select xid, id, kind, organization_id, user_id, project_id, object_id
        from control.changes_before($1, $2)";
    /// Removes what is older than `$1` seconds, at most `$2` of it.
    FORGET(INT8, INT8) = "select control.forget_changes($1, $2)";
}

/// A place in the tail. Orders as the tail does; its text is what streams call the id of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    transaction: i64,
    number: i64,
}

/// The text is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the id of an event")]
pub struct InvalidPosition;

impl Position {
    /// Before everything that a transaction from `horizon` on writes, and after all the rest.
    fn below(horizon: i64) -> Self {
        Self {
            transaction: horizon - 1,
            number: i64::MAX,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.transaction, self.number)
    }
}

impl FromStr for Position {
    type Err = InvalidPosition;

    fn from_str(text: &str) -> Result<Self, InvalidPosition> {
        let read = |part: &str| {
            let is_number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
            let number = is_number.then(|| part.parse::<i64>().ok()).flatten();
            number.ok_or(InvalidPosition)
        };
        let (transaction, number) = text.split_once('-').ok_or(InvalidPosition)?;
        Ok(Self {
            transaction: read(transaction)?,
            number: read(number)?,
        })
    }
}

/// Something changed. No data of it, only which thing it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Where it stands.
    pub position: Position,
    /// The resource, as paths and facts call it: `documents`, `memberships`.
    pub kind: String,
    /// Of which organization; none for what is a person's alone.
    pub organization: Option<OrgId>,
    /// Whom it is about, where it is about somebody.
    pub user: Option<UserId>,
    /// In which project.
    pub project: Option<ProjectId>,
    /// The thing's id.
    pub object: String,
}

impl Store {
    /// Where the tail ends now, and its newest entries, the oldest of them first.
    ///
    /// # Errors
    /// The database's.
    pub async fn newest_events(&self, limit: i64) -> Result<(Position, Vec<Event>)> {
        let row = self.pool().query_one(&HORIZON, &[]).await?;
        let horizon: i64 = row.try_get(0)?;
        let rows = self.pool().query(&BEFORE, &[&horizon, &limit]).await?;
        let events = rows.into_iter().rev().map(decode).collect::<Result<_>>()?;
        Ok((Position::below(horizon), events))
    }

    /// What came after `position`, at most `limit` of it. Late commits are waited for, so nothing
    /// ever turns up before a position that was read.
    ///
    /// # Errors
    /// The database's.
    pub async fn events_after(&self, position: Position, limit: i64) -> Result<Vec<Event>> {
        let Position {
            transaction,
            number,
        } = position;
        let params: [&(dyn bailiwick_pg::ToSql + Sync); 3] = [&transaction, &number, &limit];
        let rows = self.pool().query(&AFTER, &params).await?;
        rows.into_iter().map(decode).collect()
    }

    /// Removes at most `limit` entries that are older than `age_s` seconds; how many there were.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_events(&self, age_s: i64, limit: i64) -> Result<i64> {
        let row = self.pool().query_one(&FORGET, &[&age_s, &limit]).await?;
        row.try_get(0)
    }
}

fn decode(row: Row) -> Result<Event> {
    // What is no id of ours names nobody: then the event reaches fewer people, never more.
    let id = |text: Option<&str>| text.and_then(|text| Uuid::try_parse(text).ok());
    Ok(Event {
        position: Position {
            transaction: row.try_get(0)?,
            number: row.try_get(1)?,
        },
        kind: row.try_get(2)?,
        organization: row.try_get::<_, Option<Uuid>>(3)?.map(OrgId::from),
        user: id(row.try_get(4)?).map(UserId::from),
        project: id(row.try_get(5)?).map(ProjectId::from),
        object: row.try_get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_read_as_they_are_written_and_no_other_way() {
        let position = Position::below(8);
        assert_eq!(position.to_string().parse(), Ok(position));
        assert_eq!("7-9".parse::<Position>().unwrap().to_string(), "7-9");
        for bad in [
            "",
            "7",
            "-1-2",
            "7-",
            "-7",
            "+7-1",
            "7-1-2",
            "7 -1",
            "7-99999999999999999999",
            "a-b",
        ] {
            assert_eq!(bad.parse::<Position>(), Err(InvalidPosition), "{bad}");
        }
    }

    #[test]
    fn positions_order_by_transaction_first() {
        let at = |text: &str| text.parse::<Position>().unwrap();
        assert!(at("7-9") < at("8-1"));
        assert!(at("8-1") < at("8-2"));
        assert!(at("8-2") <= Position::below(9));
        assert!(Position::below(9) < at("9-1"));
    }
}
