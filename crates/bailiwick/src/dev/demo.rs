//! Demo data, made the way that anybody would make it: people and an organization through the
//! provider's Backend API, the operator and the organization's limit as `bailiwick admin` would, the
//! rest through our own HTTP interface. Each step looks before it acts.

use std::time::Duration;

use anyhow::Context as _;
use bailiwick_idp::local_provider::Face;
use bailiwick_kernel::PlatformRole;
use bailiwick_services::App;
use bailiwick_store::platform;
use reqwest::{Client, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};

use crate::settings::Settings;

/// The password of all demo logins. They exist on a development machine alone.
pub const PASSWORD: &str = "bailiwick-demo";

/// A demo login.
pub struct Login {
    /// What it is for.
    pub title: &'static str,
    /// Its address.
    pub email: &'static str,
    first_name: &'static str,
    last_name: &'static str,
}

/// Makes the organization.
const OWNER: Login = Login {
    title: "Owner",
    email: "owner@demo.example",
    first_name: "Demo",
    last_name: "Owner",
};

/// Is in the organization.
const MEMBER: Login = Login {
    title: "Member",
    email: "member@demo.example",
    first_name: "Demo",
    last_name: "Member",
};

/// Operates the installation, and is in no organization.
const OPERATOR: Login = Login {
    title: "Operator",
    email: "operator@demo.example",
    first_name: "Demo",
    last_name: "Operator",
};

/// The demo logins.
pub const LOGINS: &[Login] = &[OWNER, MEMBER, OPERATOR];

/// Whom one can be at other providers: the demo logins where there are any, somebody new, and
/// somebody whose address nobody has verified.
pub fn faces(with_logins: bool) -> Vec<Face> {
    let face = |first: &str, last: &str, email: &str, is_verified| Face {
        name: format!("{first} {last}"),
        email: email.to_owned(),
        is_verified,
    };
    let logins = LOGINS.iter().filter(|_| with_logins);
    let logins = logins.map(|own| face(own.first_name, own.last_name, own.email, true));
    logins
        .chain([
            face("Demo", "Newcomer", "newcomer@demo.example", true),
            face("Demo", "Stranger", "stranger@demo.example", false),
        ])
        .collect()
}

const ORGANIZATION: &str = "Harbour Works";
const SLUG: &str = "harbour-works";

/// How many people the demo organization may have: two are in it, all that its plan allows, and
/// whoever looks around wants to invite somebody.
const MEMBERS_MAX: i32 = 25;

const PROJECTS: &[(&str, &str)] = &[
    (
        "North quay renewal",
        "Surveys, permits and drawings for the northern quay.",
    ),
    (
        "Crane inspection",
        "Yearly inspection of the four gantry cranes.",
    ),
    (
        "Container intake",
        "Papers of everything that arrives by sea.",
    ),
];

/// Makes what is missing of the demo data; projects where the policy has them.
///
/// # Errors
/// A request that was refused, or a server that does not answer; the database's.
pub async fn ensure(settings: &Settings, app: &App) -> anyhow::Result<()> {
    let demo = Demo::new(settings)?;
    let owner = demo.user(&OWNER).await?;
    let org = demo.organization(&owner).await?;
    let member = demo.user(&MEMBER).await?;
    demo.membership(&org, &member, "org:member").await?;
    demo.operator(app).await?;
    let token = demo.token(&owner, Some(&org)).await?;
    demo.wait_until_provisioned(&token).await?;
    platform::limit_members(app.store(), app.env(), SLUG, Some(MEMBERS_MAX)).await?;
    let has_projects = app.pack().mounts("projects");
    for (name, description) in PROJECTS.iter().filter(|_| has_projects) {
        demo.project(&token, name, description).await?;
    }
    Ok(())
}

struct Demo<'a> {
    client: Client,
    provider: String,
    secret: &'a str,
    api: String,
}

