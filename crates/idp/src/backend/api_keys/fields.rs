//! Fields that making and changing a key have in common.

use serde_json::Value;

use crate::backend::form::Form;
use crate::backend::m2m_tokens;
use crate::error::Refusal;

/// The longest that a key lives, in seconds: ten years.
const LONGEST: i64 = 315_360_000;
/// The most that claims may hold, in bytes of JSON.
const CLAIMS_MAX: usize = 8 * 1024;
/// The most scopes of a key.
const SCOPES_MAX: usize = 64;

/// Takes a description out of the form.
pub(super) fn description(form: &mut Form) -> Option<Option<String>> {
    let description = form.text("description")?;
    let is_long = |text: &String| text.chars().count() > 255;
    if description.as_ref().is_some_and(is_long) {
        let text = "description is longer than 255 characters.";
        form.refuse(Refusal::format("description", text));
    }
    Some(description)
}

/// Takes claims out of the form.
pub(super) fn claims(form: &mut Form) -> Option<Option<Value>> {
    m2m_tokens::claims(form, CLAIMS_MAX)
}

/// Takes scopes out of the form.
pub(super) fn scopes(form: &mut Form) -> Option<Vec<String>> {
    if !form.has("scopes") {
        return None;
    }
    let scopes = form.texts("scopes");
    let fits = |scope: &String| (1..=255).contains(&scope.len()) && !scope.contains('\0');
    if scopes.len() > SCOPES_MAX || !scopes.iter().all(fits) {
        let text = format!("A key has {SCOPES_MAX} scopes at most, of 255 bytes each.");
        form.refuse(Refusal::format("scopes", &text));
    }
    Some(scopes)
}

/// Takes the seconds until the key's end out of the form; none for a key without.
pub(super) fn lifetime(form: &mut Form) -> Option<Option<i64>> {
    let lifetime = form.count("seconds_until_expiration")?;
    if lifetime.is_some_and(|seconds| seconds > LONGEST) {
        let text = format!("A key lives {LONGEST} seconds at most.");
        form.refuse(Refusal::format("seconds_until_expiration", &text));
    }
    Some(lifetime)
}

/// Refuses a subject that cannot be one.
pub(super) fn check_subject(form: &mut Form, subject: &str) {
    let is_subject = ["user_", "org_", "mch_"]
        .iter()
        .any(|prefix| subject.starts_with(prefix));
    if !subject.is_empty() && !is_subject {
        let text = "The subject must be a user, an organization or a machine.";
        form.refuse(Refusal::format("subject", text));
    }
}
