//! Secrets that are computed rather than kept.
//!
//! The protocol can be asked again for the secret of a key or a machine. Keeping it would hand it
//! to whoever reads the database; instead it follows from the instance's secret key and the id, and
//! the database holds only the digest by which it is recognised.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret;

use crate::instance::Idp;

/// The secret of what has that id, in its `generation`: `prefix`, an underscore and 256 bits.
#[must_use]
pub fn secret(idp: &Idp, prefix: &str, id: &str, generation: i64) -> String {
    let key = mac(idp, "secrets");
    let tag = hmac::sign(&key, format!("{id}\0{generation}").as_bytes());
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode(tag))
}

/// `text` with a signature of the instance for one purpose: `text.signature`.
#[must_use]
pub fn sealed(idp: &Idp, purpose: &str, text: &str) -> String {
    let tag = hmac::sign(&mac(idp, purpose), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn mac(idp: &Idp, purpose: &str) -> hmac::Key {
    let secret = idp.config().secret_key.expose_secret();
    let label = format!("bailiwick idp derived {purpose}\0{secret}");
    hmac::Key::new(hmac::HMAC_SHA256, label.as_bytes())
}
