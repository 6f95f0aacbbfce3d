//! Every route of the Frontend API, read from the router itself: what a list could forget.

use std::collections::BTreeMap;

use bailiwick_idp::frontend;

/// Fewer, and the reading has missed some.
const LEAST: usize = 120;
/// What changes something, or may.
const WRITES: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// A path below the Frontend API's own, with `{parameters}`, and what can be done there.
pub struct Route {
    pub path: String,
    pub methods: Vec<String>,
}

impl Route {
    pub fn writes(&self) -> impl Iterator<Item = &'static str> {
        WRITES.into_iter().filter(|method| self.has(method))
    }

    pub fn has(&self, method: &str) -> bool {
        self.methods.iter().any(|own| own == method)
    }

    /// Whether requests need an origin of ours: all but those that other servers make, or that
    /// bring pictures and scripts.
    pub fn is_api(&self) -> bool {
        self.path.starts_with("/v1")
    }
}

/// All of them, in the order of their paths.
pub fn all() -> Vec<Route> {
    // The router shows itself as `routes: {RouteId(1): …allow_header: Bytes(b"GET,HEAD")…},
    // node: Node { paths: {RouteId(1): "/v1/me"} } }, fallback_router: …`.
    let shown = format!("{:?}", frontend::routes());
    let (shown, _) = shown.split_once(", fallback_router: ").unwrap();
    let (endpoints, paths) = shown.split_once(", node: ").unwrap();
    let methods = numbered(endpoints, "allow_header: Bytes(b\"");
    let paths = numbered(paths, "): \"");
    assert!(paths.len() >= LEAST, "{} routes: {shown}", paths.len());
    assert_eq!(paths.len(), methods.len());
    let mut routes: Vec<Route> = paths
        .into_iter()
        .map(|(number, path)| Route {
            path,
            methods: methods[&number].split(',').map(str::to_owned).collect(),
        })
        .collect();
    routes.sort_by(|a, b| a.path.cmp(&b.path));
    routes
}

/// What ends a session, or the account.
const ENDS: &[(&str, &str)] = &[
    ("DELETE", "/v1/client"),
    ("DELETE", "/v1/client/sessions"),
    ("POST", "/v1/client/sessions/{id}/end"),
    ("POST", "/v1/client/sessions/{id}/remove"),
    ("POST", "/v1/me/sessions/{id}/revoke"),
    ("DELETE", "/v1/me"),
];

/// Every path with each of its methods, in an order in which one can walk through them: reading
/// first, then changing, then removing, and what ends the session last.
pub fn walk() -> Vec<(String, String)> {
    let mut steps: Vec<(String, String)> = all()
        .into_iter()
        .flat_map(|route| {
            let methods = route.methods.clone();
            methods
                .into_iter()
                .map(move |method| (method, route.path.clone()))
        })
        .filter(|(method, _)| method != "HEAD")
        .collect();
    let place = |(method, path): &(String, String)| {
        let end = ENDS
            .iter()
            .position(|end| *end == (method.as_str(), path.as_str()));
        let kind = match method.as_str() {
            "GET" => 0,
            "DELETE" => 2,
            _ => 1,
        };
        (end.map_or(0, |place| place + 1), kind)
    };
    steps.sort_by_key(place);
    assert!(ENDS.iter().all(|(method, path)| {
        steps
            .iter()
            .any(|step| (step.0.as_str(), step.1.as_str()) == (*method, *path))
    }));
    steps
}

/// What stands after `mark` up to the next quote, for each route.
fn numbered(text: &str, mark: &str) -> BTreeMap<u32, String> {
    let part = |part: &str| {
        let (number, _) = part.split_once(')').unwrap();
        let (_, rest) = part.split_once(mark).unwrap_or_else(|| panic!("{part}"));
        let (value, _) = rest.split_once('"').unwrap();
        (number.parse().unwrap(), value.to_owned())
    };
    text.split("RouteId(").skip(1).map(part).collect()
}

#[test]
fn every_route_is_found() {
    let routes = all();
    for (path, methods) in [
        ("/v1/me", &["GET", "PATCH", "DELETE"][..]),
        ("/v1/client/sign_ins/{id}/prepare_first_factor", &["POST"]),
        ("/v1/organizations/{id}/billing/checkouts", &["POST"]),
        ("/v1/me/billing/payers/default_payment_method", &["PUT"]),
        ("/oauth/token/revoke", &["POST"]),
        ("/.well-known/jwks.json", &["GET"]),
        ("/v1/waitlist", &["POST"]),
    ] {
        let route = routes.iter().find(|route| route.path == path);
        let route = route.unwrap_or_else(|| panic!("{path} is missing"));
        assert!(methods.iter().all(|method| route.has(method)), "{path}");
    }
}
