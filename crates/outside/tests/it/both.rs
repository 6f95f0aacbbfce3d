//! What every store does.

use bailiwick_kernel::Env;
use bailiwick_outside::storage::{LIST_LIMIT, MemoryStore, ObjectStore, StorageError};
use bytes::Bytes;

use crate::server::{BUCKET, Server, key};

async fn check(store: &dyn ObjectStore) {
    let (a, b) = (key("org/org_1/a"), key("org/org_1/b"));
    assert_eq!(store.head(&a).await.unwrap(), None);
    assert_eq!(store.get(&a, 100).await.unwrap(), None);
    store.delete(&a).await.unwrap();

    store
        .put(&a, "text/plain", Bytes::from_static(b"hello"))
        .await
        .unwrap();
    store.put(&b, "text/plain", Bytes::new()).await.unwrap();
    store
        .put(&key("org/org_10/c"), "text/plain", Bytes::from_static(b"c"))
        .await
        .unwrap();
    let meta = store.head(&a).await.unwrap().unwrap();
    assert_eq!(
        (meta.size, meta.content_type.as_deref()),
        (5, Some("text/plain"))
    );
    assert!(meta.etag.is_some_and(|etag| !etag.contains('"')));
    assert_eq!(store.get(&a, 5).await.unwrap().unwrap(), "hello");
    assert!(matches!(
        store.get(&a, 4).await,
        Err(StorageError::TooLarge(4))
    ));
    assert_eq!(store.head(&b).await.unwrap().unwrap().size, 0);

    store
        .put(&a, "text/html", Bytes::from_static(b"bye"))
        .await
        .unwrap();
    assert_eq!(store.get(&a, 100).await.unwrap().unwrap(), "bye");

    let page = store.list(Some(&key("org/org_1")), None).await.unwrap();
    let listed: Vec<_> = page
        .objects
        .iter()
        .map(|object| (object.key.as_str(), object.size))
        .collect();
    assert_eq!(
        listed,
        [("org/org_1/a", 3), ("org/org_1/b", 0)],
        "and nothing of org_10"
    );
    assert!(
        page.objects
            .iter()
            .all(|object| object.modified_at.is_some())
    );
    assert_eq!(page.next, None);
    let page = store
        .list(Some(&key("org/org_1")), Some("org/org_1/a"))
        .await
        .unwrap();
    assert_eq!(page.objects.len(), 1);
    assert_eq!(store.list(None, None).await.unwrap().objects.len(), 3);
    assert!(
        store
            .list(Some(&key("org/org_9")), None)
            .await
            .unwrap()
            .objects
            .is_empty()
    );

    store.delete(&a).await.unwrap();
    store.delete(&a).await.unwrap();
    assert_eq!(store.head(&a).await.unwrap(), None);
    store.check().await.unwrap();
    store.check_conditions().await.unwrap();
    assert_eq!(
        store.list(None, None).await.unwrap().objects.len(),
        2,
        "the probe is gone"
    );
    let refused = store.put(&a, "text/plain\r\nx: y", Bytes::new()).await;
    assert!(matches!(refused, Err(StorageError::ContentType)));
}

/// Walks all pages.
async fn count(store: &dyn ObjectStore) -> usize {
    let (mut count, mut after) = (0, None::<String>);
    loop {
        let page = store
            .list(Some(&key("many")), after.as_deref())
            .await
            .unwrap();
        assert!(page.objects.len() <= LIST_LIMIT);
        count += page.objects.len();
        match page.next {
            Some(next) => after = Some(next),
            None => return count,
        }
    }
}

#[tokio::test]
async fn in_memory() {
    check(&MemoryStore::new(Env::system())).await;
}

#[tokio::test]
async fn over_s3() {
    check(&Server::start().await.store()).await;
}

#[tokio::test]
async fn pages_in_memory() {
    let store = MemoryStore::new(Env::system());
    for n in 0..1005 {
        store
            .put(&key(&format!("many/{n:05}")), "text/plain", Bytes::new())
            .await
            .unwrap();
    }
    assert_eq!(count(&store).await, 1005);
}

#[tokio::test]
async fn pages_over_s3() {
    let server = Server::start().await;
    let folder = server.folder.path().join(BUCKET).join("many");
    std::fs::create_dir(&folder).unwrap();
    for n in 0..1005 {
        std::fs::write(folder.join(format!("{n:05}")), b"x").unwrap();
    }
    std::fs::write(folder.join("not.ours"), b"x").unwrap();
    assert_eq!(count(&server.store()).await, 1005);
}
