//! A link of a chain and what it signs.

use aws_lc_rs::digest;
use bailiwick_kernel::id::OrgId;
use jiff::Timestamp;
use uuid::Uuid;

use super::encoding::Text;
use super::keys::{Keys, Mac, Purpose};

/// Bytes of a head.
pub const HEAD_BYTES: usize = 32;

/// Which facts a chain is of: a tenant's, or those of no tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chain(Uuid);

impl Chain {
    /// Facts of no tenant.
    pub const INSTALLATION: Self = Self(Uuid::nil());

    /// A tenant's facts.
    #[must_use]
    pub fn of(tenant: OrgId) -> Self {
        Self(tenant.uuid())
    }

    /// As it is stored.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl From<Uuid> for Chain {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl std::fmt::Display for Chain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self.0.as_hyphenated(), f)
    }
}

/// Where a chain stands: what the next link is tied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Of the last link; 0 before the first.
    pub number: i64,
    /// Facts in all links so far.
    pub total: i64,
    /// The hash over all of them, in order.
    pub hash: Vec<u8>,
}

impl Head {
    /// Before the first link.
    #[must_use]
    pub fn start() -> Self {
        Self {
            number: 0,
            total: 0,
            hash: vec![0; HEAD_BYTES],
        }
    }

    /// After a link over these facts, each with its MAC, in this order.
    #[must_use]
    pub fn after<'a>(
        &self,
        chain: Chain,
        facts: impl ExactSizeIterator<Item = (Uuid, &'a [u8])>,
    ) -> Self {
        let count = i64::try_from(facts.len()).unwrap_or(i64::MAX);
        let mut text = Text(Vec::with_capacity(128 + facts.len() * 72));
        text.part(b"bailiwick.audit.chain.1");
        text.part(chain.0.as_bytes());
        text.part(&self.hash);
        text.part(&(self.number + 1).to_be_bytes());
        text.part(&count.to_be_bytes());
        for (id, mac) in facts {
            text.part(id.as_bytes());
            text.part(mac);
        }
        Self {
            number: self.number + 1,
            total: self.total.saturating_add(count),
            hash: digest::digest(&digest::SHA256, &text.0).as_ref().to_vec(),
        }
    }
}

/// A link as it is signed: in the database, and outside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Of which chain.
    pub chain: Chain,
    /// Where the chain stands with it.
    pub head: Head,
    /// When.
    pub sealed_at: Timestamp,
    /// The signature.
    pub mac: Mac,
}

impl Link {
    /// Signs.
    #[must_use]
    pub fn sign(keys: &Keys, chain: Chain, head: Head, sealed_at: Timestamp) -> Self {
        let sealed_at =
            Timestamp::from_microsecond(sealed_at.as_microsecond()).unwrap_or(sealed_at);
        let mac = keys.sign(Purpose::Seal, &text(chain, &head, sealed_at));
        Self {
            chain,
            head,
            sealed_at,
            mac,
        }
    }

    /// Whether a key of ours signed exactly this.
    #[must_use]
    pub fn is_genuine(&self, keys: &Keys) -> bool {
        let text = text(self.chain, &self.head, self.sealed_at);
        keys.verify(Purpose::Seal, &text, &self.mac)
    }
}

fn text(chain: Chain, head: &Head, at: Timestamp) -> Vec<u8> {
    let mut text = Text(Vec::with_capacity(160));
    text.part(chain.0.as_bytes());
    text.part(&head.number.to_be_bytes());
    text.part(&head.total.to_be_bytes());
    text.part(&head.hash);
    text.part(&at.as_microsecond().to_be_bytes());
    text.0
}

/// What is left of a chain that was removed with its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Of which chain.
    pub chain: Chain,
    /// Where it stood.
    pub head: Head,
    /// Facts that no link had yet.
    pub unsealed: i64,
    /// When.
    pub removed_at: Timestamp,
    /// Why.
    pub reason: String,
    /// The signature.
    pub mac: Mac,
}

impl Tombstone {
    /// Signs.
    #[must_use]
    pub fn sign(
        keys: &Keys,
        (chain, head): (Chain, Head),
        unsealed: i64,
        removed_at: Timestamp,
        reason: &str,
    ) -> Self {
        let at = removed_at.as_microsecond();
        let mut tombstone = Self {
            chain,
            head,
            unsealed,
            removed_at: Timestamp::from_microsecond(at).unwrap_or(removed_at),
            reason: reason.to_owned(),
            mac: Mac::default(),
        };
        tombstone.mac = keys.sign(Purpose::Tombstone, &tombstone.text());
        tombstone
    }

    /// Whether a key of ours signed exactly this.
    #[must_use]
    pub fn is_genuine(&self, keys: &Keys) -> bool {
        keys.verify(Purpose::Tombstone, &self.text(), &self.mac)
    }

    fn text(&self) -> Vec<u8> {
        let mut all = Text(text(self.chain, &self.head, self.removed_at));
        all.part(&self.unsealed.to_be_bytes());
        all.part(self.reason.as_bytes());
        all.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        let key = format!("k1:{}", "1".repeat(64));
        Keys::parse([key.as_str()]).unwrap()
    }

    fn facts(numbers: &[u128]) -> Vec<(Uuid, &'static [u8])> {
        let fact = |n: &u128| (Uuid::from_u128(*n), b"mac".as_slice());
        numbers.iter().map(fact).collect()
    }

    #[test]
    fn a_head_is_of_its_facts_in_their_order() {
        let (chain, start) = (Chain::from(Uuid::from_u128(7)), Head::start());
        let head = |numbers: &[u128]| start.after(chain, facts(numbers).into_iter());
        let base = head(&[1, 2]);
        assert_eq!((base.number, base.total), (1, 2));
        for other in [
            head(&[2, 1]),
            head(&[1]),
            head(&[1, 2, 3]),
            start.after(Chain::INSTALLATION, facts(&[1, 2]).into_iter()),
            start.after(
                chain,
                vec![
                    (Uuid::from_u128(1), b"mac".as_slice()),
                    (Uuid::from_u128(2), b"mad"),
                ]
                .into_iter(),
            ),
            base.after(chain, facts(&[1, 2]).into_iter()),
        ] {
            assert_ne!(base.hash, other.hash);
        }
    }

    #[test]
    fn everything_in_a_link_and_a_tombstone_is_signed() {
        let (keys, at) = (keys(), Timestamp::UNIX_EPOCH);
        let chain = Chain::from(Uuid::from_u128(7));
        let head = Head::start().after(chain, facts(&[1]).into_iter());
        let link = Link::sign(&keys, chain, head.clone(), at);
        assert!(link.is_genuine(&keys));
        let mut others = vec![link.clone(); 4];
        others[0].chain = Chain::INSTALLATION;
        others[1].head.number += 1;
        others[2].head.total += 1;
        others[3].sealed_at = Timestamp::MAX;
        assert!(others.iter().all(|other| !other.is_genuine(&keys)));

        let tombstone = Tombstone::sign(&keys, (chain, head), 1, at, "closed");
        assert!(tombstone.is_genuine(&keys));
        let mut others = vec![tombstone; 3];
        others[0].unsealed = 0;
        others[1].reason = "none".to_owned();
        others[2].head.total += 1;
        assert!(others.iter().all(|other| !other.is_genuine(&keys)));
    }
}
