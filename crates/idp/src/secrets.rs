//! Secrets that we hand out, and what we keep of them.

use aws_lc_rs::{digest, hmac};
use bailiwick_kernel::Env;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

/// The code that test addresses get.
pub const TEST_CODE: &str = "424242";

/// An opaque token of 256 random bits.
#[must_use]
pub fn opaque(env: &Env) -> String {
    URL_SAFE_NO_PAD.encode(env.bytes::<32>())
}

/// What is stored of an opaque token: enough to recognise it, not to present it.
#[must_use]
pub fn digest(token: &str) -> String {
    hex::encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// Digits of a code.
pub const CODE_LENGTH: usize = 6;

/// Whether a text is a secret. Compares digests in constant time, so that neither the secret nor its
/// length shows in how long it takes.
#[must_use]
pub fn is_same(given: &str, secret: &SecretString) -> bool {
    let of = |text: &str| digest::digest(&digest::SHA256, text.as_bytes());
    let (given, secret) = (of(given), of(secret.expose_secret()));
    given.as_ref().ct_eq(secret.as_ref()).into()
}

/// Six decimal digits, each combination as likely as any other.
#[must_use]
pub fn code(env: &Env) -> String {
    // 2^64 is not a multiple of a million; the bias is one in 10^13.
    format!("{:06}", u64::from_be_bytes(env.bytes::<8>()) % 1_000_000)
}

/// Whether an address belongs to a test, as on Clerk's own test instances.
#[must_use]
pub fn is_test_address(address: &str) -> bool {
    let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
    local.contains("+clerk_test")
}

/// Whether a phone number belongs to a test, as on Clerk's own test instances: +1, any area, and
/// 555-0100 to 555-0199, which no telephone company gives away.
#[must_use]
pub fn is_test_number(number: &str) -> bool {
    number.len() == 12 && number.starts_with("+1") && number.get(5..10) == Some("55501")
}

/// Keyed hashes of codes. A code has a million values: without the key, a stolen digest would
/// give it away at once.
pub struct Codes(hmac::Key);

impl Codes {
    /// Keys the hashes with the instance's secret.
    #[must_use]
    pub fn new(secret: &SecretString) -> Self {
        let label = format!("bailiwick idp codes\0{}", secret.expose_secret());
        Self(hmac::Key::new(hmac::HMAC_SHA256, label.as_bytes()))
    }

    /// The hash of `code` as the answer to one verification.
    #[must_use]
    pub fn digest(&self, verification_id: &str, code: &str) -> String {
        let message = format!("{verification_id}\0{code}");
        hex::encode(hmac::sign(&self.0, message.as_bytes()))
    }

    /// Whether `code` is the answer; takes the same time for every wrong one.
    #[must_use]
    pub fn verify(&self, verification_id: &str, code: &str, digest: &str) -> bool {
        let message = format!("{verification_id}\0{code}");
        hex::decode(digest).is_ok_and(|tag| hmac::verify(&self.0, message.as_bytes(), &tag).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_answers_its_own_verification_only() {
        let codes = Codes::new(&"sk_live_0123456789".into());
        let digest = codes.digest("ver_1", "123456");
        assert!(codes.verify("ver_1", "123456", &digest));
        assert!(!codes.verify("ver_1", "123457", &digest));
        assert!(!codes.verify("ver_2", "123456", &digest));
        assert!(!codes.verify("ver_1", "123456", "not hex"));
    }

    #[test]
    fn test_addresses_are_told_by_their_local_part() {
        assert!(is_test_address("ada+clerk_test@example.com"));
        assert!(is_test_address("ada+clerk_test2@example.com"));
        assert!(!is_test_address("ada@example.com"));
        assert!(!is_test_address("ada@x+clerk_test.example.com"));
    }

    #[test]
    fn test_numbers_are_the_fictional_ones() {
        assert!(is_test_number("+12015550100") && is_test_number("+19995550199"));
        for other in [
            "+12015550200",
            "+3120155501",
            "+120155501",
            "+1201555010000",
            "ada",
        ] {
            assert!(!is_test_number(other), "{other}");
        }
    }

    #[test]
    fn codes_have_six_digits_and_tokens_enough_bits() {
        let env = Env::system();
        for _ in 0..100 {
            assert!(code(&env).len() == 6 && code(&env).bytes().all(|b| b.is_ascii_digit()));
        }
        assert_eq!(opaque(&env).len(), 43);
        assert_ne!(opaque(&env), opaque(&env));
    }
}
