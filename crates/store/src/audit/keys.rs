//! The keys that facts are sealed with. The database does not have them.

use aws_lc_rs::hmac;

/// What a MAC is for: one for a fact is none for a seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Fact,
    Seal,
    Tombstone,
    Certificate,
}

impl Purpose {
    /// Stands before the message. The number counts the forms of the message.
    fn label(self) -> &'static [u8] {
        match self {
            Self::Fact => b"bailiwick.audit.fact.1\0",
            Self::Seal => b"bailiwick.audit.seal.1\0",
            Self::Tombstone => b"bailiwick.audit.tombstone.1\0",
            Self::Certificate => b"bailiwick.audit.certificate.1\0",
        }
    }
}

/// The form of the message that is the first byte of a stored MAC.
const FORM: u8 = 1;
/// Bytes of a key.
const KEY_BYTES: usize = 32;
/// Characters of a key's id.
const ID_MAX: usize = 32;

/// Why the setting cannot be used. It names no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeysError {
    /// No key at all.
    #[error("names no key")]
    None,
    /// Not `id:key`.
    #[error("must be <id>:<64 hexadecimal digits>, several by commas, the id of [a-z0-9_-]")]
    Form,
    /// Two keys with one id.
    #[error("has two keys called {0}")]
    Twice(String),
}

/// A key with the id under which what it signed is found again.
struct Key {
    id: String,
    key: hmac::Key,
}

/// The keys that facts are sealed with: the first signs, all of them verify.
pub struct Keys {
    current: Key,
    older: Vec<Key>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("current", &self.current.id)
            .finish_non_exhaustive()
    }
}

/// A MAC and the id of its key, as they are stored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mac {
    /// Whose.
    pub key_id: String,
    /// The form of the message, and the 32 bytes of HMAC-SHA-256.
    pub bytes: Vec<u8>,
}

impl Keys {
    /// Reads keys, each `<id>:<64 hexadecimal digits>`: the one that signs from now on, then those
    /// that signed before and still have to verify.
    ///
    /// # Errors
    /// [`KeysError`].
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, KeysError> {
        let mut keys: Vec<Key> = Vec::new();
        for text in texts {
            let key = read(text.trim()).ok_or(KeysError::Form)?;
            if keys.iter().any(|known| known.id == key.id) {
                return Err(KeysError::Twice(key.id));
            }
            keys.push(key);
        }
        let mut keys = keys.into_iter();
        let current = keys.next().ok_or(KeysError::None)?;
        Ok(Self {
            current,
            older: keys.collect(),
        })
    }

    /// Signs.
    pub(super) fn sign(&self, purpose: Purpose, message: &[u8]) -> Mac {
        let mut context = hmac::Context::with_key(&self.current.key);
        context.update(purpose.label());
        context.update(message);
        let mut bytes = Vec::with_capacity(33);
        bytes.push(FORM);
        bytes.extend_from_slice(context.sign().as_ref());
        Mac {
            key_id: self.current.id.clone(),
            bytes,
        }
    }

    /// Whether `mac` is of `message`, by a key of ours. Compares in constant time.
    pub(super) fn verify(&self, purpose: Purpose, message: &[u8], mac: &Mac) -> bool {
        let known = std::iter::once(&self.current).chain(&self.older);
        let Some(key) = known.into_iter().find(|key| key.id == mac.key_id) else {
            return false;
        };
        let Some((&FORM, tag)) = mac.bytes.split_first() else {
            return false;
        };
        let labelled = [purpose.label(), message].concat();
        hmac::verify(&key.key, &labelled, tag).is_ok()
    }
}

fn read(text: &str) -> Option<Key> {
    let (id, secret) = text.split_once(':')?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if id.is_empty() || id.len() > ID_MAX || !id.bytes().all(plain) {
        return None;
    }
    let mut bytes = [0; KEY_BYTES];
    hex::decode_to_slice(secret, &mut bytes).ok()?;
    Some(Key {
        id: id.to_owned(),
        key: hmac::Key::new(hmac::HMAC_SHA256, &bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(id: &str, digit: char) -> String {
        format!("{id}:{}", digit.to_string().repeat(64))
    }

    fn keys(texts: &[&str]) -> Keys {
        Keys::parse(texts.iter().copied()).unwrap()
    }

    #[test]
    fn the_first_signs_and_all_verify() {
        let (old, new) = (key("k1", '1'), key("k2", '2'));
        let before = keys(&[&old]).sign(Purpose::Fact, b"x");
        let rotated = keys(&[&new, &old]);
        assert_eq!(rotated.sign(Purpose::Fact, b"x").key_id, "k2");
        assert!(rotated.verify(Purpose::Fact, b"x", &before));
        assert!(!keys(&[&new]).verify(Purpose::Fact, b"x", &before));
    }

    #[test]
    fn a_mac_is_of_one_message_for_one_purpose() {
        let keys = keys(&[&key("k1", '1')]);
        let mac = keys.sign(Purpose::Fact, b"x");
        assert!(!keys.verify(Purpose::Fact, b"y", &mac));
        assert!(!keys.verify(Purpose::Seal, b"x", &mac));
        for bytes in [vec![], vec![FORM], [&[2], &mac.bytes[1..]].concat()] {
            let other = Mac {
                bytes,
                ..mac.clone()
            };
            assert!(!keys.verify(Purpose::Fact, b"x", &other), "{other:?}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_without_naming_it() {
        let parse = |text: &str| Keys::parse(text.split(',')).map(drop).unwrap_err();
        let good = key("k1", 'a');
        for text in [
            "",
            "k1",
            "k1:",
            "k1:abc",
            ":aa",
            &key("K1", '1'),
            &key("a b", '1'),
            &format!("{good}0"),
            &good.replace('a', "g"),
        ] {
            assert_eq!(parse(text), KeysError::Form, "{text}");
        }
        assert_eq!(
            parse(&format!("{good},{good}")),
            KeysError::Twice("k1".to_owned())
        );
        assert_eq!(Keys::parse([]).unwrap_err(), KeysError::None);
        assert!(!format!("{:?}", keys(&[&good])).contains("aaaa"));
    }
}
