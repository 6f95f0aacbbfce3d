//! The mailbox: what it keeps, and whom it answers.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bailiwick_embedded::mailbox::{
    MESSAGE_BYTES_MAX, MESSAGES_MAX, Mailbox, MailboxError, MailboxServer, Message, MessageKind,
};
use reqwest::header::{CONTENT_SECURITY_POLICY, ETAG, HOST, IF_NONE_MATCH, ORIGIN};
use reqwest::{Client, StatusCode};
use serde_json::Value;

use crate::support::temp_dir;

fn open(dir: &Path) -> Mailbox {
    Mailbox::open(
        dir,
        Arc::new(|| jiff::Timestamp::try_from(SystemTime::now()).unwrap()),
    )
    .unwrap()
}

fn mail(to: &str, subject: &str) -> Message {
    Message {
        kind: MessageKind::Email,
        to: to.to_owned(),
        from: Some("Bailiwick <no-reply@bailiwick.localhost>".to_owned()),
        subject: Some(subject.to_owned()),
        text: format!("{subject}: 424242"),
        html: Some(format!("<p>{subject}: <b>424242</b></p>")),
    }
}

fn sms(to: &str) -> Message {
    Message {
        kind: MessageKind::Sms,
        to: to.to_owned(),
        from: None,
        subject: None,
        text: "Your code is 424242".to_owned(),
        html: None,
    }
}

fn subjects(mailbox: &Mailbox) -> Vec<String> {
    let messages = mailbox.list(None);
    messages
        .iter()
        .map(|each| each.message.subject.clone().unwrap_or_default())
        .collect()
}

fn client() -> Client {
    Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

async fn json(server: &MailboxServer, path: &str) -> Value {
    let url = format!("http://127.0.0.1:{}{path}", server.port());
    let response = client().get(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn keeps_what_it_took_and_drops_what_was_cut_short() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    for subject in ["first", "second"] {
        mailbox
            .deliver(mail("a@example.com", subject))
            .await
            .unwrap();
    }
    let error = Mailbox::open(dir.path(), Arc::new(|| jiff::Timestamp::UNIX_EPOCH)).unwrap_err();
    assert!(
        matches!(error, MailboxError::InUse { pid: Some(_), .. }),
        "{error}"
    );
    drop(mailbox);
    let path = dir.path().join("messages.ndjson");
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    file.write_all(b"{\"id\":\"0197").unwrap();
    let mailbox = open(dir.path());
    assert_eq!(subjects(&mailbox), ["second", "first"]);
    mailbox
        .deliver(mail("a@example.com", "third"))
        .await
        .unwrap();
    drop(mailbox);
    assert_eq!(subjects(&open(dir.path())), ["third", "second", "first"]);
}

#[tokio::test]
async fn keeps_the_newest_and_a_bounded_file() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let count = 2 * MESSAGES_MAX + 5;
    for n in 0..count {
        mailbox
            .deliver(mail("a@example.com", &n.to_string()))
            .await
            .unwrap();
    }
    let check = |mailbox: &Mailbox| {
        let kept = subjects(mailbox);
        assert_eq!(kept.len(), MESSAGES_MAX);
        assert_eq!(kept[0], (count - 1).to_string());
        assert_eq!(kept[MESSAGES_MAX - 1], (count - MESSAGES_MAX).to_string());
    };
    check(&mailbox);
    drop(mailbox);
    let lines = std::fs::read_to_string(dir.path().join("messages.ndjson")).unwrap();
    assert!(lines.lines().count() <= MESSAGES_MAX + 5);
    check(&open(dir.path()));
}

#[tokio::test]
async fn refuses_what_is_too_long() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let long = Message {
        text: "x".repeat(MESSAGE_BYTES_MAX),
        ..sms("+1")
    };
    assert!(matches!(
        mailbox.deliver(long).await,
        Err(MailboxError::TooLong { .. })
    ));
    assert!(mailbox.list(None).is_empty());
}

