//! An instance of the provider inside an application, and browsers with cookies of their own.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use bailiwick_idp::mail::Delivery;
use bailiwick_idp::{Idp, IdpConfig, Mail, MailError, MailKind, Mailer};
use bailiwick_pg::{Pool, sql};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use crate::conformance::events::Watch;
use crate::conformance::{Answer, Api, How};
use crate::support::postgres::database;
use crate::support::time::Time;

pub const ORIGIN: &str = "http://localhost:3000";
pub const PASSWORD: &str = "correct horse battery";

sql! {
    /// Everything that was said, in order, but for billing: every organization begins on a plan.
    SAID() = "
        select event_type, payload from idp.webhook_messages
        where event_type not like 'subscription%' and event_type not like 'paymentAttempt%'
        order by seq limit 1000";
}

/// Keeps what it is given, or refuses to.
#[derive(Default)]
pub struct Outbox {
    mails: Mutex<Vec<Mail>>,
    pub is_broken: std::sync::atomic::AtomicBool,
}

impl Outbox {
    /// What was sent to an address, in order.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let mails = self.mails.lock().unwrap();
        let to = mails.iter().filter(|mail| mail.to == address);
        to.cloned().collect()
    }

    /// Everything so far, in order.
    pub fn all(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

impl Mailer for Outbox {
    fn deliver(&self, mail: Mail) -> Delivery<'_> {
        Box::pin(async move {
            if self.is_broken.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(MailError("out of order".to_owned()));
            }
            self.mails.lock().unwrap().push(mail);
            Ok(())
        })
    }
}

/// An application with the provider at `/__clerk`.
pub struct World {
    pub time: Time,
    pub idp: Idp,
    pub pool: Pool,
    pub outbox: Arc<Outbox>,
    router: Router,
    _events: Watch,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut IdpConfig)) -> Self {
        let mut config = IdpConfig::new("Bailiwick", ORIGIN, "sk_live_0123456789abcdef".into());
        change(&mut config);
        Self::on(database().await, Time::stopped(), config).await
    }

    pub async fn on(pool: Pool, time: Time, config: IdpConfig) -> Self {
        let outbox = Arc::new(Outbox::default());
        let idp = Idp::new(config, pool.clone(), time.env.clone(), outbox.clone())
            .await
            .unwrap();
        let router = Router::new().nest("/__clerk", idp.frontend_router());
        let _events = Watch::of(&pool).await;
        Self {
            _events,
            time,
            idp,
            pool,
            outbox,
            router,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            jar: BTreeMap::new(),
            address: "192.0.2.1:1000".parse().unwrap(),
        }
    }

    /// The code in the newest mail to this address.
    pub fn code(&self, address: &str) -> String {
        let mails = self.mails(address);
        let mail = mails
            .last()
            .unwrap_or_else(|| panic!("no mail to {address}"));
        let code: String = mail.subject.chars().take(6).collect();
        assert!(code.bytes().all(|b| b.is_ascii_digit()), "{}", mail.subject);
        assert!(mail.text.contains(&code) && mail.html.contains(&code));
        code
    }

    /// The code in the newest text message to this number.
    pub fn sms_code(&self, number: &str) -> String {
        let mails = self.mails(number);
        let mail = mails
            .last()
            .unwrap_or_else(|| panic!("no message to {number}"));
        assert_eq!(mail.kind, MailKind::Sms);
        mail.text.chars().take(6).collect()
    }

    /// The path of the link in the newest mail to this address.
    pub fn link(&self, address: &str) -> String {
        let mails = self.mails(address);
        let text = &mails.last().unwrap().text;
        let (_, rest) = text.split_once("/__clerk").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    pub fn mails(&self, address: &str) -> Vec<Mail> {
        self.outbox.to(address)
    }

    /// The ticket in the newest mail to this address.
    pub fn ticket(&self, address: &str) -> String {
        let mail = self.mails(address).pop().unwrap();
        let (_, rest) = mail.text.split_once("ticket=").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// A code that is not the one in the newest mail.
    pub fn wrong_code(&self, address: &str) -> String {
        let right: u32 = self.code(address).parse().unwrap();
        format!("{:06}", (right + 1) % 1_000_000)
    }

    /// A browser in which a new user with this address has just signed up.
    pub async fn signed_up(&self, address: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_up(self, address).await;
        browser
    }

    /// Type and data of every event so far, in order.
    pub async fn said(&self) -> Vec<(String, Value)> {
        let rows = self.pool.query(&SAID, &[]).await.unwrap();
        let read = |row: &bailiwick_pg::Row| {
            let payload: Value = serde_json::from_str(row.get(1)).unwrap();
            (row.get(0), payload["data"].clone())
        };
        rows.iter().map(read).collect()
    }

    pub async fn said_types(&self) -> Vec<String> {
        self.said()
            .await
            .into_iter()
            .map(|(event, _)| event)
            .collect()
    }

    /// The claims of a token, after its signature was checked against the published keys.
    pub async fn claims(&self, jwt: &str) -> Value {
        let keys = self.browser().get("/.well-known/jwks.json").await.body;
        let part = |index: usize| {
            URL_SAFE_NO_PAD
                .decode(jwt.split('.').nth(index).unwrap())
                .unwrap()
        };
        let header: Value = serde_json::from_slice(&part(0)).unwrap();
        assert_eq!(header["alg"], "RS256");
        assert_eq!(header["cat"], "cl_B7d4PD111AAA");
        let key = keys["keys"].as_array().unwrap();
        let key = key.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        let public = RsaPublicKeyComponents {
            n: number("n"),
            e: number("e"),
        };
        let signed = jwt.rsplit_once('.').unwrap().0;
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &part(2))
            .unwrap();
        serde_json::from_slice(&part(1)).unwrap()
    }
}

