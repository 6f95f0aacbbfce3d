//! By way of the API. What each single operation answers to strangers stands in `operations`.

use serde_json::json;

use super::PAIRS;
use super::pair::{Pair, Side};

#[tokio::test]
async fn by_id_and_by_list_each_sees_its_own() {
    for tiers in PAIRS {
        let pair = Pair::of(tiers).await;
        for (own, other) in pair.both_ways() {
            lists_hold_ones_own(own, other).await;
            ids_of_the_other_are_unknown(own, other).await;
        }
        // And nothing came of it.
        for (own, _) in pair.both_ways() {
            let owner = own.world.owner();
            let path = format!("/projects/{}", own.project);
            let name = format!("of {}", own.world.slug);
            assert_eq!(owner.get(&path).await.text_of("name"), name);
            let documents = owner.get(format!("{path}/documents")).await;
            assert_eq!(documents.column("id"), [own.document.as_str()]);
            let approval = owner.get(format!("/approvals/{}", own.approval)).await;
            assert_eq!(approval.text_of("status"), "PENDING");
        }
    }
}

async fn lists_hold_ones_own(own: &Side, other: &Side) {
    let owner = own.world.owner();
    let id = own.world.id.to_string();
    let mine = format!("/organizations/{id}");
    for (path, expected) in [
        ("/projects".to_owned(), Some(&own.project)),
        ("/approvals".to_owned(), Some(&own.approval)),
        ("/organizations".to_owned(), Some(&id)),
        (
            format!("/projects/{}/documents", own.project),
            Some(&own.document),
        ),
        (format!("/projects/{}/members", own.project), None),
        (format!("{mine}/members"), None),
        (format!("{mine}/invitations"), None),
        ("/audit".to_owned(), None),
        ("/audit/export".to_owned(), None),
        ("/me".to_owned(), None),
    ] {
        let answer = owner.get(&path).await.assert_status(200);
        if let Some(expected) = expected {
            assert_eq!(
                answer.column("id"),
                std::slice::from_ref(expected),
                "{path}"
            );
        }
        for secret in other.secrets() {
            assert!(!answer.text.contains(secret), "{secret}: {answer:#?}");
        }
    }
}

async fn ids_of_the_other_are_unknown(own: &Side, other: &Side) {
    let owner = own.world.owner();
    let project = format!("/projects/{}", other.project);
    let document = format!("/documents/{}", other.document);
    let approval = format!("/approvals/{}", other.approval);
    let organization = format!("/organizations/{}", other.world.id);
    let (me, them) = (owner.user(), other.world.manager().user());
    let update = json!({"name": "taken over"});
    let member = json!({"memberId": me.to_string(), "projectRole": "lead"});
    let upload = json!({"fileName": "x.txt", "contentType": "text/plain", "size": 1});
    for answer in [
        owner.get(&project).await,
        owner.put(&project, update.clone()).await,
        owner.delete(&project).await,
        owner.get(format!("{project}/members")).await,
        owner.post(format!("{project}/members"), member).await,
        owner.delete(format!("{project}/members/{them}")).await,
        owner.get(format!("{project}/documents")).await,
        owner
            .post(format!("{project}/documents/upload-init"), upload)
            .await,
        owner.get(&document).await,
        owner.get(format!("{document}/presign-download")).await,
        owner.post_empty(format!("{document}/confirm")).await,
        owner.delete(&document).await,
        owner.get(&approval).await,
        owner.post(format!("{approval}/approve"), json!({})).await,
        owner.post(format!("{approval}/reject"), json!({})).await,
        owner.get(&organization).await,
        owner.get(format!("{organization}/members")).await,
        owner.get(format!("{organization}/invitations")).await,
        owner.get(format!("{organization}/seats")).await,
        owner.delete(format!("{organization}/members/{them}")).await,
    ] {
        assert_eq!(answer.outcome(), "404 NOT_FOUND", "{}", answer.request);
        for secret in other.secrets() {
            assert!(!answer.text.contains(secret), "{secret}: {answer:#?}");
        }
    }
    // A person of the other's is no member of one's own project, though the id is a real one.
    let stranger = json!({"memberId": them.to_string(), "projectRole": "lead"});
    let path = format!("/projects/{}/members", own.project);
    let _ = owner
        .post(path, stranger)
        .await
        .assert_invalid(&["memberId"]);
}
