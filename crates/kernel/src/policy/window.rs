//! Limits in time: how far from today the data may be, and when somebody may act.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A data window: rows whose date is no further from now than this. The default has no bound.
///
/// A day is 24 hours, counted from the moment of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Window {
    /// Days into the past; absent: without bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(maximum = 3660, nullable = false))]
    pub back_days: Option<u16>,
    /// Days into the future; absent: without bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(maximum = 3660, nullable = false))]
    pub forward_days: Option<u16>,
}

impl Window {
    /// Without bounds.
    pub const OPEN: Self = Self {
        back_days: None,
        forward_days: None,
    };
    /// The widest bound that can be named: ten years. Who means more names none.
    pub const DAYS_MAX: u16 = 3660;

    /// Whether nothing is bounded.
    #[must_use]
    pub const fn is_open(self) -> bool {
        self.back_days.is_none() && self.forward_days.is_none()
    }

    /// What either of the two lets through: both contain the present, so the union is a window.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let wider = |a: Option<u16>, b: Option<u16>| Some(a?.max(b?));
        Self {
            back_days: wider(self.back_days, other.back_days),
            forward_days: wider(self.forward_days, other.forward_days),
        }
    }

    /// Whether all that `other` lets through is let through by this one.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self.or(other) == self
    }

    /// The first and the last instant that are let through at `now`.
    #[must_use]
    pub fn bounds(self, now: Timestamp) -> (Option<Timestamp>, Option<Timestamp>) {
        let span = |days: u16| SignedDuration::from_hours(24 * i64::from(days));
        let back = self.back_days.map(|days| now - span(days));
        let forward = self.forward_days.map(|days| now + span(days));
        (back, forward)
    }

    /// Whether a row of the date `at` is let through at `now`.
    #[must_use]
    pub fn contains(self, now: Timestamp, at: Timestamp) -> bool {
        let (first, last) = self.bounds(now);
        first.is_none_or(|first| first <= at) && last.is_none_or(|last| at <= last)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Day {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// An access window as packs and grants write it: when somebody may act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessWindow {
    /// On which days it begins.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 7))]
    pub days: Vec<Day>,
    /// When it begins, `HH:MM`.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "08:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")
    )]
    pub from: String,
    /// When it ends, `HH:MM` up to `24:00`; before `from`, it ends the next day.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "20:00", pattern = "^[0-2][0-9]:[0-5][0-9]$")
    )]
    pub to: String,
    /// The time zone of the clock that counts, an IANA name.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "Europe/Berlin", max_length = 64)
    )]
    #[serde(alias = "time_zone")]
    pub time_zone: String,
}

/// What is wrong with an access window, and with which part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadWindow {
    /// `days`, `from`, `to` or `timeZone`.
    pub field: &'static str,
    /// In words for people.
    pub message: &'static str,
}

/// An access window, compiled.
#[derive(Debug, Clone)]
pub struct Hours {
    /// Bit 0 is Monday.
    days: u8,
    from_minute: u16,
    to_minute: u16,
    zone: TimeZone,
    words: String,
}

impl AccessWindow {
    /// Checks and compiles.
    ///
    /// # Errors
    /// No day, no time of the form `HH:MM`, an empty span, an unknown time zone.
    pub fn compile(&self) -> Result<Hours, BadWindow> {
        let bad = |field, message| BadWindow { field, message };
        if self.days.is_empty() || self.days.len() > 7 {
            return Err(bad("days", "must name one to seven days"));
        }
        let from_minute = minute(&self.from).filter(|minute| *minute < DAY);
        let from_minute = from_minute.ok_or_else(|| bad("from", "must be a time like 08:00"))?;
        let to_minute = minute(&self.to);
        let to_minute = to_minute.ok_or_else(|| bad("to", "must be a time like 20:00"))?;
        if from_minute == to_minute {
            return Err(bad("to", "must differ from the beginning"));
        }
        let unknown = || bad("timeZone", "must be an IANA time zone like Europe/Berlin");
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte);
        let zone = Some(&self.time_zone);
        let zone = zone.filter(|name| name.len() <= 64 && name.bytes().all(is_name));
        let zone = zone.and_then(|name| TimeZone::get(name).ok());
        let days = self.days.iter().fold(0, |bits, day| bits | day.bit());
        Ok(Hours {
            days,
            from_minute,
            to_minute,
            zone: zone.ok_or_else(unknown)?,
            words: self.words(),
        })
    }

    fn words(&self) -> String {
        let days: Vec<String> = self.days.iter().map(|day| format!("{day:?}")).collect();
        let Self {
            from,
            to,
            time_zone,
            ..
        } = self;
        format!("{} {from}–{to} ({time_zone})", days.join(", "))
    }
}

/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// `HH:MM` as a minute of the day, `24:00` included.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two(hour) || !two(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let at = hour * 60 + minute;
    (minute < 60 && at <= DAY).then_some(at)
}

impl Day {
    fn bit(self) -> u8 {
        1 << (self as u8)
    }
}

