//! What has committed is sealed, and the last links are taken outside.

use bailiwick_store::audit::seals::{BATCH, Unpublished};
use futures::stream::{StreamExt as _, TryStreamExt as _};

use super::outside;
use crate::{App, Result};

/// Links that are taken outside at once.
const CONCURRENCY: usize = 8;

/// Seals all that has committed and waits. Answers how many facts.
///
/// # Errors
/// The database's.
pub async fn seal(app: &App) -> Result<usize> {
    let mut count = 0;
    loop {
        let sealed = app.store().seal(app.env()).await?;
        for chain in &sealed.broken {
            metrics::counter!("audit_chains_broken").increment(1);
            tracing::error!(%chain, "an audit chain does not end where its head says; run `bailiwick audit verify`");
        }
        let facts = u64::try_from(sealed.facts).unwrap_or(u64::MAX);
        metrics::counter!("audit_facts_sealed").increment(facts);
        count += sealed.facts;
        if facts < BATCH.unsigned_abs() {
            return Ok(count);
        }
    }
}

/// Takes the last links outside that are not there yet. Answers how many.
///
/// # Errors
/// The database's, the object store's.
pub async fn publish(app: &App) -> Result<usize> {
    let waiting = app.store().unpublished().await?;
    let count = waiting.len();
    futures::stream::iter(waiting)
        .map(|one| async move { take_outside(app, &one).await })
        .buffer_unordered(CONCURRENCY)
        .try_collect::<()>()
        .await?;
    Ok(count)
}

/// The new link first, then the note of it, then the old one goes: whatever breaks off, a link is
/// outside. One that is there and is another is left, for it proves that the chain was cut.
async fn take_outside(app: &App, one: &Unpublished) -> Result<()> {
    let (objects, link) = (app.objects(), &one.link);
    let (key, body) = (
        outside::key(link.chain, link.head.number)?,
        outside::render(link)?,
    );
    let is_new = objects
        .create(&key, outside::CONTENT_TYPE, body.clone())
        .await?;
    if !is_new && objects.get(&key, outside::BYTES_MAX).await? != Some(body) {
        complain(link.chain, link.head.number);
    }
    app.store().mark_published(link).await?;
    let Some(before) = &one.before else {
        return Ok(());
    };
    let key = outside::key(before.chain, before.head.number)?;
    match objects.get(&key, outside::BYTES_MAX).await? {
        None => Ok(()),
        Some(body) if body == outside::render(before)? => Ok(objects.delete(&key).await?),
        Some(_) => {
            complain(before.chain, before.head.number);
            Ok(())
        }
    }
}

fn complain(chain: bailiwick_store::audit::Chain, number: i64) {
    metrics::counter!("audit_chains_broken").increment(1);
    tracing::error!(%chain, number, "a link of the audit is another than the one outside; run `bailiwick audit verify`");
}
