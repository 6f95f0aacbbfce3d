//! The console from outside: who gets in, what pages show, and what forms do.

use axum::Router;
use axum::body::{Body, to_bytes};
use bailiwick_idp::ConsoleConfig;
use bailiwick_idp::console::access::{link_for_one_use, start_link};
use http::{HeaderMap, Request, StatusCode, header};
use jiff::SignedDuration;
use tower::ServiceExt;

use crate::frontend::world::{Browser, World};

const HOST: &str = "localhost:4400";
const ORIGIN: &str = "http://localhost:4400";
const KEY: &str = "sk_live_0123456789abcdef";

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

#[tokio::test]
async fn nobody_gets_in_without_a_link_or_the_key() {
    let world = World::new().await;
    let mut viewer = Viewer::new(&world);
    for path in PAGES {
        let page = viewer.get(path).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, "/console/login"),
            "{path}"
        );
    }
    for path in [
        "/console/keys/secret",
        "/console/keys/rotate",
        "/console/webhooks",
    ] {
        let page = viewer.post(path, "").await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(!page.text.contains(KEY));
    }
    for link in [
        "/console/enter",
        "/console/enter?token=",
        "/console/enter?token=guess",
    ] {
        assert_eq!(
            viewer.get(link).await.status,
            StatusCode::UNAUTHORIZED,
            "{link}"
        );
    }
    viewer.cookie = Some("bailiwick_console=guess".to_owned());
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        viewer
            .post("/console/login", "secret_key=sk_live_wrong")
            .await
            .status,
        401
    );
    let page = viewer
        .post("/console/login", &format!("secret_key={KEY}"))
        .await;
    assert_eq!(
        (page.status, page.location()),
        (StatusCode::SEE_OTHER, "/console")
    );
    assert_eq!(viewer.get("/console").await.status, StatusCode::OK);
}

#[tokio::test]
async fn guessing_the_key_is_bounded() {
    let world = World::new().await;
    let mut viewer = Viewer::new(&world);
    let mut statuses = Vec::new();
    for _ in 0..150 {
        statuses.push(
            viewer
                .post("/console/login", "secret_key=guess")
                .await
                .status
                .as_u16(),
        );
    }
    assert!(statuses.contains(&429), "{statuses:?}");
}

#[tokio::test]
async fn links_run_out() {
    let world = World::new().await;
    let old = start_link(&world.idp).await.unwrap();
    let once = link_for_one_use(&world.idp).await.unwrap();
    let new = start_link(&world.idp).await.unwrap();
    let status = async |link: &str| Viewer::new(&world).get(link).await.status;
    // A new start ends the old one's link; its own can be used again.
    assert_eq!(status(&old).await, 401);
    assert_eq!(
        (status(&new).await, status(&new).await),
        (StatusCode::SEE_OTHER, StatusCode::SEE_OTHER)
    );
    assert_eq!(
        (status(&once).await.as_u16(), status(&once).await.as_u16()),
        (303, 401)
    );
    let late = link_for_one_use(&world.idp).await.unwrap();
    world.time.advance(SignedDuration::from_mins(10));
    assert_eq!(status(&late).await, 401);
    world.time.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(status(&new).await, 401);
}

