//! Whose e-mail is somebody else's as well (B04): people look at it, nothing is ever linked by it.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::page::{Cursor, InvalidCursor, Page, PageQuery};
use bailiwick_store::conflicts::{self, Conflict, Place};
use jiff::Timestamp;
use serde_json::json;

use super::Operator;
use crate::Result;

/// A page of conflicts, the newest first: those that are open, or the others.
///
/// # Errors
/// A cursor of another list; the database's.
pub async fn list(operator: &Operator, is_open: bool, query: &PageQuery) -> Result<Page<Conflict>> {
    let after = query.cursor.as_ref().map(place).transpose()?;
    let store = operator.app().store();
    let found = store
        .list_conflicts(is_open, after, query.limit.fetch())
        .await?;
    Ok(Page::cut(found, query.limit, |conflict| {
        let key = format!("{} {}", conflict.created_at, conflict.user.id);
        Cursor::after(key, conflict.other.id.uuid())
    }))
}

/// A conflict is told apart by two people.
fn place(cursor: &Cursor) -> Result<Place, Problem> {
    let key: String = cursor.key()?;
    let parts = key.split_once(' ');
    let read = parts.and_then(|(at, user)| Some((at.parse().ok()?, user.parse().ok()?)));
    let (at, user): (Timestamp, UserId) = read.ok_or(InvalidCursor)?;
    if at < Timestamp::UNIX_EPOCH {
        return Err(InvalidCursor.into());
    }
    Ok((at, user, UserId::from(cursor.id())))
}

/// Says that a conflict has been looked at: the person is warned no more. Twice is once.
///
/// # Errors
/// `NOT_FOUND` where the two have none.
pub async fn resolve(operator: &Operator, user: UserId, other: UserId) -> Result<()> {
    let now = operator.app().env().now();
    let mut tx = operator.begin().await?;
    let found = conflicts::resolve(&mut tx, user, other, now).await?;
    let (reason, was_open) = found.ok_or_else(Problem::not_found)?;
    if was_open {
        let what = json!({"reason": reason, "userId": user, "otherId": other});
        let object = user.to_string();
        let object = ("user", object.as_str());
        operator
            .record(
                &mut tx,
                "platform.resolve_conflict",
                object,
                None,
                Some(what),
            )
            .await?;
    }
    tx.commit().await?;
    Ok(())
}
