//! A browser at the Frontend API: cookies, an origin, forms.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, ORIGIN, SET_COOKIE};
use serde_json::Value;

use crate::wire::{Answer, Step, Stop, World, send, text};

/// The cookies of one browser, and its session.
#[derive(Debug, Clone, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
    pub session: Option<String>,
}

impl Browser {
    /// A write: `POST`, with the method that is meant in the query.
    pub async fn write(
        &mut self,
        world: &World,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
    ) -> Step<Answer> {
        let mut query = self.query(path);
        if method != "POST" {
            query.push(("_method", method.to_owned()));
        }
        let url = format!("{}/__clerk/v1{path}", world.app);
        let request = world.client.post(url).query(&query).form(form);
        let request = request
            .header(ORIGIN, &world.origin)
            .header(COOKIE, self.cookie());
        let answer = send(&format!("{method} {path}"), request).await?;
        self.keep(&answer);
        Ok(answer)
    }

    /// A read.
    pub async fn read(&mut self, world: &World, path: &str) -> Step<Answer> {
        let url = format!("{}/__clerk/v1{path}", world.app);
        let request = world
            .client
            .get(url)
            .query(&self.query(path))
            .header(COOKIE, self.cookie());
        let answer = send(&format!("GET {path}"), request).await?;
        self.keep(&answer);
        Ok(answer)
    }

    fn query(&self, path: &str) -> Vec<(&'static str, String)> {
        let mut query = vec![("__clerk_api_version", "2026-05-12".to_owned())];
        if let Some(session) = self
            .session
            .as_ref()
            .filter(|_| !path.starts_with("/client"))
        {
            query.push(("_clerk_session_id", session.clone()));
        }
        query
    }

    fn cookie(&self) -> String {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        pairs.join("; ")
    }

    fn keep(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE) {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// Signs up as far as the answer to the code, which is the last step. What it answers is the
    /// user's id.
    pub async fn sign_up(
        &mut self,
        world: &World,
        (email, password, name): (&str, &str, &str),
        sent_code: impl FnOnce(),
    ) -> Step<String> {
        let form = [
            ("email_address", email),
            ("password", password),
            ("first_name", name),
            ("last_name", ""),
            ("locale", "en-US"),
        ];
        let begun = self.write(world, "POST", "/client/sign_ups", &form).await?;
        let path = format!(
            "/client/sign_ups/{}",
            text(&begun.acknowledged()?, "/response/id")?
        );
        let form = [("strategy", "email_code")];
        let prepare = format!("{path}/prepare_verification");
        self.write(world, "POST", &prepare, &form)
            .await?
            .acknowledged()?;
        let code = code(world, email).await?;
        sent_code();
        let form = [("strategy", "email_code"), ("code", &code)];
        let attempt = format!("{path}/attempt_verification");
        let done = self.write(world, "POST", &attempt, &form).await?;
        self.complete(&done.acknowledged()?)?;
        text(&done.json(), "/response/created_user_id")
    }

    /// Signs in with the password; `None` where nobody has this address.
    pub async fn sign_in(
        &mut self,
        world: &World,
        email: &str,
        password: &str,
    ) -> Step<Option<()>> {
        let form = [
            ("identifier", email),
            ("password", password),
            ("strategy", "password"),
        ];
        let answer = self.write(world, "POST", "/client/sign_ins", &form).await?;
        if answer.code() == "form_identifier_not_found" {
            return Ok(None);
        }
        self.complete(&answer.acknowledged()?).map(Some)
    }

    fn complete(&mut self, answer: &Value) -> Step<()> {
        if answer["response"]["status"] != "complete" {
            return Err(Stop::Wrong(format!("not complete: {answer}")));
        }
        self.session = Some(text(answer, "/response/created_session_id")?);
        Ok(())
    }

    /// What the page does after signing in or choosing an organization; answers the user.
    pub async fn touch(&mut self, world: &World, organization: &str) -> Step<Value> {
        let session = self.session.clone().unwrap_or_default();
        let path = format!("/client/sessions/{session}/touch");
        let form = [("active_organization_id", organization)];
        let answer = self.write(world, "POST", &path, &form).await?;
        Ok(answer.acknowledged()?["response"]["user"].clone())
    }

    /// A session token for an organization.
    pub async fn token(&mut self, world: &World, organization: &str) -> Step<String> {
        let session = self.session.clone().unwrap_or_default();
        let path = format!("/client/sessions/{session}/tokens");
        let form = [("organization_id", organization)];
        let answer = self.write(world, "POST", &path, &form).await?;
        text(&answer.acknowledged()?, "/jwt")
    }
}

/// The newest code that was mailed to an address.
async fn code(world: &World, email: &str) -> Step<String> {
    let url = format!("{}/api/messages", world.mail);
    let request = world.client.get(url).query(&[("to", email)]);
    let messages = send("the mailbox", request).await?.acknowledged()?;
    let message = text(&messages, "/0/text")?;
    let mut words = message.split(|c: char| !c.is_ascii_digit());
    words
        .find(|word| word.len() == 6)
        .map(str::to_owned)
        .ok_or_else(|| Stop::Wrong(format!("no code in {message}")))
}
