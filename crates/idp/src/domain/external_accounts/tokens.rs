//! Tokens of providers, sealed.

use crate::error::{Error, Result};
use crate::instance::Idp;
use crate::social::Tokens;

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("a provider's tokens: {error}"))
}

/// Seals tokens for the row of that id.
pub fn seal(idp: &Idp, id: &str, tokens: &Tokens) -> Result<String> {
    let text = serde_json::to_string(tokens).map_err(unreadable)?;
    idp.seal().seal(idp.env(), id, &text)
}

/// Opens the tokens of the row of that id.
pub fn open(idp: &Idp, id: &str, sealed: &str) -> Result<Tokens> {
    serde_json::from_str(&idp.seal().open(id, sealed)?).map_err(unreadable)
}
