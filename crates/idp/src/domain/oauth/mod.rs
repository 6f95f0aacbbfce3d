//! Applications of others that ask users for access: this instance as an OAuth 2 server.

pub mod applications;
pub mod grants;

/// What an application can ask for.
pub const SCOPES: [&str; 5] = [
    "email",
    "offline_access",
    "openid",
    "profile",
    "public_metadata",
];

/// The scopes of a text with spaces between, each once; `None` where one is unknown.
#[must_use]
pub fn scopes(text: &str) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    scopes.sort_unstable();
    scopes.dedup();
    scopes
        .iter()
        .all(|scope| SCOPES.contains(&scope.as_str()))
        .then_some(scopes)
}