#[tokio::test]
async fn lists_by_recipient_newest_first() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let server = mailbox.serve(0).await.unwrap();
    mailbox
        .deliver(mail("Ada+test@Example.com", "one"))
        .await
        .unwrap();
    mailbox.deliver(sms("+15555550100")).await.unwrap();
    let last = mailbox
        .deliver(mail("ada+test@example.com", "two"))
        .await
        .unwrap();

    let all = json(&server, "/api/messages").await;
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert_eq!(all[0]["id"], last.id.to_string());
    assert_eq!(all[0]["kind"], "email");
    assert_eq!(all[0]["subject"], "two");
    assert_eq!(all[0]["createdAt"], last.created_at.to_string());
    assert_eq!(all[1]["kind"], "sms");
    assert_eq!(all[1]["text"], "Your code is 424242");
    for query in ["ada%2Btest@example.com", "ada+test@example.com"] {
        let found = json(&server, &format!("/api/messages?to={query}")).await;
        let found: Vec<_> = found
            .as_array()
            .unwrap()
            .iter()
            .map(|each| &each["subject"])
            .collect();
        assert_eq!(found, ["two", "one"], "{query}");
    }
    assert_eq!(
        json(&server, "/api/messages?to=+15555550100").await[0]["kind"],
        "sms"
    );
    assert_eq!(
        json(&server, "/api/messages?to=ada").await,
        Value::Array(vec![])
    );
    let one = json(&server, &format!("/api/messages/{}", last.id)).await;
    assert_eq!(one, all[0]);
}

#[tokio::test]
async fn tells_a_waiting_page_when_nothing_is_new() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let server = mailbox.serve(0).await.unwrap();
    let url = format!("{}/api/messages", server.url());
    let e_tag = client().get(&url).send().await.unwrap().headers()[ETAG].clone();
    let again = || {
        client()
            .get(&url)
            .header(IF_NONE_MATCH, e_tag.clone())
            .send()
    };
    assert_eq!(again().await.unwrap().status(), StatusCode::NOT_MODIFIED);
    mailbox.deliver(sms("+1")).await.unwrap();
    assert_eq!(again().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn shows_mail_without_letting_it_act() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let server = mailbox.serve(0).await.unwrap();
    let id = mailbox
        .deliver(mail("a@example.com", "hello"))
        .await
        .unwrap()
        .id;
    let get = async |path: String| client().get(server.url() + &path).send().await.unwrap();
    let mail = get(format!("/messages/{id}")).await;
    let policy = mail.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.starts_with("sandbox ") && !policy.contains("allow-scripts"),
        "{policy}"
    );
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script-src"),
        "{policy}"
    );
    assert!(
        mail.text()
            .await
            .unwrap()
            .ends_with("<p>hello: <b>424242</b></p>")
    );
    for path in ["/", "/inbox.js", "/inbox.css", "/icon.svg"] {
        let response = get(path.to_owned()).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = response.headers()[CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(!policy.contains("unsafe"), "{policy}");
    }
    assert_eq!(
        get("/api/messages/none".to_owned()).await.status(),
        StatusCode::BAD_REQUEST
    );
    let unknown = get(format!("/api/messages/{}", uuid::Uuid::nil())).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn answers_this_machine_alone() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let server = mailbox.serve(0).await.unwrap();
    mailbox.deliver(sms("+1")).await.unwrap();
    let url = format!("http://127.0.0.1:{}/api/messages", server.port());
    let rebound = client()
        .get(&url)
        .header(HOST, "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(rebound.status(), StatusCode::MISDIRECTED_REQUEST);
    let foreign = client()
        .delete(&url)
        .header(ORIGIN, "http://localhost:3000")
        .send();
    assert_eq!(foreign.await.unwrap().status(), StatusCode::FORBIDDEN);
    assert_eq!(mailbox.list(None).len(), 1);
    let own = format!("http://127.0.0.1:{}", server.port());
    let cleared = client()
        .delete(&url)
        .header(ORIGIN, own)
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);
    assert!(mailbox.list(None).is_empty());
    server.stop().await;
    drop(mailbox);
    assert!(open(dir.path()).list(None).is_empty(), "cleared for good");
}

#[tokio::test]
async fn names_a_taken_port() {
    let dir = temp_dir();
    let mailbox = open(dir.path());
    let first = mailbox.serve(0).await.unwrap();
    let error = mailbox.serve(first.port()).await.unwrap_err().to_string();
    assert!(
        error.contains(&first.port().to_string()) && error.contains("--mail-port"),
        "{error}"
    );
}
