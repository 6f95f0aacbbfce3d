//! From serde's complaints to ours: the field by its path, in words that name no type of ours.

use std::borrow::Cow;

use bailiwick_kernel::Problem;

/// The problem for a complaint of serde about the value at `path` (`.` or nothing is the whole).
///
/// Serde speaks in sentences, so this reads them; one that it does not know is one of our own
/// types' and passes as it is.
pub(super) fn of_serde(path: &str, complaint: &str) -> Problem {
    let complaint = without_position(complaint);
    let (field, message): (Option<&str>, Cow<'static, str>) =
        if let Some(field) = quoted_after(complaint, "missing field ") {
            (Some(field), "is required".into())
        } else if let Some(field) = quoted_after(complaint, "unknown field ") {
            (Some(field), "is not known".into())
        } else if let Some(field) = quoted_after(complaint, "duplicate field ") {
            (Some(field), "stands twice".into())
        } else if complaint.starts_with("unknown variant ") {
            let known = complaint
                .split_once("expected ")
                .map_or("another value", |(_, known)| known);
            (None, format!("must be {known}").into())
        } else if complaint.starts_with("invalid type: ") {
            (None, "has the wrong type".into())
        } else if complaint.starts_with("invalid value: ") {
            let wanted = complaint
                .split_once("expected ")
                .map_or("another value", |(_, wanted)| wanted);
            (None, format!("must be {wanted}").into())
        } else if complaint.starts_with("invalid length ") {
            (None, "has the wrong length".into())
        } else {
            (None, complaint.to_owned().into())
        };
    Problem::invalid(join(path, field), message)
}

fn without_position(complaint: &str) -> &str {
    complaint
        .rsplit_once(" at line ")
        .map_or(complaint, |(front, _)| front)
}

/// What stands in backticks after `prefix`.
fn quoted_after<'a>(complaint: &'a str, prefix: &str) -> Option<&'a str> {
    complaint
        .strip_prefix(prefix)?
        .strip_prefix('`')?
        .split('`')
        .next()
}

/// The path of `field` within `path`. The path may end with the field already.
fn join(path: &str, field: Option<&str>) -> String {
    let path = if path == "." { "" } else { path };
    match field {
        None if path.is_empty() => "body".to_owned(),
        None => path.to_owned(),
        Some(field) if path.is_empty() => field.to_owned(),
        Some(field) if path == field || path.ends_with(&format!(".{field}")) => path.to_owned(),
        Some(field) => format!("{path}.{field}"),
    }
}