#[tokio::test]
async fn a_session_ends_by_time_and_by_hand() {
    let world = World::new().await;
    let mut viewer = Viewer::inside(&world).await;
    let stolen = viewer.cookie.clone();
    assert_eq!(
        viewer.post("/console/logout", "").await.location(),
        "/console/login"
    );
    viewer.cookie = stolen;
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
    let mut viewer = Viewer::inside(&world).await;
    world.time.advance(SignedDuration::from_hours(7 * 24));
    assert_eq!(viewer.get("/console").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn foreign_names_and_foreign_forms_are_refused() {
    let world = World::new().await;
    let mut viewer = Viewer::inside(&world).await;
    for host in [
        "evil.example:4400",
        "localhost.evil.example",
        "10.0.0.1:4400",
    ] {
        let request = Request::get("/console/keys")
            .header("host", host)
            .body(Body::empty());
        let page = viewer.send(request.unwrap()).await;
        assert_eq!(page.status, StatusCode::MISDIRECTED_REQUEST, "{host}");
        assert!(!page.text.contains(world.idp.keys().instance_id()));
    }
    for origin in [
        None,
        Some("null"),
        Some("http://localhost:3000"),
        Some("http://evil.example"),
    ] {
        let page = viewer.post_from("/console/keys/rotate", "", origin).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin:?}");
        let page = viewer
            .post_from("/console/login", &format!("secret_key={KEY}"), origin)
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{origin:?}");
    }
    assert_eq!(world.idp.keys().list().len(), 1);
}

#[tokio::test]
async fn pages_are_locked_up_and_show_no_secrets() {
    let world = World::new().await;
    world.signed_up("ada@example.com").await;
    let mut viewer = Viewer::inside(&world).await;
    let made = viewer
        .post(
            "/console/webhooks",
            "url=http%3A%2F%2F127.0.0.1%3A9%2Fx&description=&events=user.created",
        )
        .await;
    let endpoint = made.location().split('?').next().unwrap().to_owned();
    let mut pages: Vec<&str> = PAGES.to_vec();
    pages.push(&endpoint);
    for path in pages {
        let page = viewer.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        let policy = page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'")
        );
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(page.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        for forbidden in [
            KEY,
            "whsec_M",
            "PRIVATE KEY",
            "$argon2",
            "<script",
            "style=",
        ] {
            assert!(!page.text.contains(forbidden), "{path}: {forbidden}");
        }
    }
    // On demand, by a form, and nowhere else.
    assert!(
        viewer
            .post("/console/keys/secret", "")
            .await
            .text
            .contains(KEY)
    );
    let secret = viewer.post(&format!("{endpoint}/secret"), "").await.text;
    let shown = secret
        .split("whsec_")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap();
    assert!(shown.len() == 32, "{shown}");
    assert!(!viewer.get(&endpoint).await.text.contains(shown));
}

#[tokio::test]
async fn what_people_write_stays_text() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    browser
        .call_own(
            "PATCH",
            "/v1/me",
            &[("first_name", "<script>alert(1)</script>")],
        )
        .await;
    let mut viewer = Viewer::inside(&world).await;
    let user = user_of(&mut browser).await;
    for path in [
        "/console/users".to_owned(),
        format!("/console/users/{user}"),
        "/console/users?q=%3Cscript%3E".to_owned(),
        "/console?done=%3Cscript%3E".to_owned(),
    ] {
        let page = viewer.get(&path).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.text.contains("<script"), "{path}");
    }
    assert!(
        viewer
            .get("/console/users")
            .await
            .text
            .contains("&lt;script&gt;")
    );
    for path in [
        "/console/users/user_none",
        "/console/organizations/x",
        "/console/webhooks/x",
        "/console/messages/x",
        "/console/nowhere",
    ] {
        assert_eq!(
            viewer.get(path).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn users_are_moderated_and_told_of() {
    let world = World::new().await;
    let mut browser = world.signed_up("ada@example.com").await;
    let user = user_of(&mut browser).await;
    let mut viewer = Viewer::inside(&world).await;
    let path = format!("/console/users/{user}");
    let before = world.said_types().await.len();
    for verb in ["lock", "unlock", "ban", "unban"] {
        let page = viewer.post(&format!("{path}/{verb}"), "").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{verb}");
        assert!(
            viewer
                .get(page.location())
                .await
                .text
                .contains("role=\"status\"")
        );
    }
    let said = world.said_types().await;
    let updated = said[before..]
        .iter()
        .filter(|event| *event == "user.updated")
        .count();
    assert_eq!(updated, 4);
    assert!(
        said[before..].contains(&"session.revoked".to_owned()),
        "a ban ends sessions"
    );
    assert_eq!(
        viewer.post(&format!("{path}/delete"), "").await.location(),
        "/console/users?done=deleted"
    );
    assert_eq!(viewer.get(&path).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sessions_and_keys_and_endpoints_are_managed() {
    let world = World::new().await;
    world.signed_up("ada@example.com").await;
    let mut viewer = Viewer::inside(&world).await;
    let sessions = viewer.get("/console/sessions").await.text;
    let id = sessions
        .split("/console/sessions/")
        .find(|part| part.starts_with("sess_"))
        .unwrap();
    let id = id.split('/').next().unwrap();
    viewer
        .post(&format!("/console/sessions/{id}/revoke"), "")
        .await;
    assert!(
        world
            .said_types()
            .await
            .contains(&"session.revoked".to_owned())
    );

    viewer.post("/console/keys/rotate", "").await;
    assert_eq!(world.idp.keys().list().len(), 2);
    viewer
        .post("/console/keys/rotate", "compromised=true")
        .await;
    assert_eq!(world.idp.keys().list().len(), 1);

    for bad in [
        "url=http%3A%2F%2F169.254.169.254%2F",
        "url=x",
        "url=http%3A%2F%2F127.0.0.1%2F&events=nothing",
    ] {
        assert_eq!(
            viewer.post("/console/webhooks", bad).await.status,
            422,
            "{bad}"
        );
    }
    let made = viewer
        .post("/console/webhooks", "url=http%3A%2F%2F127.0.0.1%3A9%2Fx")
        .await;
    let path = made.location().split('?').next().unwrap().to_owned();
    for (verb, form, done) in [
        ("/rotate", "", "rotated"),
        ("/disable", "", "disabled"),
        ("/enable", "", "enabled"),
        ("/replay", "hours=24&which=missing", "replayed"),
        ("/replay", "hours=24&which=failed", "nothing"),
        (
            "",
            "url=http%3A%2F%2F127.0.0.1%3A9%2Fy&description=d&events=user.created",
            "saved",
        ),
    ] {
        let page = viewer.post(&format!("{path}{verb}"), form).await;
        assert_eq!(page.location(), format!("{path}?done={done}"), "{verb}");
    }
    let shown = viewer.get(&path).await.text;
    let message = shown
        .split("/console/messages/")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let endpoint = path.rsplit('/').next().unwrap();
    let page = viewer
        .post(
            &format!("/console/messages/{message}/replay"),
            &format!("endpoint={endpoint}"),
        )
        .await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(viewer.get(page.location()).await.text.contains(endpoint));
    assert_eq!(
        viewer.post(&format!("{path}/delete"), "").await.location(),
        "/console/webhooks?done=deleted"
    );
}
