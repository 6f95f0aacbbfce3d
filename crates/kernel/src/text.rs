//! Checking what people type, all fields of a form before the first refusal is answered.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use crate::error::{Code, FieldError, Problem};

/// Collects what is wrong with the values of one request.
///
/// ```
/// use bailiwick_kernel::text::Fields;
/// let mut fields = Fields::new();
/// let name = fields.line("name", "  Alpha ", 1..=200);
/// fields.finish()?;
/// assert_eq!(name, "Alpha");
/// # Ok::<(), bailiwick_kernel::Problem>(())
/// ```
#[derive(Debug, Default)]
#[must_use = "what was found is lost without `finish`"]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Nothing wrong yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One line of text, trimmed: as many characters as `length` says and no control characters.
    pub fn line(
        &mut self,
        field: &'static str,
        value: &str,
        length: RangeInclusive<usize>,
    ) -> String {
        self.text(field, value, length, |_| false)
    }

    /// Text of several lines, trimmed; tabs and line ends are its only control characters.
    pub fn lines(
        &mut self,
        field: &'static str,
        value: &str,
        length: RangeInclusive<usize>,
    ) -> String {
        self.text(field, value, length, |c| matches!(c, '\n' | '\r' | '\t'))
    }

    /// Several lines that may be absent; what is blank counts as absent.
    pub fn optional_lines(
        &mut self,
        field: &'static str,
        value: Option<&str>,
        length_max: usize,
    ) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        Some(self.lines(field, value, 1..=length_max))
    }

    /// An e-mail address as mail can be sent to one, trimmed: something, `@`, a domain with a dot, and
    /// nothing that mail programs would take apart.
    pub fn email(&mut self, field: &'static str, value: &str) -> String {
        const CHARS_MAX: usize = 254;
        let value = value.trim();
        let is_plain =
            |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
        let parts = value.split_once('@');
        let is_address = parts.is_some_and(|(local, domain)| {
            let labels = || domain.split('.');
            !local.is_empty()
                && !domain.contains('@')
                && labels().count() > 1
                && labels().all(|l| !l.is_empty())
        });
        if !is_address || !value.chars().all(is_plain) || value.chars().count() > CHARS_MAX {
            self.refuse(field, "must be an e-mail address");
        }
        value.to_owned()
    }

    /// Refuses `field`.
    pub fn refuse(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) {
        self.0.push(FieldError::new(field, message));
    }

    /// Refuses `field` unless `holds`.
    pub fn require(&mut self, holds: bool, field: &'static str, message: &'static str) {
        if !holds {
            self.refuse(field, message);
        }
    }

    /// The end of the check.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` with everything that was found.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() {
            return Ok(());
        }
        let problem = Problem::new(Code::ValidationFailed);
        Err(self.0.into_iter().fold(problem, |problem, error| {
            problem.field(error.field, error.message)
        }))
    }

    fn text(
        &mut self,
        field: &'static str,
        value: &str,
        length: RangeInclusive<usize>,
        allowed_control: impl Fn(char) -> bool,
    ) -> String {
        let value = value.trim();
        let chars = value.chars().count();
        if value.chars().any(|c| c.is_control() && !allowed_control(c)) {
            self.refuse(field, "must not contain control characters");
        } else if chars == 0 && *length.start() > 0 {
            self.refuse(field, "must not be empty");
        } else if !length.contains(&chars) {
            let (min, max) = (length.start(), length.end());
            self.refuse(field, format!("must have {min} to {max} characters"));
        }
        value.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_complaints_come_at_once() {
        let mut fields = Fields::new();
        fields.line("name", " \u{a0} ", 1..=200);
        fields.line("code", "a\u{0}b", 1..=9);
        fields.lines("description", &"x".repeat(11), 1..=10);
        fields.require(false, "size", "must be positive");
        let problem = fields.finish().unwrap_err();
        assert_eq!(
            problem.to_string(),
            "VALIDATION_FAILED; name: must not be empty; code: must not contain control characters; \
             description: must have 1 to 10 characters; size: must be positive"
        );
    }

    #[test]
    fn good_text_is_trimmed_and_counted_in_characters() {
        let mut fields = Fields::new();
        assert_eq!(fields.line("name", "  ÄÖÜ  ", 1..=3), "ÄÖÜ");
        assert_eq!(fields.lines("text", "a\r\n\tb", 1..=9), "a\r\n\tb");
        assert_eq!(fields.optional_lines("note", Some("  "), 9), None);
        assert_eq!(
            fields.optional_lines("note", Some(" x "), 9).as_deref(),
            Some("x")
        );
        assert_eq!(fields.optional_lines("note", None, 9), None);
        fields.finish().unwrap();
    }

    #[test]
    fn addresses_are_told_from_everything_else() {
        for good in ["a@b.example", " Ada+x@b.c.example "] {
            let mut fields = Fields::new();
            assert_eq!(fields.email("email", good), good.trim());
            fields.finish().unwrap();
        }
        let long = format!("{}@b.example", "a".repeat(250));
        for bad in [
            "",
            "a",
            "@b.example",
            "a@",
            "a@b",
            "a@b@c.example",
            "a b@c.example",
            "a@b..example",
            "a@b.example,c@d.example",
            "A <a@b.example>",
            "a@b.example\nBcc: c",
            &long,
        ] {
            let mut fields = Fields::new();
            fields.email("email", bad);
            fields.finish().unwrap_err();
        }
    }

    #[test]
    fn one_line_has_no_second() {
        let mut fields = Fields::new();
        fields.line("name", "a\nb", 1..=9);
        fields.finish().unwrap_err();
    }
}
