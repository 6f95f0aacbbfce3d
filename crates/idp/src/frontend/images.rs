//! Pictures of users and organizations: uploaded ones, or initials on a colour.
//!
//! The address of initials says everything that the picture shows, so the answer never changes,
//! nothing is looked up and nobody learns from it who exists.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;

use crate::config::IdpConfig;
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::store::images;

/// Pairs of colours, from the upper left to the lower right.
const PALETTE: [(&str, &str); 8] = [
    ("#6366f1", "#8b5cf6"),
    ("#0ea5e9", "#2563eb"),
    ("#14b8a6", "#0d9488"),
    ("#22c55e", "#15803d"),
    ("#f59e0b", "#d97706"),
    ("#f43f5e", "#be123c"),
    ("#d946ef", "#a21caf"),
    ("#64748b", "#334155"),
];

/// Where the picture of somebody is, who has a name or at least another word for it.
#[must_use]
pub fn avatar_url(config: &IdpConfig, id: &str, name: &[Option<&str>], fallback: &str) -> String {
    let colour = id.bytes().fold(0_usize, |sum, byte| {
        sum.wrapping_mul(31) + usize::from(byte)
    }) % PALETTE.len();
    let letters: String = name
        .iter()
        .flatten()
        .filter_map(|part| letter(part))
        .take(2)
        .collect();
    let letters = if letters.is_empty() {
        letter(fallback).into_iter().collect()
    } else {
        letters
    };
    let hex: Vec<String> = letters
        .chars()
        .map(|c| format!("{:x}", u32::from(c)))
        .collect();
    format!(
        "{}/images/avatars/{colour}-{}.svg",
        config.frontend_url(),
        hex.join("-")
    )
}

/// Where an uploaded picture is.
#[must_use]
pub fn upload_url(config: &IdpConfig, id: &str) -> String {
    format!("{}/images/uploads/{id}", config.frontend_url())
}

/// The first letter or digit of a word, as a capital of one character.
fn letter(text: &str) -> Option<char> {
    let first = text.chars().find(|c| c.is_alphanumeric())?;
    let mut upper = first.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(only), None) => Some(only),
        _ => Some(first),
    }
}

/// `GET /images/avatars/{file}`. Public.
pub async fn avatar(Path(file): Path<String>) -> Result<Response> {
    let svg = draw(&file).ok_or_else(|| Refusal::not_found("Image"))?;
    let headers = [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, svg).into_response())
}

/// `GET /images/uploads/{id}`. Public: the id cannot be guessed, and a picture has no other way
/// to people who are signed in elsewhere. What was uploaded is never taken for anything but a
/// picture.
pub async fn upload(State(idp): State<Idp>, Path(id): Path<String>) -> Result<Response> {
    let mut tx = idp.pool().begin().await?;
    let image = images::find(&mut tx, &id).await?;
    tx.commit().await?;
    let image = image.ok_or_else(|| Refusal::not_found("Image"))?;
    let headers = [
        (header::CONTENT_TYPE, image.content_type.as_str()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; sandbox",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, image.bytes).into_response())
}

fn draw(file: &str) -> Option<String> {
    let mut parts = file.strip_suffix(".svg")?.split('-');
    let (from, to) = PALETTE.get(parts.next()?.parse::<usize>().ok()?)?;
    let mut letters = String::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let character = char::from_u32(u32::from_str_radix(part, 16).ok()?)?;
        // Letters and digits alone: none of them means anything to XML.
        if !character.is_alphanumeric() || letters.chars().count() == 2 {
            return None;
        }
        letters.push(character);
    }
    Some(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" role="img"><defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="{from}"/><stop offset="1" stop-color="{to}"/></linearGradient></defs><rect width="96" height="96" fill="url(#g)"/><text x="48" y="49" fill="#fff" font-family="system-ui,sans-serif" font-size="40" font-weight="600" text-anchor="middle" dominant-baseline="central">{letters}</text></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_what_the_address_says() {
        let config = IdpConfig::new(
            "Bailiwick",
            "http://localhost:3000",
            "sk_live_0123456789".into(),
        );
        let url = avatar_url(&config, "user_1", &[Some("ada"), Some("Byron")], "");
        assert!(
            url.starts_with("http://localhost:3000/__clerk/images/avatars/"),
            "{url}"
        );
        let file = url.rsplit('/').next().unwrap();
        assert!(draw(file).unwrap().contains(">AB</text>"));
        let nameless = avatar_url(&config, "user_1", &[None, None], "x@example.com");
        assert!(
            draw(nameless.rsplit('/').next().unwrap())
                .unwrap()
                .contains(">X</text>")
        );
    }

    #[test]
    fn draws_nothing_else() {
        for bad in [
            "0-3c.svg",
            "9-41.svg",
            "0-41-41-41.svg",
            "0-41.png",
            "x",
            "0-zz.svg",
            "0-110000.svg",
        ] {
            assert!(draw(bad).is_none(), "{bad}");
        }
    }
}