impl<'a> Demo<'a> {
    fn new(settings: &'a Settings) -> anyhow::Result<Self> {
        Ok(Self {
            client: Client::builder().timeout(Duration::from_secs(20)).build()?,
            provider: format!("{}/v1", settings.clerk.api_url),
            secret: settings.clerk.secret_key.expose_secret(),
            api: format!(
                "{}/api/v1",
                settings.app_url.replace("localhost", "127.0.0.1")
            ),
        })
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.provider);
        let request = self.client.get(url).query(query).bearer_auth(self.secret);
        answer(request, path).await
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let url = format!("{}{path}", self.provider);
        answer(
            self.client.post(url).bearer_auth(self.secret).json(&body),
            path,
        )
        .await
    }

    async fn user(&self, login: &Login) -> anyhow::Result<String> {
        let found = self
            .get("/users", &[("email_address", login.email)])
            .await?;
        if let Some(id) = found[0]["id"].as_str() {
            return Ok(id.to_owned());
        }
        let body = json!({
            "email_address": [login.email], "password": PASSWORD, "skip_password_checks": true,
            "first_name": login.first_name, "last_name": login.last_name,
        });
        id(&self.post("/users", body).await?)
    }

    async fn organization(&self, owner: &str) -> anyhow::Result<String> {
        let theirs = self
            .get(&format!("/users/{owner}/organization_memberships"), &[])
            .await?;
        let memberships = theirs["data"].as_array().into_iter().flatten();
        let found = memberships
            .map(|m| &m["organization"])
            .find(|org| org["slug"] == SLUG);
        if let Some(org) = found {
            return id(org);
        }
        let body = json!({"name": ORGANIZATION, "slug": SLUG, "created_by": owner});
        id(&self.post("/organizations", body).await?)
    }

    async fn membership(&self, org: &str, user: &str, role: &str) -> anyhow::Result<()> {
        let path = format!("/organizations/{org}/memberships");
        let found = self.get(&path, &[("user_id", user)]).await?;
        if found["total_count"] == 0 {
            self.post(&path, json!({"user_id": user, "role": role}))
                .await?;
        }
        Ok(())
    }

    /// Their first request makes them known here, whether the webhook has come or not.
    async fn operator(&self, app: &App) -> anyhow::Result<()> {
        let user = self.user(&OPERATOR).await?;
        let token = self.token(&user, None).await?;
        let request = self.client.get(format!("{}/me", self.api));
        let me = answer(request.bearer_auth(token), "/me").await?;
        let role = PlatformRole::SuperAdmin.as_str();
        if me["platformRole"] != role {
            let granted = platform::grant(app.store(), app.env(), OPERATOR.email, role).await?;
            anyhow::ensure!(granted == 1, "{granted} users are {}", OPERATOR.email);
        }
        Ok(())
    }

    async fn token(&self, user: &str, org: Option<&str>) -> anyhow::Result<String> {
        let body = json!({"user_id": user, "active_organization_id": org});
        let session = id(&self.post("/sessions", body).await?)?;
        let token = self
            .post(&format!("/sessions/{session}/tokens"), json!({}))
            .await?;
        Ok(token["jwt"]
            .as_str()
            .context("no token in the answer")?
            .to_owned())
    }

    /// A tenant is made by a webhook, which takes a moment.
    async fn wait_until_provisioned(&self, token: &str) -> anyhow::Result<()> {
        for _ in 0..200 {
            let request = self.client.get(format!("{}/me/permissions", self.api));
            let response = request.bearer_auth(token).send().await?;
            match response.status() {
                StatusCode::OK => return Ok(()),
                StatusCode::SERVICE_UNAVAILABLE => {}
                status => {
                    anyhow::bail!(
                        "/me/permissions answered {status}: {}",
                        response.text().await?
                    )
                }
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        anyhow::bail!("the demo organization was not provisioned in time")
    }

    async fn project(&self, token: &str, name: &str, description: &str) -> anyhow::Result<()> {
        let list = self
            .client
            .get(format!("{}/projects?limit=100", self.api))
            .bearer_auth(token);
        let found = answer(list, "/projects").await?;
        let mut projects = found["data"].as_array().into_iter().flatten();
        if projects.any(|project| project["name"] == name) {
            return Ok(());
        }
        let body = json!({"name": name, "description": description});
        let request = self
            .client
            .post(format!("{}/projects", self.api))
            .bearer_auth(token);
        answer(request.json(&body), "/projects").await.map(drop)
    }
}

fn id(value: &Value) -> anyhow::Result<String> {
    Ok(value["id"]
        .as_str()
        .context("no id in the answer")?
        .to_owned())
}

async fn answer(request: reqwest::RequestBuilder, what: &str) -> anyhow::Result<Value> {
    let response = request.send().await?;
    let status = response.status();
    let text = response.text().await?;
    anyhow::ensure!(status.is_success(), "{what} answered {status}: {text}");
    Ok(serde_json::from_str(&text)?)
}
