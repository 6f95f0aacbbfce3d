//! Names of feature flags.

/// Bytes of a name.
const BYTES_MAX: usize = 100;

/// Whether a text may name a flag: 1 to 100 of `a-z`, `0-9`, `_`, `.` and `-`, a letter first.
#[must_use]
pub fn is_key(text: &str) -> bool {
    let is_first = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let is_rest = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
    is_first && text.len() <= BYTES_MAX && text.bytes().all(is_rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_of_code() {
        for key in ["a", "new_editor", "billing.v2", "x-1", &"a".repeat(100)] {
            assert!(is_key(key), "{key}");
        }
        for key in [
            "",
            "A",
            "1a",
            "_a",
            "a b",
            "ä",
            "a\0",
            "a/b",
            &"a".repeat(101),
        ] {
            assert!(!is_key(key), "{key:?}");
        }
    }
}
