//! What an instance can be told: `idp.toml`, and on top what the Backend API changed.
//!
//! One section a file. Each has a default, so that no file at all is a working instance; an
//! unknown name is an error that names its line, since a setting that is misspelt is one that is
//! not in force.

mod apis;
pub mod billing;
mod export;
mod factors;
mod identification;
mod live;
mod operation;
pub mod organizations;
mod sessions;
mod social;

pub use apis::{Apis, SignUpMode};
pub use billing::Billing;
pub(crate) use export::redacted;
pub use factors::Factors;
pub use identification::{EmailProof, Identification, PasswordRules, Usernames};
pub(crate) use live::Live;
pub use operation::Operation;
pub use organizations::{EnrollmentMode, Organizations};
pub use sessions::Sessions;
pub use social::{Social, SocialProvider};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// All settings of an instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How people are told apart.
    pub identification: Identification,
    /// Second factors and what demands them.
    pub factors: Factors,
    /// Sessions and their tokens.
    pub sessions: Sessions,
    /// Other providers to sign in with.
    pub social: Social,
    /// Organizations and roles.
    pub organizations: Organizations,
    /// Plans.
    pub billing: Billing,
    /// Keys and restrictions.
    pub apis: Apis,
    /// How the instance is run.
    pub operation: Operation,
}

impl Settings {
    /// Reads the text of `idp.toml`.
    ///
    /// # Errors
    /// What is wrong, with line and column where it is one line's fault.
    pub fn read(text: &str) -> Result<Self> {
        let settings: Self =
            toml::from_str(text).map_err(|error| Error::Internal(format!("idp.toml: {error}")))?;
        settings
            .check()
            .map_err(|error| Error::Internal(format!("idp.toml: {error}")))?;
        Ok(settings)
    }

    /// Refuses what can be read and cannot work, naming the setting.
    ///
    /// # Errors
    /// The first contradiction.
    pub fn check(&self) -> std::result::Result<(), String> {
        self.billing.check()?;
        self.factors.check()?;
        self.operation.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(Settings::read("").unwrap(), Settings::default());
    }

    #[test]
    fn an_unknown_setting_is_named_with_its_line() {
        for text in ["\nsessoins = 1", "[sessions]\nlifetime_in_secnods = 1"] {
            let error = Settings::read(text).unwrap_err().to_string();
            assert!(
                error.contains("line 2") && error.contains("unknown field"),
                "{error}"
            );
        }
    }
}
