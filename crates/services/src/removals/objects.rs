//! A tenant's objects: everything below `org/{provider's id}/`.
//!
//! A page is counted before it is deleted. Where that was cut off the page is deleted once more, and
//! not counted: what lies up to the position was.

use bailiwick_outside::storage::{ListedObject, ObjectKey, ObjectStore};
use bailiwick_store::removals::{Removal, Step, lock_at, note};

use super::Went;
use crate::documents::UPLOAD_GRACE;
use crate::{App, Error, Result};

/// The name under which they are counted.
pub(super) const COUNT: &str = "objects";
/// The name under which their bytes are.
pub(super) const BYTES: &str = "object_bytes";
/// Objects that are deleted at once.
const AT_ONCE: usize = 8;

/// Below it stand all of them.
pub(super) fn prefix(clerk_org_id: &str) -> Result<ObjectKey> {
    let prefix = ObjectKey::from_segments(["org", clerk_org_id]);
    prefix.map_err(|error| Error::Inconsistent(error.to_string()))
}

/// One page. Where nothing is left, an upload URL that was signed before access ended may still
/// bring something: only when the last of them is over is nothing left for good.
pub(super) async fn remove(app: &App, removal: &Removal) -> Result<Went> {
    let prefix = prefix(&removal.clerk_org_id)?;
    let page = first_page(app.objects().as_ref(), &prefix).await?;
    if page.is_empty() {
        let last_put = removal.deleted_at + UPLOAD_GRACE;
        if app.env().now() < last_put {
            // All that was counted is gone: what comes from here on is new.
            super::next(app, removal, Step::Objects, Step::Objects).await?;
            return Ok(Went::Waits(last_put));
        }
        return super::next(app, removal, Step::Objects, Step::Audit).await;
    }
    if count(app, removal, &page).await? {
        for few in page.chunks(AT_ONCE) {
            let deletions = few.iter().map(|object| app.objects().delete(&object.key));
            futures::future::try_join_all(deletions).await?;
        }
    }
    Ok(Went::On)
}

/// The first page that has anything: keys that are not ours are passed over.
pub(crate) async fn first_page(
    objects: &dyn ObjectStore,
    prefix: &ObjectKey,
) -> Result<Vec<ListedObject>> {
    let mut after = None::<String>;
    loop {
        let page = objects.list(Some(prefix), after.as_deref()).await?;
        match page.next {
            Some(next) if page.objects.is_empty() => after = Some(next),
            _ => return Ok(page.objects),
        }
    }
}

/// Counts a page; `false` where the step is over.
async fn count(app: &App, removal: &Removal, page: &[ListedObject]) -> Result<bool> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let Some(position) = lock_at(&mut tx, removal.org, Step::Objects).await? else {
        return Ok(false);
    };
    let is_new = |object: &&ListedObject| {
        position
            .as_deref()
            .is_none_or(|position| object.key.as_str() > position)
    };
    let new: Vec<_> = page.iter().filter(is_new).collect();
    let last = new.last().map(|object| object.key.as_str());
    let position = last.or(position.as_deref());
    let bytes = new.iter().map(|object| object.size).sum::<u64>();
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let count = i64::try_from(new.len()).unwrap_or(i64::MAX);
    note(&mut tx, removal.org, (COUNT, count), position, now).await?;
    note(&mut tx, removal.org, (BYTES, bytes), position, now).await?;
    tx.commit().await?;
    Ok(true)
}
