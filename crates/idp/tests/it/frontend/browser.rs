//! Browsers with cookies of their own, and what they are answered.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::world::{ORIGIN, PASSWORD, World};
use crate::conformance::{Answer, Api, How};

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
    pub(super) fn new(router: Router) -> Self {
        Self {
            router,
            jar: BTreeMap::new(),
            address: "192.0.2.1:1000".parse().unwrap(),
        }
    }

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
