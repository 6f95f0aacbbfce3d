//! Session tokens: the one verifier that every entry asks, and the keys it trusts.
//!
//! A token says *who* and *which organization is active*. It never says what they may do: a role
//! in it is a hint for logs and for the very first mirror row, nothing more.

mod cache;
mod claims;
mod config;
mod error;
mod features;
mod fetch;
mod jwks;
mod keys;
mod strict;
mod token;
mod verifier;

pub use claims::{ActiveOrganization, Actor, FactorAges, SessionClaims};
pub use config::{ConfigError, JwksSource, VerifierConfig};
pub use error::TokenError;
pub use features::Features;
pub use jwks::KeysUnavailable;
pub use token::MAX_TOKEN_BYTES;
pub use verifier::{CLOCK_LEEWAY_SECS, Verifier};
