//! What people type: addresses, names, slugs.

use http::StatusCode;

use crate::error::Refusal;
use crate::settings::Usernames;

/// Most characters of an e-mail address (RFC 5321 §4.5.3.1).
const MAX_EMAIL: usize = 254;
/// Most characters of a name.
const MAX_NAME: usize = 256;

/// An e-mail address, trimmed; refused where mail could not be sent to it.
pub fn email(text: &str, param: &str) -> Result<String, Refusal> {
    let address = text.trim();
    let refused = || Refusal::format(param, "Email address must be a valid email address.");
    let (local, domain) = address.rsplit_once('@').ok_or_else(refused)?;
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[],;:\\\"".contains(c);
    let labels_fit = domain.split('.').all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let fits = address.len() <= MAX_EMAIL
        && (1..=64).contains(&local.len())
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && !local.contains('@')
        && local.chars().all(plain)
        && domain.contains('.')
        && labels_fit;
    if fits {
        Ok(address.to_owned())
    } else {
        Err(refused())
    }
}

/// A phone number in the form of E.164, freed of what people put between the digits.
pub fn phone(text: &str, param: &str) -> Result<String, Refusal> {
    let number: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '(' | ')' | '-' | '.'))
        .collect();
    let digits = number.strip_prefix('+').unwrap_or_default();
    let fits = (7..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if fits {
        Ok(number)
    } else {
        let text = "Phone number must be a valid phone number, with the code of its country.";
        Err(Refusal::format(param, text))
    }
}

/// A username, trimmed: letters, digits, underscores and hyphens, so that it is never taken for an
/// address or a number.
pub fn username(rules: &Usernames, text: &str, param: &str) -> Result<String, Refusal> {
    let name = text.trim();
    let refuse = |code: &str, text: &str| {
        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, text).param(param))
    };
    if !(rules.min_length.max(1)..=rules.max_length).contains(&name.chars().count()) {
        let text = format!(
            "Username must be between {} and {} characters long.",
            rules.min_length, rules.max_length
        );
        return refuse("form_username_invalid_length", &text);
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if !name.chars().all(is_plain) || name.bytes().all(|byte| byte.is_ascii_digit()) {
        let text = "Username can only contain letters, numbers and '_' or '-', and not numbers \
                    alone.";
        return refuse("form_username_invalid_character", text);
    }
    Ok(name.to_owned())
}

/// A name, trimmed; empty means none.
pub fn name(text: &str, param: &str) -> Result<Option<String>, Refusal> {
    let name = text.trim();
    if name.chars().count() > MAX_NAME {
        return Err(Refusal::format(
            param,
            &format!("{param} must be {MAX_NAME} characters or fewer."),
        ));
    }
    if name.chars().any(char::is_control) {
        return Err(Refusal::format(
            param,
            &format!("{param} contains invalid characters."),
        ));
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// The longest slug.
const MAX_SLUG: usize = 64;

/// A slug that somebody chose: lower-case letters, digits and single hyphens.
pub fn slug(text: &str, param: &str) -> Result<String, Refusal> {
    let slug = text.trim();
    let fits = (1..=MAX_SLUG).contains(&slug.len())
        && slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !slug.starts_with('-')
        && !slug.ends_with('-')
        // An id is told from a slug by its prefix; slugs have no underscore.
        && !slug.is_empty();
    if fits {
        Ok(slug.to_owned())
    } else {
        let text = "Slug can only contain lowercase alphanumeric characters and dashes.";
        Err(Refusal::format(param, text))
    }
}

/// A slug that a name suggests; never empty.
#[must_use]
pub fn suggest_slug(name: &str) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        if character.is_ascii_alphanumeric() {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        // Room for a suffix that makes it unique.
        if slug.len() >= MAX_SLUG - 10 {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    if slug.is_empty() {
        "organization".to_owned()
    } else {
        slug.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in [
            "ada@example.com",
            " ada+clerk_test@example.co.uk ",
            "o'hara@x.example",
            "ü@ü.example",
        ] {
            assert!(email(good, "email_address").is_ok(), "{good}");
        }
        for bad in [
            "",
            "ada",
            "@x.example",
            "ada@",
            "ada@localhost",
            "a b@x.example",
            "a@x..example",
            "ada@x.example\r\nBcc: b@x.example",
            ".a@x.example",
            "a..b@x.example",
            "a@b@x.example",
            "a@-x.example",
            &format!("{}@x.example", "a".repeat(65)),
        ] {
            assert!(email(bad, "email_address").is_err(), "{bad}");
        }
    }

    #[test]
    fn phone_numbers() {
        for (text, number) in [
            ("+31612345678", "+31612345678"),
            (" +1 (201) 555-0100 ", "+12015550100"),
        ] {
            assert_eq!(phone(text, "phone_number").unwrap(), number);
        }
        for bad in [
            "",
            "+",
            "0612345678",
            "+0612345678",
            "+123456",
            "+1234567890123456",
            "+31x12345678",
            "+3161234\r\n5678",
            "++31612345678",
            "+٣١٦١٢٣٤٥٦",
        ] {
            assert!(phone(bad, "phone_number").is_err(), "{bad}");
        }
    }

    #[test]
    fn usernames() {
        let rules = Usernames::default();
        assert_eq!(
            username(&rules, " ada_b-1 ", "username").unwrap(),
            "ada_b-1"
        );
        for bad in ["ada", "ada@x", "12345", "+31612", "ada b", &"x".repeat(65)] {
            assert!(username(&rules, bad, "username").is_err(), "{bad}");
        }
    }

    #[test]
    fn slugs() {
        assert_eq!(
            suggest_slug("Northwind Traders, Ltd."),
            "northwind-traders-ltd"
        );
        assert_eq!(suggest_slug("東京"), "organization");
        assert!(slug("acme-1", "slug").is_ok());
        for bad in ["", "-a", "a-", "A", "org_1", "a b", &"a".repeat(65)] {
            assert!(slug(bad, "slug").is_err(), "{bad}");
        }
    }

    #[test]
    fn names() {
        assert_eq!(name(" Ada ", "first_name").unwrap().as_deref(), Some("Ada"));
        assert_eq!(name("  ", "first_name").unwrap(), None);
        assert!(name("a\u{0}b", "first_name").is_err());
        assert!(name(&"x".repeat(257), "first_name").is_err());
    }
}
