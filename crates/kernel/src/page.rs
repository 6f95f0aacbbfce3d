//! Lists come in pages: a bounded limit, and a cursor that names the last row seen.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

use crate::error::Problem;

/// How many rows a page has at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// The largest page.
    pub const MAX: u16 = 100;

    /// A limit of `rows`, or nothing where that is not within 1 to [`Self::MAX`].
    #[must_use]
    pub const fn new(rows: u16) -> Option<Self> {
        if rows >= 1 && rows <= Self::MAX {
            Some(Self(rows))
        } else {
            None
        }
    }

    /// The rows of a page.
    #[must_use]
    pub const fn rows(self) -> usize {
        self.0 as usize
    }

    /// What a statement fetches: one row more than the page, which tells whether another follows.
    #[must_use]
    pub const fn fetch(self) -> i64 {
        self.0 as i64 + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

struct LimitVisitor;

impl de::Visitor<'_> for LimitVisitor {
    type Value = Limit;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a number from 1 to {}", Limit::MAX)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Limit, E> {
        let rows = text.parse().ok().and_then(Limit::new);
        rows.ok_or_else(|| E::invalid_value(de::Unexpected::Other("this"), &self))
    }

    fn visit_u64<E: de::Error>(self, rows: u64) -> Result<Limit, E> {
        let limit = u16::try_from(rows).ok().and_then(Limit::new);
        limit.ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(rows), &self))
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(LimitVisitor)
    }
}

/// The text is no cursor of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor of this list")]
pub struct InvalidCursor;

impl From<InvalidCursor> for Problem {
    fn from(error: InvalidCursor) -> Self {
        Self::invalid("cursor", error.to_string())
    }
}

/// The place after which a page begins: the last row's sort key, and its id to tell equals apart.
///
/// Opaque to clients. It grants nothing: a forged one only moves the place within what its sender
/// may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    key: String,
    id: Uuid,
}

impl Cursor {
    /// Bumped when the meaning of the bytes changes; older cursors are then refused.
    const VERSION: u8 = 1;
    /// Longer texts are refused unread.
    const TEXT_MAX: usize = 1024;

    /// The place of the row with that sort key and id.
    pub fn after(key: impl fmt::Display, id: impl Into<Uuid>) -> Self {
        Self {
            key: key.to_string(),
            id: id.into(),
        }
    }

    /// The sort key, as the type that the list sorts by.
    ///
    /// # Errors
    /// The cursor is of a list with another order.
    pub fn key<K: FromStr>(&self) -> Result<K, InvalidCursor> {
        self.key.parse().map_err(|_| InvalidCursor)
    }

    /// The id of the last row seen.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = Vec::with_capacity(17 + self.key.len());
        bytes.push(Self::VERSION);
        bytes.extend_from_slice(self.id.as_bytes());
        bytes.extend_from_slice(self.key.as_bytes());
        f.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        if text.len() > Self::TEXT_MAX {
            return Err(InvalidCursor);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let Some((&[Self::VERSION], rest)) = bytes.split_first_chunk::<1>() else {
            return Err(InvalidCursor);
        };
        let (id, key) = rest.split_first_chunk::<16>().ok_or(InvalidCursor)?;
        let key = std::str::from_utf8(key).map_err(|_| InvalidCursor)?;
        // The database takes no NUL; names at the provider may have any other character.
        if key.contains('\0') {
            return Err(InvalidCursor);
        }
        Ok(Self {
            key: key.to_owned(),
            id: Uuid::from_bytes(*id),
        })
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(d)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// What a client asks of a list: `?limit=&cursor=`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct PageQuery {
    /// Rows of the page at most.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(value_type = Option<u16>, minimum = 1, maximum = 100, default = 50))]
    pub limit: Limit,
    /// `nextCursor` of the page before.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, max_length = 1024))]
    pub cursor: Option<Cursor>,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Where the next page begins; null on the last one.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, required = true))]
    pub next_cursor: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts what a statement with `limit` [`Limit::fetch`] returned to a page; `place` names a row's
    /// place in the order.
    pub fn cut(mut rows: Vec<T>, limit: Limit, place: impl FnOnce(&T) -> Cursor) -> Self {
        let more = rows.len() > limit.rows();
        rows.truncate(limit.rows());
        let next_cursor = if more { rows.last().map(place) } else { None };
        Self {
            data: rows,
            next_cursor,
        }
    }

    /// The same page of other values, or the first error.
    ///
    /// # Errors
    /// Whatever `f` answers.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        Ok(Page {
            data: self.data.into_iter().map(f).collect::<Result<_, E>>()?,
            next_cursor: self.next_cursor,
        })
    }

    /// The same page of other values.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            data: self.data.into_iter().map(f).collect(),
            next_cursor: self.next_cursor,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_limit_is_bounded_in_either_form() {
        for (json, rows) in [("1", 1), ("100", 100), ("\"7\"", 7)] {
            assert_eq!(serde_json::from_str::<Limit>(json).unwrap().rows(), rows);
        }
        for json in ["0", "101", "-1", "\"\"", "\"1e1\"", "70000", "null", "1.5"] {
            assert!(serde_json::from_str::<Limit>(json).is_err(), "{json}");
        }
        assert_eq!(Limit::default().fetch(), 51);
    }

    #[test]
    fn a_page_knows_whether_more_follows() {
        let limit = Limit::new(2).unwrap();
        let place = |row: &u128| Cursor::after(row, Uuid::from_u128(*row));
        let page = Page::cut(vec![1, 2, 3], limit, place);
        assert_eq!(page.data, [1, 2]);
        assert_eq!(page.next_cursor.unwrap().key::<u128>(), Ok(2));
        assert_eq!(Page::cut(vec![1, 2], limit, place).next_cursor, None);
        assert_eq!(Page::cut(vec![], limit, place).next_cursor, None);
        let json = serde_json::to_value(Page::cut(vec![1], limit, place)).unwrap();
        assert_eq!(json, serde_json::json!({"data": [1], "nextCursor": null}));
    }

    #[test]
    fn a_timestamp_survives_with_its_microseconds() {
        let at: Timestamp = "2026-02-03T04:05:06.123456Z".parse().unwrap();
        let cursor: Cursor = Cursor::after(at, Uuid::nil()).to_string().parse().unwrap();
        assert_eq!(cursor.key::<Timestamp>(), Ok(at));
        assert_eq!(cursor.key::<u8>(), Err(InvalidCursor));
    }

    #[test]
    fn a_bad_cursor_is_a_validation_error() {
        for text in [
            "",
            "x",
            "!!!!",
            "AA",
            "AgAAAAAAAAAAAAAAAAAAAAAA",
            &"A".repeat(2000),
        ] {
            assert_eq!(text.parse::<Cursor>(), Err(InvalidCursor), "{text}");
        }
        let nul = Cursor::after("a\0b", Uuid::nil()).to_string();
        assert_eq!(nul.parse::<Cursor>(), Err(InvalidCursor));
        let problem = Problem::from(InvalidCursor);
        assert_eq!(problem.fields()[0].field, "cursor");
    }

    proptest! {
        #[test]
        fn cursors_round_trip(key in "[^\0]{0,200}", id in any::<u128>()) {
            let cursor = Cursor::after(&key, Uuid::from_u128(id));
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }

        #[test]
        fn no_text_is_trouble(text in ".{0,80}") {
            let _ = text.parse::<Cursor>();
        }
    }
}
