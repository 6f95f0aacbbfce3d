//! Requests to the product's own API and to the provider's Backend API.

use std::time::{Duration, Instant};

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::ledger::Org;
use crate::wire::{Answer, Step, Stop, World, send, text};

/// A tenant must be ready by then.
const OPEN_MAX: Duration = Duration::from_secs(20);

/// The product's API with a token.
pub struct Api<'a> {
    world: &'a World,
    token: String,
}

impl<'a> Api<'a> {
    /// With a token for `org`, a new one where the last is old.
    pub async fn of(world: &'a World, browser: &mut Browser, org: &mut Org) -> Step<Self> {
        let token = match org.fresh_token() {
            Some(token) => token,
            None => {
                let token = browser.token(world, &org.id).await?;
                org.token = Some((token.clone(), Instant::now()));
                token
            }
        };
        Ok(Self { world, token })
    }

    /// With a token that names no organization.
    pub async fn personal(world: &'a World, browser: &mut Browser) -> Step<Self> {
        let token = browser.token(world, "").await?;
        Ok(Self { world, token })
    }

    /// A request without a body.
    pub async fn call(&self, method: Method, path: &str) -> Step<Answer> {
        let url = format!("{}/api/v1{path}", self.world.app);
        let what = format!("{method} {path}");
        let request = self.world.client.request(method, url);
        send(&what, request.bearer_auth(&self.token)).await
    }

    /// What is there.
    pub async fn get(&self, path: &str) -> Step<Value> {
        self.call(Method::GET, path).await?.acknowledged()
    }

    /// A `POST` under an idempotency key.
    pub async fn post(&self, path: &str, key: &str, body: &Value) -> Step<Answer> {
        let url = format!("{}/api/v1{path}", self.world.app);
        let request = self.world.client.post(url).bearer_auth(&self.token);
        let request = request.header("idempotency-key", key).json(body);
        send(&format!("POST {path}"), request).await
    }

    /// All rows of a list, page by page.
    pub async fn list(&self, path: &str) -> Step<Vec<Value>> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("{path}?limit=100{cursor}")).await?;
            rows.extend(page["data"].as_array().into_iter().flatten().cloned());
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(rows),
            }
        }
    }

    /// Waits, as the page does, until the tenant answers. One that has answered before must.
    pub async fn open(&self, opened: &mut bool) -> Step<()> {
        let started = Instant::now();
        loop {
            let answer = self.call(Method::GET, "/projects?limit=1").await?;
            let waits = answer.status == StatusCode::SERVICE_UNAVAILABLE && !*opened;
            if !waits {
                answer.acknowledged()?;
                *opened = true;
                return Ok(());
            }
            if started.elapsed() > OPEN_MAX {
                let what = format!("no tenant after {OPEN_MAX:?}");
                return Err(Stop::Wrong(what));
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// Downloads a document the way that a browser does.
    pub async fn download(&self, document: &str) -> Step<Vec<u8>> {
        let path = format!("/documents/{document}/presign-download");
        let url = text(&self.get(&path).await?, "/presignedUrl")?;
        let answer = send("the download", self.world.client.get(url)).await?;
        answer.acknowledged()?;
        Ok(answer.bytes)
    }
}

/// Adds a member through the Backend API.
pub async fn add_member(world: &World, org: &str, user: &str) -> Step<Answer> {
    let url = format!("{}/organizations/{org}/memberships", world.backend);
    let body = json!({"user_id": user, "role": "org:member"});
    let request = world.client.post(url).bearer_auth(&world.backend_key);
    send("adding a member", request.json(&body)).await
}

/// Removes a member through the Backend API.
pub async fn remove_member(world: &World, org: &str, user: &str) -> Step<Answer> {
    let url = format!("{}/organizations/{org}/memberships/{user}", world.backend);
    let request = world.client.delete(url).bearer_auth(&world.backend_key);
    send("removing a member", request).await
}
