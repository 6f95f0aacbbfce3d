//! An instance in which everything has happened once: what attackers would like to lay hands on.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use axum::body::Body;
use bailiwick_pg::sql;
use http::{Method, Request, header};
use serde_json::{Value, json};

use crate::frontend::social::world::{Social, depart, parameter, person};
use crate::frontend::world::{Browser, ORIGIN, PASSWORD, Reply, World};

pub const ADA: &str = "ada@northwind.example";
pub const BOB: &str = "bob@northwind.example";
pub const EVE: &str = "eve@evil.example";
const CAROL: &str = "carol@northwind.example";
/// Of Ada's, not proven yet.
pub const SECOND: &str = "second@northwind.example";
pub const NUMBER: &str = "+12015550123";
pub const FORM: &str = "application/x-www-form-urlencoded";
/// Where an OAuth application of others waits.
pub const CALLBACK: &str = "https://app.example/callback";

/// Reads all tables, whatever they are, as text.
const EVERYTHING: &str = "
    create function public.everything() returns text language plpgsql as $$
    declare
        name text;
        rows text;
        found text := '';
    begin
        for name in
            select table_name from information_schema.tables
             where table_schema = 'idp' and table_type = 'BASE TABLE' order by 1
        loop
            execute format(
                'select string_agg(t::text, E''\\n'' order by t::text) from idp.%I t', name)
                into rows;
            found := found || E'\\n== ' || name || E'\\n' || coalesce(rows, '');
        end loop;
        return found;
    end
    $$";

sql! {
    /// The text of all tables.
    READ_EVERYTHING() = "select public.everything()";
}

/// An application of others that Ada has let in.
pub struct Application {
    pub client: String,
    pub secret: String,
    /// What it got from Ada, and exchanges for tokens.
    pub code: String,
}

pub struct Stage {
    pub social: Social,
    /// Signed in, in the middle of another sign-in and with everything that one can have.
    pub ada: Browser,
    /// What stands in paths in the place of parameters, by the part before them.
    ids: BTreeMap<&'static str, String>,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut bailiwick_idp::IdpConfig)) -> Self {
        let social = Social::with(|config| {
            let many = NonZeroU32::new(1_000_000).unwrap();
            config.rate_limits.attempts_per_minute = many;
            config.rate_limits.mails_per_ten_minutes = many;
            // Or half of the routes would refuse for another reason.
            config.settings.factors.reverification = false;
            change(config);
        })
        .await;
        social.pool.batch(EVERYTHING).await.unwrap();
        let mut ids = BTreeMap::new();
        let ada = furnish(&social, &mut ids).await;
        Self { social, ada, ids }
    }

    pub fn world(&self) -> &World {
        &self.social.world
    }

    /// The id that stands after this part of a path.
    pub fn id(&self, before: &str) -> &str {
        let known = self.ids.get(before);
        known.unwrap_or_else(|| panic!("nothing is known to stand after {before}"))
    }

    /// A path with Ada's things in the place of its parameters.
    pub fn path(&self, route: &str) -> String {
        let mut before = "";
        let mut path = String::new();
        for part in route.split('/').skip(1) {
            path.push('/');
            path.push_str(if part.starts_with('{') {
                self.ids.get(before).map_or("missing", String::as_str)
            } else {
                part
            });
            before = part;
        }
        path
    }

    /// The same, in Ada's session.
    pub fn own(&self, route: &str) -> String {
        format!(
            "{}?_clerk_session_id={}",
            self.path(route),
            self.id("sessions")
        )
    }

    /// A new application that may ask for `scopes`, and that Ada lets in where it asks so.
    pub async fn application(&mut self, scopes: &str, asks: &[(&str, &str)]) -> Application {
        let body = json!({ "name": "Reports", "redirect_uris": [CALLBACK], "scopes": scopes });
        let world = self.world();
        let (_, made) = world
            .server(Method::POST, "/oauth_applications", body)
            .await;
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        let (client, secret) = (text("client_id"), text("client_secret"));
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &client)
            .append_pair("_clerk_session_id", self.id("sessions"))
            .extend_pairs(asks)
            .finish();
        let path = format!("/v1/me/oauth/consent/{client}?{query}");
        let reply = self.ada.post(&path, &[("consented", "true")]).await;
        let location = reply.headers[header::LOCATION].to_str().unwrap();
        let code = parameter(&location.parse().unwrap(), "code");
        Application {
            client,
            secret,
            code,
        }
    }

    /// All that is stored.
    pub async fn everything(&self) -> String {
        let row = self.social.pool.query_one(&READ_EVERYTHING, &[]).await;
        row.unwrap().get(0)
    }
}

