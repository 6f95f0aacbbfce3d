//! The file name of a download.

use std::fmt::Write;

/// Longer names are cut. No file system takes them, and the URL that carries them has an end.
const MAX_CHARS: usize = 255;

/// A `Content-Disposition` that saves under `file_name`: once as ASCII for old readers, once as
/// RFC 5987 has it (UTF-8, percent-encoded). Nothing in the name can end the header or climb out
/// of a folder.
pub(super) fn attachment(file_name: &str) -> String {
    let name = safe_name(file_name);
    let mut header = String::from("attachment; filename=\"");
    header.extend(name.chars().map(|character| match character {
        '"' | '\\' | '%' => '_',
        character if character.is_ascii() => character,
        _ => '_',
    }));
    header.push_str("\"; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&byte) {
            header.push(char::from(byte));
        } else if write!(header, "%{byte:02X}").is_err() {
            break; // Writing to a string cannot fail.
        }
    }
    header
}

fn safe_name(file_name: &str) -> String {
    let name: String = file_name
        .chars()
        .map(|character| match character {
            '/' | '\\' => '_',
            character => character,
        })
        .filter(|character| !character.is_control() && !is_direction(*character))
        .take(MAX_CHARS)
        .collect();
    match name.trim_matches([' ', '.']) {
        "" => "download".to_owned(),
        _ => name.trim().to_owned(),
    }
}

/// Characters that turn the direction of text, by which `exe.pdf` is made to look like `fdp.exe`.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, ascii: &str, encoded: &str) {
        let expected = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}");
        assert_eq!(attachment(name), expected, "{name:?}");
    }

    #[test]
    fn names_of_all_kinds() {
        check("plan.pdf", "plan.pdf", "plan.pdf");
        check("a b (1).pdf", "a b (1).pdf", "a%20b%20%281%29.pdf");
        check(
            "Größe 東.txt",
            "Gr__e _.txt",
            "Gr%C3%B6%C3%9Fe%20%E6%9D%B1.txt",
        );
        check("100%.txt", "100_.txt", "100%25.txt");
        check(".env", ".env", ".env");
    }

    #[test]
    fn names_that_would_be_more_than_names() {
        check("a\"; x=\"b", "a_; x=_b", "a%22%3B%20x%3D%22b");
        check("a\r\nSet-Cookie: x", "aSet-Cookie: x", "aSet-Cookie%3A%20x");
        check("../../etc/passwd", ".._.._etc_passwd", ".._.._etc_passwd");
        check("C:\\x\\y", "C:_x_y", "C%3A_x_y");
        check("gpj\u{202e}exe", "gpjexe", "gpjexe");
        for name in ["", " ", ".", "..", "\n"] {
            check(name, "download", "download");
        }
        assert!(attachment(&"東".repeat(1000)).len() < 2700);
    }
}
