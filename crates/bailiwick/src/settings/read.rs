//! Reading variables under their canonical names and their aliases.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::str::FromStr;

use bailiwick_kernel::flag;
use secrecy::SecretString;

/// A setting that stops the start.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SettingsError {
    /// Not set, and there is no default.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// Set under two names, differently.
    #[error("{0} and {1} are both set and differ: keep one")]
    Ambiguous(&'static str, &'static str),
    /// Not of its form.
    #[error("{name} {problem}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// What is wrong; never the value of a secret.
        problem: String,
    },
    /// The file of settings cannot be read.
    #[error("{0}")]
    File(String),
}

/// The variables of a process, and those of a file where it has them.
#[derive(Debug, Clone, Default)]
pub struct Vars(BTreeMap<String, String>);

impl FromIterator<(String, String)> for Vars {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self(pairs.into_iter().collect())
    }
}

impl Vars {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        std::env::vars().collect()
    }

    /// The same with the lines `NAME=value` of a file, which the process's own win over.
    ///
    /// # Errors
    /// The file cannot be read, or has a line of another form.
    pub fn and_file(mut self, file: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(file)
            .map_err(|e| SettingsError::File(format!("{}: {e}", file.display())))?;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim().trim_start_matches("export ");
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some((name, value)) = line.split_once('=') else {
                let at = format!("{}:{}", file.display(), number + 1);
                return Err(SettingsError::File(format!("{at}: expected NAME=value")));
            };
            let value = value.trim();
            let quoted = value
                .strip_prefix('\'')
                .and_then(|v| v.strip_suffix('\''))
                .or_else(|| value.strip_prefix('"').and_then(|v| v.strip_suffix('"')));
            let value = quoted.unwrap_or(value).to_owned();
            self.0.entry(name.trim().to_owned()).or_insert(value);
        }
        Ok(self)
    }

    /// The value under any of its names; empty counts as not set.
    ///
    /// # Errors
    /// Two names have different values.
    pub fn optional(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<Option<String>, SettingsError> {
        let mut found: Option<(&'static str, &String)> = None;
        for name in std::iter::once(name).chain(aliases.iter().copied()) {
            let Some(value) = self.0.get(name).filter(|v| !v.trim().is_empty()) else {
                continue;
            };
            match found {
                Some((first, known)) if known != value => {
                    return Err(SettingsError::Ambiguous(first, name));
                }
                Some(_) => {}
                None => found = Some((name, value)),
            }
        }
        Ok(found.map(|(_, value)| value.trim().to_owned()))
    }

    pub(super) fn required(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<String, SettingsError> {
        self.optional(name, aliases)?
            .ok_or(SettingsError::Missing(name))
    }

    pub(super) fn prefixed(
        &self,
        name: &'static str,
        aliases: &[&'static str],
        prefix: &str,
    ) -> Result<String, SettingsError> {
        let value = self.required(name, aliases)?;
        if value.starts_with(prefix) {
            Ok(value)
        } else {
            Err(SettingsError::Invalid {
                name,
                problem: format!("must start with {prefix}"),
            })
        }
    }

    pub(super) fn url(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<String, SettingsError> {
        let value = self.required(name, aliases)?;
        match url::Url::parse(&value) {
            Ok(url) if matches!(url.scheme(), "http" | "https") && url.host().is_some() => {
                Ok(value)
            }
            _ => Err(SettingsError::Invalid {
                name,
                problem: "must be a URL such as https://app.example.com".to_owned(),
            }),
        }
    }

    /// A value that must be set.
    ///
    /// # Errors
    /// It is not, or two names differ.
    pub fn secret(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<SecretString, SettingsError> {
        Ok(self.required(name, aliases)?.into())
    }

    pub(super) fn optional_secret(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<Option<SecretString>, SettingsError> {
        Ok(self.optional(name, aliases)?.map(Into::into))
    }

    /// At least one, by commas.
    pub(super) fn secrets(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<Vec<SecretString>, SettingsError> {
        let list = self.list(name, aliases)?;
        if list.is_empty() {
            return Err(SettingsError::Missing(name));
        }
        Ok(list.into_iter().map(Into::into).collect())
    }

    /// `AUDIT_KEYS`.
    ///
    /// # Errors
    /// It is not set.
    pub fn audit_keys(&self) -> Result<Vec<SecretString>, SettingsError> {
        self.secrets("AUDIT_KEYS", &[])
    }

    pub(super) fn list(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<Vec<String>, SettingsError> {
        let text = self.optional(name, aliases)?.unwrap_or_default();
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Ok(parts.map(str::to_owned).collect())
    }

    /// Names of feature flags, each on unless `=false` says otherwise.
    pub(super) fn feature_flags(
        &self,
        name: &'static str,
    ) -> Result<BTreeMap<String, bool>, SettingsError> {
        let read = |part: String| {
            let (key, value) = part.split_once('=').unwrap_or((&part, "true"));
            let value = value.trim().parse::<bool>().ok()?;
            let key = key.trim();
            flag::is_key(key).then(|| (key.to_owned(), value))
        };
        let invalid = || SettingsError::Invalid {
            name,
            problem: "must be names by commas, each with `=true` or `=false` behind it or nothing"
                .to_owned(),
        };
        let parts = self.list(name, &[])?.into_iter();
        parts.map(|part| read(part).ok_or_else(invalid)).collect()
    }

    pub(super) fn number<T: FromStr>(
        &self,
        name: &'static str,
        aliases: &[&'static str],
        default: T,
    ) -> Result<T, SettingsError> {
        Ok(self.maybe_number(name, aliases)?.unwrap_or(default))
    }

    pub(super) fn maybe_number<T: FromStr>(
        &self,
        name: &'static str,
        aliases: &[&'static str],
    ) -> Result<Option<T>, SettingsError> {
        let parse = |text: String| {
            text.parse().map_err(|_| SettingsError::Invalid {
                name,
                problem: "must be a number".to_owned(),
            })
        };
        self.optional(name, aliases)?.map(parse).transpose()
    }

    pub(super) fn address(
        &self,
        name: &'static str,
        aliases: &[&'static str],
        default: &str,
    ) -> Result<SocketAddr, SettingsError> {
        let text = self
            .optional(name, aliases)?
            .unwrap_or_else(|| default.to_owned());
        text.parse().map_err(|_| SettingsError::Invalid {
            name,
            problem: "must be an address and a port, such as 0.0.0.0:3000".to_owned(),
        })
    }

    pub(super) fn flag(
        &self,
        name: &'static str,
        aliases: &[&'static str],
        default: bool,
    ) -> Result<bool, SettingsError> {
        match self.optional(name, aliases)?.as_deref() {
            None => Ok(default),
            Some("true" | "1") => Ok(true),
            Some("false" | "0") => Ok(false),
            Some(_) => Err(SettingsError::Invalid {
                name,
                problem: "must be true or false".to_owned(),
            }),
        }
    }

    pub(super) fn choice(
        &self,
        name: &'static str,
        choices: &[&'static str],
        default: &'static str,
    ) -> Result<&'static str, SettingsError> {
        let Some(text) = self.optional(name, &[])? else {
            return Ok(default);
        };
        choices
            .iter()
            .find(|choice| **choice == text)
            .copied()
            .ok_or_else(|| SettingsError::Invalid {
                name,
                problem: format!("must be one of {}", choices.join(", ")),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vars(pairs: &[(&str, &str)]) -> Vars {
        pairs
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect()
    }

    #[test]
    fn an_alias_stands_in_and_a_contradiction_stops() {
        let names = |v: &Vars| v.optional("CLERK_ISSUER", &["CLERK_JWT_ISSUER"]);
        assert_eq!(
            names(&vars(&[("CLERK_JWT_ISSUER", "a")])),
            Ok(Some("a".to_owned()))
        );
        let same = vars(&[("CLERK_JWT_ISSUER", "a"), ("CLERK_ISSUER", "a")]);
        assert_eq!(names(&same), Ok(Some("a".to_owned())));
        let differ = vars(&[("CLERK_JWT_ISSUER", "a"), ("CLERK_ISSUER", "b")]);
        let error = SettingsError::Ambiguous("CLERK_ISSUER", "CLERK_JWT_ISSUER");
        assert_eq!(names(&differ), Err(error));
        assert_eq!(names(&vars(&[("CLERK_ISSUER", " ")])), Ok(None));
    }

    #[test]
    fn feature_flags_are_on_unless_they_say_otherwise() {
        let read = |text: &str| vars(&[("FEATURE_FLAGS", text)]).feature_flags("FEATURE_FLAGS");
        assert_eq!(
            Vars::default().feature_flags("FEATURE_FLAGS"),
            Ok(BTreeMap::new())
        );
        let flags = [("a", true), ("b.c", false), ("d", true)];
        let flags = flags.map(|(key, value)| (key.to_owned(), value)).into();
        assert_eq!(read("a, b.c = false,d=true,"), Ok(flags));
        for text in ["A", "a=", "a=1", "a=yes", "a b", "=true"] {
            let error = read(text).unwrap_err().to_string();
            assert!(error.starts_with("FEATURE_FLAGS must be names"), "{error}");
        }
    }

    #[test]
    fn what_is_missing_or_malformed_is_named() {
        let none = Vars::default();
        assert_eq!(
            none.secrets("INTERNAL_API_KEY", &[])
                .unwrap_err()
                .to_string(),
            "INTERNAL_API_KEY is not set"
        );
        let wrong = vars(&[("CLERK_SECRET_KEY", "pk_live_x"), ("LISTEN", "3000")]);
        assert_eq!(
            wrong
                .prefixed("CLERK_SECRET_KEY", &[], "sk_")
                .unwrap_err()
                .to_string(),
            "CLERK_SECRET_KEY must start with sk_"
        );
        assert!(wrong.address("LISTEN", &[], "").is_err());
    }
}
