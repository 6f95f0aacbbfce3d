//! Open pages hear of tickets, as far as their readers see them.

use bailiwick_kernel::Tier;

use crate::{guest, opened, start};

#[tokio::test]
async fn a_change_is_heard_in_its_organization_alone() {
    let t = start().await;
    t.follow_changes();
    let (a, b) = (
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Starter).await,
    );
    let mut of_a = guest(&a).events().await;
    let mut of_b = b.owner().events().await;
    let in_a = opened(a.member()).await;
    let in_b = opened(b.member()).await;
    assert_eq!(of_a.until("tickets").await.text("objectId"), in_a);
    assert_eq!(of_b.until("tickets").await.text("objectId"), in_b);
}
