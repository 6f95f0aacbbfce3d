//! The codes of authenticator applications (RFC 6238: SHA-1, 30 seconds, six digits), the one
//! form that all of them understand.

use aws_lc_rs::hmac;
use subtle::ConstantTimeEq;

/// How long a code is shown, in seconds.
pub const PERIOD: i64 = 30;
/// Steps that the clocks may differ by, in either direction.
const SKEW: i64 = 1;

/// The code of a time step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // The last four bits say where the number begins (RFC 4226, 5.3): at most 15 of 20 bytes.
    let start = tag.last().map_or(0, |last| usize::from(last & 0x0f));
    let number = tag
        .iter()
        .skip(start)
        .take(4)
        .fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// The time step whose code this is, of those around `seconds`. Each is compared, in constant
/// time, so that the answer takes equally long whichever it is.
#[must_use]
pub fn step_of(secret: &[u8], given: &str, seconds: i64) -> Option<i64> {
    let now = seconds.div_euclid(PERIOD);
    let mut found = None;
    for step in now - SKEW..=now + SKEW {
        if bool::from(code(secret, step).as_bytes().ct_eq(given.as_bytes())) {
            found = Some(step);
        }
    }
    found
}

/// Base32 (RFC 4648) without padding, as authenticator applications read secrets.
#[must_use]
pub fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    let push = |text: &mut String, five: u32| {
        text.push(char::from(ALPHABET[(five & 31) as usize]));
    };
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            push(&mut text, buffer >> bits);
        }
        buffer &= (1 << bits) - 1;
    }
    if bits > 0 {
        push(&mut text, buffer << (5 - bits));
    }
    text
}

/// Reads base32, whatever the case of its letters, with or without padding and spaces. None for
/// anything else.
#[must_use]
pub fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0_u32, 0_u32);
    for character in text
        .trim_end_matches('=')
        .bytes()
        .filter(|byte| *byte != b' ')
    {
        let five = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a',
            b'2'..=b'7' => character - b'2' + 26,
            _ => return None,
        };
        buffer = buffer << 5 | u32::from(five);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(buffer >> bits & 0xff).ok()?);
        }
        buffer &= (1 << bits) - 1;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(secret, seconds / PERIOD), expected);
            assert_eq!(step_of(secret, expected, seconds), Some(seconds / PERIOD));
            assert_eq!(step_of(secret, expected, seconds + 90), None);
        }
        assert_eq!(step_of(secret, "28708", 59), None);
    }

    #[test]
    fn secrets_are_written_in_base32() {
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), bytes.as_bytes());
        }
        assert_eq!(from_base32("mzxw 6ytb oi======").unwrap(), b"foobar");
        for bad in ["MZXW1", "MZX-W", "ö", "MZ=XW"] {
            assert_eq!(from_base32(bad), None, "{bad}");
        }
    }
}
