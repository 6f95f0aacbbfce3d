//! Somebody who sends requests.

use std::sync::Arc;

use bailiwick_kernel::Env;
use bailiwick_kernel::id::UserId;
use reqwest::Method;
use serde::Serialize;
use serde_json::{Value, json};

use crate::{Answer, ISSUER, Issuer, World};

/// Where requests go, and with which client.
#[derive(Clone)]
pub(crate) struct Target {
    pub http: reqwest::Client,
    pub base: Arc<str>,
    pub env: Env,
}

/// Somebody who sends requests; the token is signed anew for each, so that it never runs out.
#[derive(Clone)]
pub struct Persona {
    target: Target,
    identity: Option<Identity>,
    fixed_token: Option<String>,
    headers: Vec<(String, String)>,
}

#[derive(Clone)]
struct Identity {
    user: UserId,
    clerk_user_id: String,
    email: String,
    name: String,
    organization: Option<(String, String)>,
    /// The session, and who really acts in it; one of their own where there is none.
    session: Option<(String, Value)>,
}

impl Persona {
    pub(crate) fn anonymous(target: Target) -> Self {
        Self {
            target,
            identity: None,
            fixed_token: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn signed_in(target: Target, user: UserId, data: &Value) -> Self {
        let text = |pointer: &str| {
            data.pointer(pointer)
                .and_then(Value::as_str)
                .unwrap_or_default()
        };
        let identity = Identity {
            user,
            clerk_user_id: text("/id").to_owned(),
            email: text("/email_addresses/0/email_address").to_owned(),
            name: format!("{} {}", text("/first_name"), text("/last_name")),
            organization: None,
            session: None,
        };
        Self {
            identity: Some(identity),
            ..Self::anonymous(target)
        }
    }

    fn identity(&self) -> &Identity {
        self.identity
            .as_ref()
            .unwrap_or_else(|| panic!("nobody has signed in"))
    }

    /// Our id of the user.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.identity().user
    }

    /// The provider's id of the user.
    #[must_use]
    pub fn clerk_user_id(&self) -> &str {
        &self.identity().clerk_user_id
    }

    /// The e-mail.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.identity().email
    }

