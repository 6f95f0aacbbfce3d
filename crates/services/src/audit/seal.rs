//! What has committed is sealed, and the last links are taken outside.

use std::collections::BTreeMap;

use bailiwick_store::audit::Link;
use bailiwick_store::audit::seals::{BATCH, Unpublished};
use futures::stream::{StreamExt as _, TryStreamExt as _};

use super::outside;
use crate::{App, Result};

/// Links that are taken outside at once.
const CONCURRENCY: usize = 8;
/// With each so-manieth link of a chain everything of it that is outside is looked at, and not only
/// the link before: a list costs as much as the write of a link, and what it finds does no harm.
pub const LOOK_EVERY: i64 = 16;

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
///
/// Who dies between two of these steps, or is overtaken by another server, leaves an old link
/// behind. Where one was skipped, and now and then, all that is older is looked for.
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
    let (before, number) = (one.before.as_ref(), link.head.number);
    let noted = before.map_or(0, |before| before.head.number);
    if noted + 1 < number || number % LOOK_EVERY == 0 {
        return remove_older(app, link).await;
    }
    let Some(before) = before else { return Ok(()) };
    let key = outside::key(before.chain, noted)?;
    match objects.get(&key, outside::BYTES_MAX).await? {
        None => Ok(()),
        Some(body) if body == outside::render(before)? => Ok(objects.delete(&key).await?),
        Some(_) => {
            complain(before.chain, noted);
            Ok(())
        }
    }
}

/// Removes what is outside of a chain and older than this link, as far as it is what the database
/// says.
async fn remove_older(app: &App, than: &Link) -> Result<()> {
    let (objects, chain) = (app.objects(), than.chain);
    let mut outside = outside::links(objects.as_ref(), chain).await?;
    outside.retain(|number, _| *number < than.head.number);
    let numbers: Vec<i64> = outside.keys().copied().collect();
    let here = app.store().links_at(chain, &numbers).await?;
    let here: BTreeMap<i64, Link> = here
        .into_iter()
        .map(|link| (link.head.number, link))
        .collect();
    for (number, kept) in outside {
        if kept.is_some() && kept.as_ref() == here.get(&number) {
            objects.delete(&outside::key(chain, number)?).await?;
        } else {
            complain(chain, number);
        }
    }
    Ok(())
}

fn complain(chain: bailiwick_store::audit::Chain, number: i64) {
    metrics::counter!("audit_chains_broken").increment(1);
    tracing::error!(%chain, number, "a link of the audit is another than the one outside; run `bailiwick audit verify`");
}
