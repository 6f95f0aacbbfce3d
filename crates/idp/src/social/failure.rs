//! How a provider fails us.

/// Why nobody could be identified. Told to the person as the error of a verification; the detail
/// goes into the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The person refused, or the provider did.
    #[error("the provider answered {0}")]
    Denied(String),
    /// It does not answer, or not in time.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It answers something that we cannot use.
    #[error("the provider's answer cannot be used: {0}")]
    Answer(String),
    /// It did not take our code.
    #[error("the provider refused the code: {0}")]
    Exchange(String),
    /// What it says about the person is not proven.
    #[error("the provider's word is not proven: {0}")]
    Unproven(&'static str),
    /// Our own settings for it do not work.
    #[error("the provider's settings: {0}")]
    Settings(String),
}

impl Failure {
    /// The protocol's word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "oauth_access_denied",
            Self::Unreachable(_) => "oauth_provider_unavailable",
            Self::Answer(_) => "oauth_fetch_user_error",
            Self::Exchange(_) => "oauth_token_exchange_error",
            Self::Unproven(_) => "oauth_invalid_id_token",
            Self::Settings(_) => "oauth_config_missing",
        }
    }

    /// What the person reads.
    #[must_use]
    pub fn text(&self, provider: &str) -> String {
        match self {
            Self::Denied(_) => format!("You did not grant access to your {provider} account"),
            Self::Unreachable(_) => {
                format!("{provider} does not answer right now. Please try again later.")
            }
            Self::Answer(_) | Self::Exchange(_) | Self::Unproven(_) => {
                format!("{provider} could not confirm who you are. Please try again.")
            }
            Self::Settings(_) => format!("Signing in with {provider} is not set up correctly."),
        }
    }
}
