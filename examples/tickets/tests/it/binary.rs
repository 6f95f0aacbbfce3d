//! The product's binary on one machine: migrated, gated and served with its module.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::printer;

/// How long the first start may take on a busy machine.
const READY_MAX: Duration = Duration::from_secs(180);
/// How long an answer may take.
const ANSWER_MAX: Duration = Duration::from_secs(60);

struct Dev {
    vars: BTreeMap<String, String>,
    client: Client,
    dir: PathBuf,
    process: Child,
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended by itself, and what stays goes with the build's directory.
        drop(self.process.start_kill());
        drop(std::fs::remove_dir_all(&self.dir));
    }
}

/// Starts `tickets dev` on free ports and waits until it says that it is ready.
async fn dev() -> Dev {
    let dir =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("tickets-{}", std::process::id()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_tickets"));
    command
        .args(["dev", "--policy", "tickets", "--data-dir"])
        .arg(&dir);
    for part in ["", "idp-", "internal-", "s3-", "mail-", "pg-"] {
        command.args([&format!("--{part}port"), "0"]);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    command.current_dir(root).kill_on_drop(true);
    let mut process = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let ready = async {
        let mut said = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == "ready" {
                return;
            }
            said.push_str(&line);
        }
        panic!("it ended before it was ready: {said}");
    };
    tokio::time::timeout(READY_MAX, ready).await.unwrap();
    let text = std::fs::read_to_string(dir.join("dev.env")).unwrap();
    let vars = text.lines().filter_map(|line| line.split_once('='));
    Dev {
        vars: vars
            .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
            .collect(),
        client: Client::builder().timeout(ANSWER_MAX).build().unwrap(),
        dir,
        process,
    }
}

impl Dev {
    /// What the identity provider's Backend API answers to this product.
    async fn provider(&self, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/v1{path}", self.vars["CLERK_API_URL"]);
        let request = match &body {
            None => self.client.get(url),
            Some(body) => self.client.post(url).json(body),
        };
        let answer = request.bearer_auth(&self.vars["CLERK_SECRET_KEY"]).send();
        let answer = answer.await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// The session token of a demo login.
    async fn token(&self, email: &str) -> String {
        let path = format!("/users?email_address={email}");
        let user = self.provider(&path, None).await[0]["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("/users/{user}/organization_memberships");
        let org = self.provider(&path, None).await["data"][0]["organization"]["id"].clone();
        let session = json!({"user_id": user, "active_organization_id": org});
        let session = self.provider("/sessions", Some(session)).await;
        let path = format!("/sessions/{}/tokens", session["id"].as_str().unwrap());
        let token = self.provider(&path, Some(json!({}))).await;
        token["jwt"].as_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn the_binary_serves_tickets_beside_everything_else() {
    let dev = dev().await;
    let api = dev.vars["APP_URL"].replace("localhost", "127.0.0.1") + "/api/v1";
    let token = dev.token("member@demo.example").await;
    let opened = dev
        .client
        .post(format!("{api}/tickets"))
        .bearer_auth(&token);
    let opened = opened.json(&printer()).send().await.unwrap();
    assert_eq!(opened.status().as_u16(), 201);
    let list = dev.client.get(format!("{api}/tickets")).bearer_auth(&token);
    let list: Value = list.send().await.unwrap().json().await.unwrap();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    // What the policy does not mount is not there.
    let projects = dev
        .client
        .get(format!("{api}/projects"))
        .bearer_auth(&token);
    assert_eq!(projects.send().await.unwrap().status().as_u16(), 404);
}
