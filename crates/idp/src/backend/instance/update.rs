//! `PATCH /v1/instance`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use serde_json::Map;

use super::change;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::names;
use crate::error::{Refusal, Result};

/// The most origins beside the application's own.
const ORIGINS_MAX: usize = 20;

/// Changes what is given. What would need Clerk's own network or a development instance is
/// refused, unless it is switched off.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    mut form: Form,
) -> Result<StatusCode> {
    let mut given = Map::new();
    if let Some(value) = form.boolean("test_mode") {
        given.insert("test_mode".to_owned(), value.into());
    }
    if let Some(value) = form.name("support_email") {
        if let Some(Err(refusal)) = value
            .as_deref()
            .map(|text| names::email(text, "support_email"))
        {
            form.refuse(refusal);
        }
        given.insert("support_email".to_owned(), value.into());
    }
    if let Some(Some(strategy)) = form.text("preferred_sign_in_strategy_when_password_required") {
        match strategy.as_str() {
            "password" | "otp" => {
                given.insert("preferred_sign_in_strategy".to_owned(), strategy.into());
            }
            "" => {}
            _ => form.refuse(Refusal::format(
                "preferred_sign_in_strategy_when_password_required",
                "The strategy must be password or otp.",
            )),
        }
    }
    if form.has("allowed_origins") {
        let origins = form.texts("allowed_origins");
        if origins.len() > ORIGINS_MAX || !origins.iter().all(|text| is_origin(text)) {
            let text =
                "allowed_origins are at most 20, each with scheme and host and nothing else.";
            form.refuse(Refusal::format("allowed_origins", text));
        }
        given.insert("allowed_origins".to_owned(), origins.into());
    }
    form.unsupported(&[
        "hibp",
        "cookieless_dev",
        "url_based_session_syncing",
        "clerk_js_version",
        "development_origin",
    ]);
    form.finish()?;
    change(&backend, "instance", given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a text is a scheme and a host, of pages or of applications that are none. A pattern
/// would let in whoever can buy a fitting name.
fn is_origin(text: &str) -> bool {
    let Some((scheme, host)) = text.split_once("://") else {
        return false;
    };
    let plain = |text: &str, more: &str| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        !text.is_empty() && text.len() <= 255 && text.chars().all(fits)
    };
    plain(scheme, "+-") && plain(host, ".-:[]")
}

#[cfg(test)]
mod tests {
    use super::is_origin;

    #[test]
    fn origins_are_exact() {
        for good in [
            "https://app.example.com",
            "http://localhost:3000",
            "chrome-extension://abcdefghijklmnop",
            "capacitor://localhost",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "null",
            "*",
            "https://*",
            "https://*.example.com",
            "https://a.example/",
            "https://a.example?x",
            "https://a b",
            "https://",
            "://a",
            "https://a@b",
            "HTTPS://A",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
