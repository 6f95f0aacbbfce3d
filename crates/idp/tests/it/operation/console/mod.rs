//! The console from outside: who gets in, what pages show, and what forms do.

mod access;
mod forms;
mod pages;

use axum::Router;
use axum::body::{Body, to_bytes};
use bailiwick_idp::ConsoleConfig;
use bailiwick_idp::console::access::start_link;
use http::{HeaderMap, Request, StatusCode, header};
use tower::ServiceExt;

use crate::frontend::world::{Browser, World};

const HOST: &str = "localhost:4400";
const ORIGIN: &str = "http://localhost:4400";
const KEY: &str = "sk_live_0123456789abcdef";

/// Every page that needs no id.
const PAGES: [&str; 10] = [
    "/console",
    "/console/users",
    "/console/organizations",
    "/console/sessions",
    "/console/waitlist",
    "/console/billing",
    "/console/webhooks",
    "/console/messages",
    "/console/keys",
    "/console/settings",
];

/// A browser that looks at the console.
pub struct Viewer {
    router: Router,
    cookie: Option<String>,
}

pub struct Page {
    pub status: StatusCode,
    headers: HeaderMap,
    pub text: String,
}

impl Page {
    pub fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }
}

impl Viewer {
    fn new(world: &World) -> Self {
        let router = world.idp.console_router(ConsoleConfig::default());
        Self {
            router,
            cookie: None,
        }
    }

    pub async fn inside(world: &World) -> Self {
        let mut viewer = Self::new(world);
        let link = start_link(&world.idp).await.unwrap();
        let page = viewer.get(&link).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/console")
        );
        viewer
    }

    async fn send(&mut self, mut request: Request<Body>) -> Page {
        if let Some(cookie) = &self.cookie {
            request
                .headers_mut()
                .insert(header::COOKIE, cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        if let Some(set) = parts.headers.get(header::SET_COOKIE) {
            let set = set.to_str().unwrap();
            assert!(
                set.contains("HttpOnly")
                    && set.contains("SameSite=Lax")
                    && set.contains("Path=/console")
            );
            self.cookie = Some(set.split(';').next().unwrap().to_owned());
        }
        let text = to_bytes(body, 1 << 20).await.unwrap();
        Page {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(text.to_vec()).unwrap(),
        }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        let request = Request::get(path).header("host", HOST).body(Body::empty());
        self.send(request.unwrap()).await
    }

    pub async fn post(&mut self, path: &str, form: &str) -> Page {
        self.post_from(path, form, Some(ORIGIN)).await
    }

    pub async fn post_from(&mut self, path: &str, form: &str, origin: Option<&str>) -> Page {
        let mut request = Request::post(path)
            .header("host", HOST)
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        self.send(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }
}

pub async fn user_of(browser: &mut Browser) -> String {
    let me = browser.get_own("/v1/me").await;
    me.body["response"]["id"].as_str().unwrap().to_owned()
}
