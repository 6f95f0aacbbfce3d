//! Certificates: texts that the keys of the audit sign, so that the installation knows its own.

use super::keys::{Keys, Mac, Purpose};

/// Signs a certificate.
#[must_use]
pub fn sign(keys: &Keys, text: &str) -> Mac {
    keys.sign(Purpose::Certificate, text.as_bytes())
}

/// Whether a key of ours signed exactly this.
#[must_use]
pub fn is_genuine(keys: &Keys, text: &str, mac: &Mac) -> bool {
    keys.verify(Purpose::Certificate, text.as_bytes(), mac)
}
