//! Where a page of a list begins.

use bailiwick_kernel::page::{Cursor, InvalidCursor};
use jiff::Timestamp;

use crate::Result;

/// Reads a cursor over `(created_at, id)`.
///
/// # Errors
/// `VALIDATION_FAILED` for the cursor of another list.
pub fn place(cursor: Option<&Cursor>) -> Result<Option<(Timestamp, uuid::Uuid)>> {
    let Some(cursor) = cursor else {
        return Ok(None);
    };
    let at: Timestamp = cursor.key()?;
    // Nothing here is older; the database's range ends before the type's.
    if at < Timestamp::UNIX_EPOCH {
        return Err(InvalidCursor.into());
    }
    Ok(Some((at, cursor.id())))
}