/// A browser: cookies, an origin, a network address.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    pub jar: BTreeMap<String, String>,
    pub address: SocketAddr,
}

/// An answer, read.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Reply {
    /// `response` of an answer that succeeded.
    #[track_caller]
    pub fn ok(&self) -> &Value {
        assert_eq!(self.status, 200, "{}", self.body);
        &self.body["response"]
    }

    /// `client` of an answer that succeeded.
    #[track_caller]
    pub fn client(&self) -> &Value {
        self.ok();
        &self.body["client"]
    }

    #[track_caller]
    pub fn refused(&self, status: u16, code: &str) -> &Value {
        let first = &self.body["errors"][0];
        assert_eq!(
            (self.status.as_u16(), first["code"].as_str()),
            (status, Some(code)),
            "{}",
            self.body
        );
        assert!(first["message"].is_string() && first["long_message"].is_string());
        assert!(self.body["clerk_trace_id"].is_string());
        &first["meta"]
    }

    #[track_caller]
    pub fn refused_param(&self, status: u16, code: &str, param: &str) {
        assert_eq!(
            self.refused(status, code)["param_name"],
            param,
            "{}",
            self.body
        );
    }
}

impl Browser {
    pub async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(format!("/__clerk{path}")), Body::empty())
            .await
    }

    pub async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let body = form
            .iter()
            .fold(
                url::form_urlencoded::Serializer::new(String::new()),
                |mut text, (key, value)| {
                    text.append_pair(key, value);
                    text
                },
            )
            .finish();
        let request = Request::post(format!("/__clerk{path}"))
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body)).await
    }

    /// As the components do it: a POST that names the method that is meant.
    pub async fn call(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Reply {
        let mark = if path.contains('?') { '&' } else { '?' };
        self.post(&format!("{path}{mark}_method={method}"), form)
            .await
    }

    pub async fn send(&mut self, request: http::request::Builder, body: Body) -> Reply {
        let jar: Vec<String> = self
            .jar
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        let mut request = request.body(body).unwrap();
        if !jar.is_empty() {
            request
                .headers_mut()
                .insert(header::COOKIE, jar.join("; ").parse().unwrap());
        }
        request
            .headers_mut()
            .entry(header::USER_AGENT)
            .or_insert("Test Firefox/130.0".parse().unwrap());
        request.extensions_mut().insert(ConnectInfo(self.address));
        let is_api = request.uri().path().starts_with("/__clerk/v1");
        let method = request.method().clone();
        let asked = request.uri().path_and_query().unwrap().to_string();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (key, value) = pair.split_once('=').unwrap();
            self.jar.insert(key.to_owned(), value.to_owned());
        }
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if is_api && method != Method::HEAD {
            assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        }
        if let Some(path) = asked.strip_prefix("/__clerk") {
            Answer {
                api: Api::Frontend,
                how: How::Direct,
                method: &method,
                path,
                status,
                headers: &headers,
                body: &bytes,
            }
            .assert_valid();
        }
        Reply {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            text,
        }
    }

    /// The secret that the browser presents.
    pub fn secret(&self) -> Option<&str> {
        let ours = |key: &&String| key.starts_with("__client_") && !key.starts_with("__client_uat");
        let key = self.jar.keys().find(ours)?;
        self.jar.get(key).map(String::as_str)
    }

    /// Begins to sign up, up to the code; the id of the attempt.
    pub async fn begin_sign_up(&mut self, address: &str) -> String {
        let form = [
            ("email_address", address),
            ("password", PASSWORD),
            ("first_name", ""),
            ("locale", "en-US"),
        ];
        let reply = self.post("/v1/client/sign_ups", &form).await;
        let id = reply.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
        self.post(&path, &[("strategy", "email_code")]).await.ok();
        id
    }

    pub async fn attempt_sign_up(&mut self, id: &str, code: &str) -> Reply {
        let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
        self.post(&path, &[("strategy", "email_code"), ("code", code)])
            .await
    }

    pub async fn sign_up(&mut self, world: &World, address: &str) -> Reply {
        let id = self.begin_sign_up(address).await;
        let reply = self.attempt_sign_up(&id, &world.code(address)).await;
        assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
        reply
    }

    pub async fn begin_sign_in(&mut self, address: &str) -> Value {
        let reply = self
            .post("/v1/client/sign_ins", &[("identifier", address)])
            .await;
        reply.ok().clone()
    }

    pub async fn attempt_sign_in(&mut self, id: &str, strategy: &str, answer: &str) -> Reply {
        let path = format!("/v1/client/sign_ins/{id}/attempt_first_factor");
        let field = if strategy == "password" {
            "password"
        } else {
            "code"
        };
        self.post(&path, &[("strategy", strategy), (field, answer)])
            .await
    }

    pub async fn sign_in(&mut self, address: &str) -> Reply {
        let id = self.begin_sign_in(address).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        self.attempt_sign_in(&id, "password", PASSWORD).await
    }

    /// The only session of this browser.
    pub async fn session(&mut self) -> Value {
        let reply = self.get("/v1/client").await;
        let sessions = reply.ok()["sessions"].as_array().unwrap().clone();
        assert_eq!(sessions.len(), 1, "{}", reply.body);
        sessions[0].clone()
    }

    pub async fn session_id(&mut self) -> String {
        self.session().await["id"].as_str().unwrap().to_owned()
    }

    /// A path of the signed-in user, as the components write it.
    pub async fn own(&mut self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}_clerk_session_id={}", self.session_id().await)
    }

    /// Creates an organization and makes it the active one; its id.
    pub async fn create_organization(&mut self, name: &str) -> String {
        let path = self.own("/v1/organizations").await;
        let reply = self.post(&path, &[("name", name)]).await;
        let id = reply.ok()["id"].as_str().unwrap().to_owned();
        self.touch(&id).await.ok();
        id
    }

    /// A POST of the signed-in user.
    pub async fn post_own(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let path = self.own(path).await;
        self.post(&path, form).await
    }

    /// A write of the signed-in user with another method.
    pub async fn call_own(&mut self, method: &str, path: &str, form: &[(&str, &str)]) -> Reply {
        let path = self.own(path).await;
        self.call(method, &path, form).await
    }

    /// A GET of the signed-in user.
    pub async fn get_own(&mut self, path: &str) -> Reply {
        let path = self.own(path).await;
        self.get(&path).await
    }

    pub async fn touch(&mut self, organization_id: &str) -> Reply {
        let path = format!("/v1/client/sessions/{}/touch", self.session_id().await);
        let form = [
            ("active_organization_id", organization_id),
            ("intent", "select_org"),
        ];
        self.post(&path, &form).await
    }
}