impl Hours {
    /// Whether one may act at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        let local = now.to_zoned(self.zone.clone());
        let of_day = |value: i8| u16::try_from(value).unwrap_or(0);
        let minute = of_day(local.hour()) * 60 + of_day(local.minute());
        let today = local.weekday().to_monday_zero_offset().unsigned_abs();
        let on = |day: u8| self.days >> (day % 7) & 1 == 1;
        if self.from_minute < self.to_minute {
            return on(today) && (self.from_minute..self.to_minute).contains(&minute);
        }
        let since_yesterday = on(today + 6) && minute < self.to_minute;
        since_yesterday || on(today) && minute >= self.from_minute
    }

    /// For people: `Mon, Tue 08:00–20:00 (Europe/Berlin)`.
    #[must_use]
    pub fn words(&self) -> &str {
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(days: &[Day], from: &str, to: &str, zone: &str) -> Result<Hours, BadWindow> {
        let window = AccessWindow {
            days: days.to_vec(),
            from: from.to_owned(),
            to: to.to_owned(),
            time_zone: zone.to_owned(),
        };
        window.compile()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_clock_of_the_place_counts() {
        let shop = hours(&[Day::Mon, Day::Sat], "08:00", "20:00", "Asia/Kolkata").unwrap();
        // 2026-01-05 is a Monday; Kolkata is at +05:30.
        assert!(shop.is_open(at("2026-01-05T02:30:00Z")));
        assert!(!shop.is_open(at("2026-01-05T02:29:59Z")));
        assert!(shop.is_open(at("2026-01-05T14:29:59Z")));
        assert!(!shop.is_open(at("2026-01-05T14:30:00Z")));
        assert!(!shop.is_open(at("2026-01-06T08:00:00Z")));
        assert_eq!(shop.words(), "Mon, Sat 08:00–20:00 (Asia/Kolkata)");
    }

    #[test]
    fn a_night_ends_on_the_next_day_and_summer_moves_it() {
        let night = hours(&[Day::Sun], "22:00", "06:00", "Europe/Berlin").unwrap();
        // Sunday 2026-07-05, summer time, +02:00.
        assert!(!night.is_open(at("2026-07-05T19:59:00Z")));
        assert!(night.is_open(at("2026-07-05T20:00:00Z")));
        assert!(night.is_open(at("2026-07-06T03:59:00Z")));
        assert!(!night.is_open(at("2026-07-06T04:00:00Z")));
        // Sunday 2026-01-04, winter time, +01:00.
        assert!(!night.is_open(at("2026-01-04T20:59:00Z")));
        assert!(night.is_open(at("2026-01-04T21:00:00Z")));
        let whole = hours(&[Day::Mon], "00:00", "24:00", "UTC").unwrap();
        assert!(whole.is_open(at("2026-01-05T23:59:59Z")));
        assert!(!whole.is_open(at("2026-01-06T00:00:00Z")));
    }

    #[test]
    fn what_is_no_window_says_which_part() {
        for (days, from, to, zone, field) in [
            (&[][..], "08:00", "20:00", "UTC", "days"),
            (&[Day::Mon; 8][..], "08:00", "20:00", "UTC", "days"),
            (&[Day::Mon][..], "8:00", "20:00", "UTC", "from"),
            (&[Day::Mon][..], "24:00", "20:00", "UTC", "from"),
            (&[Day::Mon][..], "08:60", "20:00", "UTC", "from"),
            (&[Day::Mon][..], "+8:00", "20:00", "UTC", "from"),
            (&[Day::Mon][..], "08:00", "24:01", "UTC", "to"),
            (&[Day::Mon][..], "08:00", "08:00", "UTC", "to"),
            (
                &[Day::Mon][..],
                "08:00",
                "20:00",
                "Middle/Earth",
                "timeZone",
            ),
            (&[Day::Mon][..], "08:00", "20:00", "", "timeZone"),
        ] {
            let refused = hours(days, from, to, zone).unwrap_err();
            assert_eq!(refused.field, field, "{from} {to} {zone}");
        }
    }

    #[test]
    fn windows_unite_and_cover() {
        let days = |back_days, forward_days| Window {
            back_days,
            forward_days,
        };
        let (narrow, wide) = (days(Some(7), Some(0)), days(Some(30), None));
        assert_eq!(narrow.or(wide), wide);
        assert!(wide.covers(narrow) && !narrow.covers(wide) && Window::OPEN.covers(wide));
        assert_eq!(
            days(Some(7), None).or(days(None, Some(3))),
            Window::OPEN,
            "each bound by itself"
        );
        let now = at("2026-01-10T12:00:00Z");
        assert!(narrow.contains(now, at("2026-01-03T12:00:00Z")));
        assert!(!narrow.contains(now, at("2026-01-03T11:59:59Z")));
        assert!(narrow.contains(now, now) && !narrow.contains(now, at("2026-01-10T12:00:01Z")));
        assert!(wide.contains(now, at("2036-01-01T00:00:00Z")));
    }
}
