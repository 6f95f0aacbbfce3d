//! Proof that nothing was edited, deleted, reordered or cut off.

mod chain;
mod report;

use bailiwick_kernel::Env;
use bailiwick_outside::storage::ObjectStore;
use bailiwick_store::Store;
use bailiwick_store::audit::{Chain, Keys};

pub use report::{Finding, Report, What};

use super::outside;
use crate::{Error, Result};

/// What is needed to verify.
pub(super) struct Verifier<'a> {
    store: &'a Store,
    keys: &'a Keys,
    env: &'a Env,
    /// None: nothing can be said about the end of a chain.
    objects: Option<&'a dyn ObjectStore>,
}

/// Verifies one chain, or all that there may be. Each is looked at as of one moment, while writes go
/// on; what is outside is read first, so that the database must have it.
///
/// # Errors
/// The database's, the object store's; there are no keys.
pub async fn verify(
    store: &Store,
    env: &Env,
    objects: Option<&dyn ObjectStore>,
    only: Option<Chain>,
) -> Result<Report> {
    let no_keys = || Error::Inconsistent("there are no keys to verify with".to_owned());
    let verifier = Verifier {
        store,
        keys: store.keys().ok_or_else(no_keys)?,
        env,
        objects,
    };
    let mut report = Report::default();
    if let Some(chain) = only {
        verifier.chain(chain, &mut report).await?;
        return Ok(report);
    }
    // Chains that nothing in the database speaks of any more.
    let mut outside = match objects {
        Some(objects) => outside::chains(objects).await?,
        None => Vec::new(),
    };
    verifier.chain(Chain::INSTALLATION, &mut report).await?;
    let mut after = Chain::INSTALLATION;
    loop {
        let page = store.chains(after).await?;
        let Some(last) = page.last() else { break };
        after = *last;
        for chain in page {
            verifier.chain(chain, &mut report).await?;
            outside.retain(|other| *other != chain);
        }
    }
    outside.retain(|other| *other != Chain::INSTALLATION);
    for chain in outside {
        verifier.chain(chain, &mut report).await?;
    }
    Ok(report)
}
