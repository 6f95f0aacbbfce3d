//! The stub's lists: pages in the order of creation, and the filter that the product uses.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use super::{Provider, refusal};

/// What a list is asked for.
struct Wanted {
    limit: usize,
    offset: usize,
    users: Vec<String>,
    status: Option<String>,
}

impl Wanted {
    fn read(query: Option<String>) -> Self {
        let query = query.unwrap_or_default();
        let pairs = || url::form_urlencoded::parse(query.as_bytes());
        let number = |name: &str, usual: usize| {
            let found = pairs().find(|(n, _)| n == name);
            found.map_or(usual, |(_, value)| value.parse().unwrap())
        };
        let users = pairs().filter(|(name, _)| name == "user_id");
        Self {
            limit: number("limit", 10).clamp(1, 500),
            offset: number("offset", 0),
            users: users.map(|(_, id)| id.into_owned()).collect(),
            status: pairs()
                .find(|(name, _)| name == "status")
                .map(|(_, status)| status.into_owned()),
        }
    }

    /// The page, and how many there are.
    fn cut<'a>(&self, all: impl Iterator<Item = &'a Value>) -> (Vec<Value>, usize) {
        let mut all: Vec<&Value> = all.collect();
        all.sort_by_key(|one| (one["created_at"].as_i64(), one["id"].to_string()));
        let page = all.iter().skip(self.offset).take(self.limit);
        (page.map(|one| (*one).clone()).collect(), all.len())
    }
}

fn list((page, count): (Vec<Value>, usize)) -> Response {
    axum::Json(json!({"data": page, "total_count": count})).into_response()
}

pub(super) async fn users(State(provider): State<Provider>, RawQuery(query): RawQuery) -> Response {
    let wanted = Wanted::read(query);
    let (page, _) = wanted.cut(provider.known().users.values());
    axum::Json(page).into_response()
}

pub(super) async fn organizations(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
) -> Response {
    list(Wanted::read(query).cut(provider.known().organizations.values()))
}

pub(super) async fn memberships(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
) -> Response {
    list(Wanted::read(query).cut(provider.known().memberships.values()))
}

pub(super) async fn invitations(
    State(provider): State<Provider>,
    RawQuery(query): RawQuery,
) -> Response {
    let wanted = Wanted::read(query);
    let known = provider.known();
    let all = known.invitations.values();
    list(wanted.cut(all.filter(|one| {
        wanted
            .status
            .as_ref()
            .is_none_or(|status| one["status"] == *status.as_str())
    })))
}

pub(super) async fn memberships_of_organization(
    State(provider): State<Provider>,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let wanted = Wanted::read(query);
    let known = provider.known();
    if !known.organizations.contains_key(&id) {
        return refusal(StatusCode::NOT_FOUND, "resource_not_found");
    }
    let theirs = known.memberships.values();
    let theirs = theirs.filter(|m| m["organization"]["id"] == id);
    list(wanted.cut(theirs.filter(|m| {
        let user = m["public_user_data"]["user_id"].as_str();
        wanted.users.is_empty() || wanted.users.iter().any(|id| Some(id.as_str()) == user)
    })))
}
