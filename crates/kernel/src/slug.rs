//! Slugs: an organization's name as it stands in addresses.

use std::fmt;
use std::str::FromStr;

/// Words that address something else, or could be mistaken for us.
const RESERVED: &[&str] = &[
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "create-org",
    "docs",
    "health",
    "healthz",
    "help",
    "internal",
    "login",
    "logout",
    "mail",
    "me",
    "metrics",
    "new",
    "organizations",
    "org",
    "orgs",
    "portal",
    "public",
    "readyz",
    "root",
    "settings",
    "sign-in",
    "sign-up",
    "static",
    "status",
    "support",
    "system",
    "users",
    "webhooks",
    "www",
];

/// 2 to 63 of `a-z`, `0-9` and inner single hyphens, and no reserved word. Unique by the database,
/// not by itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

/// The text is no slug, or a reserved one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSlug {
    /// Other characters, or another length.
    #[error("must have 2 to 63 of a-z, 0-9 and single hyphens between them")]
    Form,
    /// An address of ours.
    #[error("is reserved")]
    Reserved,
}

impl Slug {
    const LENGTH_MIN: usize = 2;
    const LENGTH_MAX: usize = 63;

    /// The slug that a name suggests; nothing where the name has too few letters that ASCII knows.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut slug = String::new();
        for c in name.chars().flat_map(char::to_lowercase) {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                // It's one word: "Kim's" is `kims`.
                '\'' | '’' => {}
                _ => match fold(c) {
                    "" if slug.is_empty() || slug.ends_with('-') => {}
                    "" => slug.push('-'),
                    folded => slug.push_str(folded),
                },
            }
            if slug.len() >= Self::LENGTH_MAX {
                break;
            }
        }
        slug.truncate(Self::LENGTH_MAX);
        match slug.trim_end_matches('-').parse() {
            Ok(slug) => Some(slug),
            Err(InvalidSlug::Reserved) => {
                format!("{}-org", slug.trim_end_matches('-')).parse().ok()
            }
            Err(InvalidSlug::Form) => None,
        }
    }

    /// The same made different: `acme` and `x7k2` give `acme-x7k2`, cut to length in the front part.
    ///
    /// # Errors
    /// `suffix` has other characters than a slug, or no room beside it.
    pub fn with_suffix(&self, suffix: &str) -> Result<Self, InvalidSlug> {
        let room = (Self::LENGTH_MAX - 1)
            .checked_sub(suffix.len())
            .ok_or(InvalidSlug::Form)?;
        let front: String = self.0.chars().take(room).collect();
        format!("{}-{suffix}", front.trim_end_matches('-')).parse()
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let length = Self::LENGTH_MIN..=Self::LENGTH_MAX;
        let bytes = text
            .bytes()
            .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let hyphens = text.starts_with('-') || text.ends_with('-') || text.contains("--");
        if !length.contains(&text.len()) || !bytes || hyphens {
            return Err(InvalidSlug::Form);
        }
        if RESERVED.contains(&text) {
            return Err(InvalidSlug::Reserved);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// ASCII for a small letter of the Latin scripts of Europe, nothing for all else.
const fn fold(c: char) -> &'static str {
    match c {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
        'ö' | 'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
        'ü' => "ue",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_slugs() {
        for (name, slug) in [
            ("Acme", "acme"),
            ("  Acme  Widgets, Inc. ", "acme-widgets-inc"),
            ("Müller & Søn", "mueller-son"),
            ("Kim's", "kims"),
            ("---a--b---", "a-b"),
            ("API", "api-org"),
            ("24/7", "24-7"),
        ] {
            assert_eq!(
                Slug::from_name(name).map(|s| s.to_string()).as_deref(),
                Some(slug),
                "{name}"
            );
        }
        for name in ["", "-", "x", "株式会社", "🙂🙂"] {
            assert_eq!(Slug::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn a_suffix_finds_room() {
        let long = Slug::from_name(&"ab ".repeat(40)).unwrap();
        let suffixed = long.with_suffix("x7k2").unwrap();
        assert!(suffixed.as_str().len() <= 63 && suffixed.as_str().ends_with("-x7k2"));
        assert_eq!(long.with_suffix("X"), Err(InvalidSlug::Form));
        assert_eq!(long.with_suffix(&"x".repeat(63)), Err(InvalidSlug::Form));
    }

    #[test]
    fn reserved_and_malformed_texts_are_refused() {
        assert_eq!("portal".parse::<Slug>(), Err(InvalidSlug::Reserved));
        for text in ["", "a", "A1", "a_b", "-a", "a-", "a--b", &"a".repeat(64)] {
            assert_eq!(text.parse::<Slug>(), Err(InvalidSlug::Form), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_the_name_the_slug_is_one(name in "\\PC{0,120}") {
            if let Some(slug) = Slug::from_name(&name) {
                prop_assert_eq!(slug.as_str().parse::<Slug>(), Ok(slug));
            }
        }
    }
}