/// A request with or without an origin, and a form.
pub async fn send(
    browser: &mut Browser,
    method: &str,
    path: &str,
    origin: Option<&str>,
    form: &str,
) -> Reply {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/__clerk{path}"))
        .header(header::CONTENT_TYPE, FORM);
    if let Some(origin) = origin {
        request = request.header(header::ORIGIN, origin);
    }
    browser.send(request, Body::from(form.to_owned())).await
}

/// The same from a page of ours, where the method need not be one that a form has.
pub async fn submit(browser: &mut Browser, method: &str, path: &str, form: &str) -> Reply {
    send(browser, method, path, Some(ORIGIN), form).await
}

fn id(value: &Value) -> String {
    value["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

async fn furnish(social: &Social, ids: &mut BTreeMap<&'static str, String>) -> Browser {
    let world = &social.world;
    let mut ada = social
        .newcomer("oauth_google", &person("Ada Lovelace", ADA))
        .await;
    let user = ada.session().await["user"].clone();
    ids.insert("users", id(&user));
    ids.insert("sessions", ada.session_id().await);
    ids.insert("external_accounts", id(&user["external_accounts"][0]));
    let password = [("new_password", PASSWORD)];
    ada.post_own("/v1/me/change_password", &password).await.ok();

    let email = [("email_address", SECOND)];
    let reply = ada.post_own("/v1/me/email_addresses", &email).await;
    ids.insert("email_addresses", id(reply.ok()));
    let phone = [("phone_number", NUMBER)];
    let reply = ada.post_own("/v1/me/phone_numbers", &phone).await;
    ids.insert("phone_numbers", id(reply.ok()));

    let organization = ada.create_organization("Northwind").await;
    let own = format!("/v1/organizations/{organization}");
    let domain = [("name", "northwind.example")];
    let reply = ada.post_own(&format!("{own}/domains"), &domain).await;
    ids.insert("domains", id(reply.ok()));
    let invited = [("email_address", CAROL), ("role", "org:member")];
    let reply = ada.post_own(&format!("{own}/invitations"), &invited).await;
    ids.insert("invitations", id(reply.ok()));

    let mut bob = world.signed_up(BOB).await;
    let bob_id = id(&bob.session().await["user"]);
    let member = json!({ "user_id": bob_id, "role": "org:member" });
    let path = format!("/organizations/{organization}/memberships");
    let (status, body) = world.server(Method::POST, &path, member).await;
    assert_eq!(status, 200, "{body}");
    ids.insert("memberships", bob_id);
    // Somebody invites Ada too.
    let other = bob.create_organization("Contoso").await;
    let invited = [("email_address", ADA), ("role", "org:member")];
    let path = format!("/v1/organizations/{other}/invitations");
    let reply = bob.post_own(&path, &invited).await;
    ids.insert("organization_invitations", id(reply.ok()));
    ids.insert("organization_memberships", organization.clone());
    ids.insert("organizations", organization);

    let application = json!({ "name": "Reports", "redirect_uris": [CALLBACK], "public": false });
    let (status, body) = world
        .server(Method::POST, "/oauth_applications", application)
        .await;
    assert_eq!(status, 200, "{body}");
    ids.insert("consent", body["client_id"].as_str().unwrap().to_owned());
    let template = json!({ "name": "warehouse", "claims": { "aud": "warehouse" } });
    let (status, body) = world.server(Method::POST, "/jwt_templates", template).await;
    assert_eq!(status, 200, "{body}");
    ids.insert("tokens", "warehouse".to_owned());

    // Both at once is more than a browser has; the attempts themselves stay.
    let (sign_up, _) = depart(&mut ada, "sign_ups", "oauth_github").await;
    ids.insert("sign_ups", sign_up);
    ids.insert("sign_ins", id(&ada.begin_sign_in(BOB).await));
    ada
}
