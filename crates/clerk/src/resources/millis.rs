//! Times as the provider writes them: integers, milliseconds since the epoch.
//!
//! Some of its documents show seconds. Anything below 10¹¹ is taken for seconds: as milliseconds
//! it would lie before March 1973.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Below this a number counts seconds.
const FIRST_MILLIS: i64 = 100_000_000_000;

/// Reads a number of milliseconds or seconds; none where it is out of any calendar.
#[must_use]
pub fn timestamp(number: i64) -> Option<Timestamp> {
    if number < FIRST_MILLIS {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

/// For `#[serde(with = "..")]` on an `Option<Timestamp>`; absent and `null` are none.
///
/// # Errors
/// A string, an object or a number out of any calendar.
pub fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Option::<i64>::deserialize(deserializer)?
        .map(|number| {
            timestamp(number).ok_or_else(|| de::Error::custom("a time out of the calendar"))
        })
        .transpose()
}

/// Writes milliseconds.
///
/// # Errors
/// The serializer's.
pub fn serialize<S: Serializer>(
    time: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    time.map(Timestamp::as_millisecond).serialize(serializer)
}
