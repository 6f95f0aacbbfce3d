//! Tables of requests.

use http::Method;

/// Whether a request is in the table. `*` in a table's path stands for one segment.
pub fn is_one_of(table: &[(Method, &str)], method: &Method, path: &str) -> bool {
    table
        .iter()
        .any(|(wanted, pattern)| wanted == method && matches(pattern, path))
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("*"), Some(part)) if !part.is_empty() => {}
            (Some(wanted), Some(part)) if wanted == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment() {
        for (pattern, path, expected) in [
            ("/me", "/me", true),
            ("/me", "/me/", false),
            ("/me/x/*", "/me/x/1", true),
            ("/me/x/*", "/me/x/", false),
            ("/me/x/*", "/me/x/1/2", false),
            ("/me/x/*/y", "/me/x/1/y", true),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} {path}");
        }
    }
}
