//! Keys that mean what they say.

use std::fmt;
use std::str::FromStr;

/// S3's bound on a key.
const MAX_KEY_BYTES: usize = 1024;

/// A file system's bound on a name, with room for a suffix: embedded stores keep objects as files.
const MAX_SEGMENT_BYTES: usize = 200;

/// The key of an object: segments of `[A-Za-z0-9_-]`, joined by slashes.
///
/// Built from segments alone, because URLs resolve dots before they are signed: a key with `..` in
/// it would be signed as another tenant's, or as another bucket's. Slashes, dots, percent signs and
/// everything else of meaning are refused, so that no segment can become two or none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

/// A key that could mean something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No segment at all, or an empty one.
    #[error("the object key has an empty segment")]
    Empty,
    /// A character outside of `[A-Za-z0-9_-]`, a dot for example.
    #[error("the object key has a segment with a character that is not allowed")]
    Character,
    /// Longer than stores take.
    #[error("the object key is too long")]
    TooLong,
}

impl ObjectKey {
    /// Joins segments.
    ///
    /// # Errors
    /// [`KeyError`]. Segments are ids of ours, so an error is a fault of the program.
    pub fn from_segments<S: AsRef<str>>(
        segments: impl IntoIterator<Item = S>,
    ) -> Result<Self, KeyError> {
        let mut key = String::new();
        for (position, segment) in segments.into_iter().enumerate() {
            let segment = segment.as_ref();
            check_segment(segment)?;
            if position > 0 {
                key.push('/');
            }
            key.push_str(segment);
        }
        match key.len() {
            0 => Err(KeyError::Empty),
            length if length > MAX_KEY_BYTES => Err(KeyError::TooLong),
            _ => Ok(Self(key)),
        }
    }

    /// This key with more segments.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn join<S: AsRef<str>>(
        &self,
        segments: impl IntoIterator<Item = S>,
    ) -> Result<Self, KeyError> {
        let more = Self::from_segments(segments)?;
        Self::from_segments(self.0.split('/').chain(more.0.split('/')))
    }

    /// The key as stores know it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_segment(segment: &str) -> Result<(), KeyError> {
    if segment.is_empty() {
        return Err(KeyError::Empty);
    }
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if !segment.bytes().all(plain) {
        return Err(KeyError::Character);
    }
    if segment.len() > MAX_SEGMENT_BYTES {
        return Err(KeyError::TooLong);
    }
    Ok(())
}

/// Reads a key back from where it was stored, under the same rules.
impl FromStr for ObjectKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_segments(text.split('/'))
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_become_a_key() {
        let key = ObjectKey::from_segments(["org", "org_2aB", "project", "0199-4f"]).unwrap();
        assert_eq!(key.as_str(), "org/org_2aB/project/0199-4f");
        assert_eq!(key.to_string().parse::<ObjectKey>().unwrap(), key);
        assert_eq!(
            key.join(["x", "y"]).unwrap().as_str(),
            "org/org_2aB/project/0199-4f/x/y"
        );
    }

    #[test]
    fn nothing_climbs_or_splits() {
        for segment in [
            ".",
            "..",
            "a/b",
            "/",
            "a.b",
            "%2e%2e",
            "a\\b",
            "a b",
            "é",
            "a\0",
            "a\n",
            "?",
            "#",
            "~",
            "*",
            ":",
            "..%2f",
            "\u{ff0e}\u{ff0e}",
        ] {
            let refused = ObjectKey::from_segments(["org", segment, "x"]);
            assert_eq!(refused, Err(KeyError::Character), "{segment:?}");
        }
        for key in ["", "/", "/a", "a/", "a//b"] {
            assert_eq!(key.parse::<ObjectKey>(), Err(KeyError::Empty), "{key}");
        }
        assert_eq!(ObjectKey::from_segments::<&str>([]), Err(KeyError::Empty));
        assert_eq!("a/../../b".parse::<ObjectKey>(), Err(KeyError::Character));
    }

    #[test]
    fn keys_have_an_end() {
        assert_eq!(
            ObjectKey::from_segments(["x".repeat(201)]),
            Err(KeyError::TooLong)
        );
        assert_eq!(
            ObjectKey::from_segments(vec!["x".repeat(200); 6]),
            Err(KeyError::TooLong)
        );
        assert!(ObjectKey::from_segments(vec!["x".repeat(200); 5]).is_ok());
    }
}
