//! The last link of each chain, as it is kept outside the database: an object a link, written once
//! and never again. The key's number counts down, so that a list begins with the newest.

use std::collections::BTreeMap;

use bailiwick_outside::storage::{ObjectKey, ObjectStore};
use bailiwick_store::audit::link::Head;
use bailiwick_store::audit::{Chain, Link, Mac};
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, Result};

/// Below it stand all links.
const PREFIX: &str = "audit-heads";
/// The media type.
pub(super) const CONTENT_TYPE: &str = "application/json";
/// A link takes about 400 bytes.
pub(super) const BYTES_MAX: usize = 4096;
/// Links of one chain that are looked at: one is usual, a store that keeps everything has more.
const LINKS_MAX: usize = 100;
/// How often a chain is looked at anew because its links changed meanwhile.
const TRIES: usize = 5;

/// A link as it is written.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    chain: Uuid,
    number: i64,
    total: i64,
    head: String,
    sealed_at: Timestamp,
    key_id: String,
    mac: String,
}

/// Where a link is kept.
pub(super) fn key(chain: Chain, number: i64) -> Result<ObjectKey> {
    let down = format!("{:019}", i64::MAX - number);
    let segments = [PREFIX, &chain.to_string(), &down];
    ObjectKey::from_segments(segments).map_err(|error| Error::Inconsistent(error.to_string()))
}

/// What is kept of a link.
pub(super) fn render(link: &Link) -> Result<Bytes> {
    let kept = Kept {
        chain: link.chain.uuid(),
        number: link.head.number,
        total: link.head.total,
        head: hex::encode(&link.head.hash),
        sealed_at: link.sealed_at,
        key_id: link.mac.key_id.clone(),
        mac: hex::encode(&link.mac.bytes),
    };
    let text = serde_json::to_vec(&kept);
    let text = text.map_err(|error| Error::Inconsistent(error.to_string()))?;
    Ok(text.into())
}

fn parse(text: &[u8]) -> Option<Link> {
    let kept: Kept = serde_json::from_slice(text).ok()?;
    Some(Link {
        chain: kept.chain.into(),
        head: Head {
            number: kept.number,
            total: kept.total,
            hash: hex::decode(kept.head).ok()?,
        },
        sealed_at: kept.sealed_at,
        mac: Mac {
            key_id: kept.key_id,
            bytes: hex::decode(kept.mac).ok()?,
        },
    })
}

/// The links of one chain that are outside, by their numbers; none for what is no link.
pub(super) type Links = BTreeMap<i64, Option<Link>>;

/// The chains that have anything outside.
pub(super) async fn chains(objects: &dyn ObjectStore) -> Result<Vec<Chain>> {
    let prefix = prefix([PREFIX])?;
    let (mut chains, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = objects.list(Some(&prefix), after.as_deref()).await?;
        for object in page.objects {
            let chain = object.key.as_str().split('/').nth(1);
            let chain = chain.and_then(|id| Uuid::try_parse(id).ok());
            if let Some(chain) = chain.map(Chain::from)
                && chains.last() != Some(&chain)
            {
                chains.push(chain);
            }
        }
        match page.next {
            Some(next) => after = Some(next),
            None => return Ok(chains),
        }
    }
}

/// The newest links of a chain that are outside. A link that was superseded while we looked is
/// looked for once more, so that the newest is among them.
pub(super) async fn links(objects: &dyn ObjectStore, chain: Chain) -> Result<Links> {
    let prefix = prefix([PREFIX, &chain.to_string()])?;
    for _ in 0..TRIES {
        let page = objects.list(Some(&prefix), None).await?;
        let mut links = Links::new();
        let mut has_changed = false;
        for object in page.objects.iter().take(LINKS_MAX) {
            let down = object.key.as_str().rsplit('/').next();
            let down = down.and_then(|text| text.parse::<i64>().ok());
            let Some(number) = down.map(|down| i64::MAX - down) else {
                continue;
            };
            match objects.get(&object.key, BYTES_MAX).await? {
                Some(text) => {
                    let link = parse(&text);
                    let is_here = |link: &Link| link.chain == chain && link.head.number == number;
                    links.insert(number, link.filter(is_here));
                }
                None => has_changed = true,
            }
        }
        if !has_changed {
            return Ok(links);
        }
    }
    Err(Error::Inconsistent(format!(
        "the links of chain {chain} that are kept outside change faster than they can be read"
    )))
}

fn prefix<const N: usize>(segments: [&str; N]) -> Result<ObjectKey> {
    ObjectKey::from_segments(segments).map_err(|error| Error::Inconsistent(error.to_string()))
}