    /// First and last name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.identity().name
    }

    /// The same person with this organization active.
    #[must_use]
    pub fn within(&self, world: &World) -> Self {
        self.within_organization(&world.clerk_org_id, &world.slug)
    }

    /// The same person with an organization active that may be known to nobody.
    #[must_use]
    pub fn within_organization(&self, clerk_org_id: &str, slug: &str) -> Self {
        let mut persona = self.clone();
        if let Some(identity) = &mut persona.identity {
            identity.organization = Some((clerk_org_id.to_owned(), slug.to_owned()));
        }
        persona
    }

    /// The same person with no organization active.
    #[must_use]
    pub fn without_organization(&self) -> Self {
        let mut persona = self.clone();
        if let Some(identity) = &mut persona.identity {
            identity.organization = None;
        }
        persona
    }

    /// Somebody else in the name of this person: in a session of the provider's that names its actor.
    #[must_use]
    pub fn impersonated_in(&self, session: &Value) -> Self {
        let mut persona = self.clone();
        if let Some(identity) = &mut persona.identity {
            let id = session["id"].as_str().unwrap_or_default();
            identity.session = Some((id.to_owned(), session["actor"].clone()));
        }
        persona
    }

    /// The same person sending one more header with everything.
    #[must_use]
    pub fn with_header(&self, name: &str, value: impl ToString) -> Self {
        let mut persona = self.clone();
        persona.headers.push((name.to_owned(), value.to_string()));
        persona
    }

    /// The same person naming an organization by `X-Organization-ID`.
    #[must_use]
    pub fn naming(&self, world: &World) -> Self {
        self.with_header("x-organization-id", world.id)
    }

    /// The same person with a token that is not signed anew.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        let mut persona = self.clone();
        persona.fixed_token = Some(token.into());
        persona
    }

    /// The same person asking the server at `base`.
    pub(crate) fn through(&self, base: &Arc<str>) -> Self {
        let mut persona = self.clone();
        persona.target.base = Arc::clone(base);
        persona
    }

    /// The claims of a good token, issued now.
    #[must_use]
    pub fn claims(&self) -> Value {
        let identity = self.identity();
        let now = self.target.env.now().as_second();
        let mut claims = json!({
            "iss": ISSUER, "sub": identity.clerk_user_id, "sid": format!("sess_of_{}", identity.clerk_user_id),
            "iat": now, "nbf": now - 5, "exp": now + 60, "sts": "active", "v": 2,
        });
        if let Some((id, slug)) = &identity.organization {
            // The role in a token is a hint that nothing may believe: it always claims the most.
            claims["o"] = json!({"id": id, "slg": slug, "rol": "admin"});
        }
        if let Some((id, actor)) = &identity.session {
            claims["sid"] = json!(id);
            claims["act"] = actor.clone();
        }
        claims
    }

    /// A good token, issued now.
    #[must_use]
    pub fn token(&self) -> String {
        Issuer::trusted().sign(&self.claims())
    }

    /// A request to `path`, which is taken to be below `/api/v1` unless it starts with `/api/`.
    #[must_use]
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> Request {
        let path = path.as_ref();
        if path.starts_with("/api/") {
            self.request_at(method, path)
        } else {
            self.request_at(method, &format!("/api/v1{path}"))
        }
    }

    /// A request to exactly `path`.
    #[must_use]
    pub fn request_at(&self, method: Method, path: &str) -> Request {
        let url = format!("{}{path}", self.target.base);
        let mut builder = self.target.http.request(method.clone(), url);
        let token = self.fixed_token.clone();
        let token = token.or_else(|| self.identity.is_some().then(|| self.token()));
        if let Some(token) = token {
            builder = builder.bearer_auth(token);
        }
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let described = format!("{method} {path}");
        Request { described, builder }
    }

    /// `GET`.
    pub async fn get(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// `POST` with a JSON body.
    pub async fn post(&self, path: impl AsRef<str>, body: impl Serialize) -> Answer {
        self.request(Method::POST, path).json(&body).send().await
    }

    /// `POST` without a body.
    pub async fn post_empty(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::POST, path).send().await
    }

    /// `PUT` with a JSON body.
    pub async fn put(&self, path: impl AsRef<str>, body: impl Serialize) -> Answer {
        self.request(Method::PUT, path).json(&body).send().await
    }

    /// `PATCH` with a JSON body.
    pub async fn patch(&self, path: impl AsRef<str>, body: impl Serialize) -> Answer {
        self.request(Method::PATCH, path).json(&body).send().await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: impl AsRef<str>) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// Makes a project; its id.
    pub async fn create_project(&self, name: &str) -> String {
        let made = self.post("/projects", json!({"name": name})).await;
        made.assert_status(201).id()
    }
}

/// A request that is being put together.
pub struct Request {
    described: String,
    builder: reqwest::RequestBuilder,
}

impl Request {
    /// A header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<str>) -> Self {
        self.builder = self.builder.header(name, value.as_ref());
        self
    }

    /// A JSON body with its content type.
    #[must_use]
    pub fn json(mut self, body: &impl Serialize) -> Self {
        self.builder = self.builder.json(body);
        self
    }

    /// A body of bytes, without a content type.
    #[must_use]
    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.builder = self.builder.body(body);
        self
    }

    /// Sends it and reads the answer to its end.
    pub async fn send(self) -> Answer {
        let (described, response) = self.open().await;
        Answer::read(described, response).await
    }

    /// Sends it; the answer's body is still to come.
    pub(crate) async fn open(self) -> (String, reqwest::Response) {
        let Self { described, builder } = self;
        let response = builder.send().await;
        let response = response.unwrap_or_else(|error| panic!("{described}: {error}"));
        (described, response)
    }
}
