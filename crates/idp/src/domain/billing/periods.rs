//! When periods end.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use crate::store::billing::catalog::Period;

/// The most periods that are looked through: a thousand years of months.
const MAX: i64 = 12_000;

/// The end of the period that follows `end`, counted from `anchor`: what began on the 31st ends
/// on the last day of shorter months, and on the 31st again.
pub fn following(anchor: Timestamp, end: Timestamp, period: Period) -> Timestamp {
    let zoned = anchor.to_zoned(TimeZone::UTC);
    let step = match period {
        Period::Month => 1,
        Period::Annual => 12,
    };
    let mut months = step;
    while months <= MAX {
        match zoned.checked_add(Span::new().months(months)) {
            Ok(at) if at.timestamp() > end => return at.timestamp(),
            Ok(_) => months += step,
            Err(_) => break,
        }
    }
    Timestamp::MAX
}

/// The first instant of the month of an instant.
pub fn month_start(at: Timestamp) -> Timestamp {
    let zoned = at.to_zoned(TimeZone::UTC);
    zoned
        .first_of_month()
        .and_then(|day| day.start_of_day())
        .map_or(at, |start| start.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn months_keep_their_day_where_they_have_it() {
        let anchor = at("2026-01-31T10:00:00Z");
        let mut end = anchor;
        let mut ends = Vec::new();
        for _ in 0..4 {
            end = following(anchor, end, Period::Month);
            ends.push(end.to_string());
        }
        assert_eq!(
            ends,
            [
                "2026-02-28T10:00:00Z",
                "2026-03-31T10:00:00Z",
                "2026-04-30T10:00:00Z",
                "2026-05-31T10:00:00Z"
            ]
        );
        let leap = at("2024-02-29T00:00:00Z");
        let next = following(leap, leap, Period::Annual);
        assert_eq!(next, at("2025-02-28T00:00:00Z"));
    }

    #[test]
    fn statements_begin_with_the_month() {
        assert_eq!(
            month_start(at("2026-03-31T23:59:59Z")),
            at("2026-03-01T00:00:00Z")
        );
    }
}
