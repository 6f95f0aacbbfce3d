//! The Backend API's client: what it sends, when it repeats, what its errors say.

use std::time::Duration;

use bailiwick_clerk::api::{
    ApiConfig, ApiError, ClerkApi, CreateOrganization, InviteToOrganization, ListPage,
};
use bailiwick_clerk::resources::Metadata;
use bailiwick_kernel::Env;
use serde_json::{Value, json};

use crate::server::{Answer, Server};

fn client(server: &Server) -> ClerkApi {
    let mut config = ApiConfig::new(&server.url, "sk_test_x".into(), Env::system());
    config.timeout = Duration::from_secs(5);
    ClerkApi::new(config).unwrap()
}

async fn started(answers: impl IntoIterator<Item = Answer>) -> (Server, ClerkApi) {
    let server = Server::start(answers).await;
    let api = client(&server);
    (server, api)
}

fn fixture(event_type: &str) -> Value {
    let path = format!(
        "{}/tests/fixtures/webhook-events/{event_type}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let event: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    event["data"].clone()
}

fn not_found() -> Answer {
    let body = json!({
        "errors": [{"code": "resource_not_found", "message": "not found", "long_message": "No user"}],
        "clerk_trace_id": "trace_1"
    });
    Answer::new(404, body.to_string())
}

#[tokio::test]
async fn a_user() {
    let (server, api) = started([Answer::new(200, fixture("user.created").to_string())]).await;
    let user = api
        .get_user("user_3AqZkT9mWcN4hVbXe7LrPdYs2Gf")
        .await
        .unwrap();
    assert_eq!(user.primary_verified_email(), Some("ada@northwind.example"));
    let seen = server.seen().remove(0);
    assert_eq!(
        seen.path_and_query,
        "/v1/users/user_3AqZkT9mWcN4hVbXe7LrPdYs2Gf"
    );
    assert_eq!(seen.headers["authorization"], "Bearer sk_test_x");
    assert_eq!(seen.headers["clerk-api-version"], "2026-05-12");
}

#[tokio::test]
async fn what_does_not_exist() {
    let (server, api) = started([not_found()]).await;
    assert_eq!(api.find_user("user_1").await.unwrap(), None);
    assert_eq!(api.find_organization("org_1").await.unwrap(), None);
    let error = api.get_user("user_1").await.unwrap_err();
    assert!(error.is_not_found() && !error.is_transient());
    assert_eq!(
        (error.status(), error.code()),
        (Some(404), Some("resource_not_found"))
    );
    assert_eq!(server.count(), 3, "nothing is repeated");
}

#[tokio::test]
async fn users_by_address() {
    let users = json!([fixture("user.created")]);
    let (server, api) = started([Answer::new(200, users.to_string())]).await;
    let users = api
        .list_users_by_email(&["a+b@x.example", "c@x.example"])
        .await
        .unwrap();
    assert_eq!(users.len(), 1);
    assert_eq!(
        server.seen()[0].path_and_query,
        "/v1/users?email_address=a%2Bb%40x.example&email_address=c%40x.example&limit=500"
    );
    assert!(api.list_users_by_email(&[]).await.unwrap().is_empty());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn memberships_in_pages() {
    let page = json!({"data": [fixture("organizationMembership.created")], "total_count": 701});
    let (server, api) = started([Answer::new(200, page.to_string())]).await;
    let first = api
        .list_organization_memberships("org_1", ListPage::FIRST)
        .await
        .unwrap();
    assert_eq!((first.data.len(), first.total_count), (1, 701));
    api.list_user_memberships("user_1", ListPage::FIRST.next())
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[0].path_and_query,
        "/v1/organizations/org_1/memberships?limit=500&offset=0"
    );
    assert_eq!(
        seen[1].path_and_query,
        "/v1/users/user_1/organization_memberships?limit=500&offset=500"
    );
}

#[tokio::test]
async fn memberships_of_everybody_and_of_some() {
    let page = json!({"data": [fixture("organizationMembership.created")], "total_count": 1});
    let (server, api) = started([Answer::new(200, page.to_string())]).await;
    let all = api.list_memberships(ListPage::FIRST).await.unwrap();
    assert_eq!(all.data.len(), 1);
    let some = api
        .list_memberships_among("org_1", &["user_1", "user_2"])
        .await
        .unwrap();
    assert_eq!(some.len(), 1);
    assert!(
        api.list_memberships_among("org_1", &[])
            .await
            .unwrap()
            .is_empty()
    );
    let seen = server.seen();
    assert_eq!(
        seen[0].path_and_query,
        "/v1/organization_memberships?limit=500&offset=0&order_by=%2Bcreated_at"
    );
    assert_eq!(
        seen[1].path_and_query,
        "/v1/organizations/org_1/memberships?user_id=user_1&user_id=user_2&limit=500"
    );
    assert_eq!(seen.len(), 2, "nobody is asked about nobody");
}

/// A proxy's 404 must not look like a deletion.
#[tokio::test]
async fn only_the_provider_says_that_something_is_gone() {
    let (_server, api) = started([not_found(), Answer::new(404, "<html>")]).await;
    assert!(api.get_user("user_1").await.unwrap_err().is_gone());
    let error = api.get_user("user_1").await.unwrap_err();
    assert!(error.is_not_found() && !error.is_gone());
}

fn new_organization() -> CreateOrganization {
    CreateOrganization {
        name: "Northwind".into(),
        created_by: Some("user_1".into()),
        slug: None,
        public_metadata: Metadata::new(),
        private_metadata: Metadata::new(),
    }
}

#[tokio::test]
async fn a_new_organization() {
    let answer = Answer::new(200, fixture("organization.created").to_string());
    let (server, api) = started([answer]).await;
    api.create_organization(&new_organization()).await.unwrap();
    let seen = server.seen().remove(0);
    assert_eq!(
        (seen.method.as_str(), seen.path_and_query.as_str()),
        ("POST", "/v1/organizations")
    );
    assert_eq!(seen.headers["content-type"], "application/json");
    let body: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(body, json!({"name": "Northwind", "created_by": "user_1"}));
}

#[tokio::test]
async fn memberships_are_changed_and_ended() {
    let membership = Answer::new(200, fixture("organizationMembership.created").to_string());
    let (server, api) = started([Answer::new(503, ""), membership]).await;
    api.update_membership("org_1", "user_1", "org:admin")
        .await
        .unwrap();
    api.delete_membership("org_1", "user_1").await.unwrap();
    let calls: Vec<_> = server
        .seen()
        .into_iter()
        .map(|s| (s.method, s.body))
        .collect();
    let patch = ("PATCH".to_owned(), r#"{"role":"org:admin"}"#.to_owned());
    assert_eq!(
        calls,
        [patch.clone(), patch, ("DELETE".to_owned(), String::new())]
    );
    assert_eq!(
        server.seen()[2].path_and_query,
        "/v1/organizations/org_1/memberships/user_1"
    );
}

#[tokio::test]
async fn an_invitation_is_made_found_and_revoked() {
    let invitation = fixture("organizationInvitation.created");
    let list = json!({"data": [invitation], "total_count": 1}).to_string();
    let (server, api) = started([
        Answer::new(200, invitation.to_string()),
        Answer::new(200, list),
        Answer::new(200, invitation.to_string()),
    ])
    .await;
    let wanted = InviteToOrganization {
        email_address: "grace@northwind.example".into(),
        role: "org:member".into(),
        inviter_user_id: None,
        redirect_url: None,
        expires_in_days: Some(7),
        private_metadata: Metadata::from_iter([("ours".to_owned(), json!("1"))]),
    };
    let made = api.invite_to_organization("org_1", &wanted).await.unwrap();
    assert_eq!(made.email_address, wanted.email_address);
    let found = api
        .list_organization_invitations("org_1", "a+b@x.example", ListPage::FIRST)
        .await
        .unwrap();
    assert_eq!(found.data, std::slice::from_ref(&made));
    api.revoke_organization_invitation("org_1", &made.id)
        .await
        .unwrap();
    let seen = server.seen();
    let body: Value = serde_json::from_str(&seen[0].body).unwrap();
    assert_eq!(
        body,
        json!({"email_address": "grace@northwind.example", "role": "org:member",
               "expires_in_days": 7, "private_metadata": {"ours": "1"}})
    );
    assert_eq!(
        seen[1].path_and_query,
        "/v1/organizations/org_1/invitations?limit=500&offset=0&email_address=a%2Bb%40x.example"
    );
    assert!(seen[2].path_and_query.ends_with("/revoke"));
}

#[tokio::test]
async fn a_refusal_is_told_from_bad_credentials_and_from_bad_luck() {
    for (status, is_refusal) in [
        (400, true),
        (404, true),
        (401, false),
        (429, false),
        (500, false),
    ] {
        let answer = Answer::new(status, "{}").header("retry-after", "60");
        let (_server, api) = started([answer]).await;
        let error = api.delete_membership("org_1", "user_1").await.unwrap_err();
        assert_eq!(error.is_refusal(), is_refusal, "{status}");
    }
}

#[tokio::test]
async fn reads_are_repeated() {
    let user = Answer::new(200, fixture("user.created").to_string());
    let (server, api) = started([
        Answer::new(503, "busy"),
        Answer::new(429, "{}").header("retry-after", "0"),
        user,
    ])
    .await;
    api.get_user("user_1").await.unwrap();
    assert_eq!(server.count(), 3);
}

#[tokio::test]
async fn repeating_ends() {
    let (server, api) = started([Answer::new(500, "<html>")]).await;
    let error = api.get_user("user_1").await.unwrap_err();
    assert_eq!((error.status(), error.code()), (Some(500), None));
    assert!(error.is_transient());
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn a_long_wait_is_the_callers() {
    let (server, api) = started([Answer::new(429, "{}").header("retry-after", "60")]).await;
    let error = api.get_user("user_1").await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_creation_of_unknown_fate_is_not_repeated() {
    let created = Answer::new(200, fixture("organization.created").to_string());
    let (server, api) = started([Answer::new(502, ""), created.clone()]).await;
    assert!(
        api.create_organization(&new_organization())
            .await
            .unwrap_err()
            .is_transient()
    );
    assert_eq!(server.count(), 1);
    let refused = Answer::new(429, "").header("retry-after", "0");
    let (server, api) = started([refused, created]).await;
    api.create_organization(&new_organization()).await.unwrap();
    assert_eq!(server.count(), 2);
}

#[tokio::test]
async fn answers_that_are_none() {
    let redirect = Answer::new(302, "").header("location", "http://127.0.0.1:9/");
    let (server, api) = started([redirect]).await;
    assert_eq!(
        api.get_user("user_1").await.unwrap_err().status(),
        Some(302)
    );
    assert_eq!(server.count(), 1, "the secret goes nowhere else");

    let (_server, api) = started([Answer::new(200, "hello")]).await;
    assert!(matches!(
        api.get_user("user_1").await,
        Err(ApiError::Malformed(_))
    ));

    let (_server, api) = started([Answer::new(200, " ".repeat(17 * 1024 * 1024))]).await;
    assert!(matches!(
        api.get_user("user_1").await,
        Err(ApiError::TooLarge)
    ));

    let (server, api) = started([not_found()]).await;
    assert!(matches!(
        api.get_user("../organizations").await,
        Err(ApiError::Id)
    ));
    assert_eq!(server.count(), 0);
}

#[tokio::test]
async fn nobody_there() {
    let config = ApiConfig::new("http://127.0.0.1:9", "sk_test_x".into(), Env::system());
    let error = ClerkApi::new(config)
        .unwrap()
        .get_user("user_1")
        .await
        .unwrap_err();
    assert!(matches!(error, ApiError::Transport(_)) && error.is_transient());
    assert!(!format!("{error:?}").contains("sk_test_x"));
}
