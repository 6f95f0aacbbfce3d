//! What the web page may load and reach beside our own origin: the identity provider and the
//! object store, as the settings name them.

use bailiwick_api::PageSources;
use url::Url;

use crate::settings::{Clerk, Settings, Storage};

/// Where the provider's bot protection comes from, scripts and frames.
const BOT_PROTECTION: &str = "https://challenges.cloudflare.com";
/// Where the provider keeps pictures of people and organizations.
const PICTURES: &str = "https://img.clerk.com";

/// The sources of the page's content security policy.
#[must_use]
pub fn of(settings: &Settings) -> PageSources {
    let mut sources = PageSources {
        connections: store(&settings.storage).into_iter().collect(),
        ..PageSources::default()
    };
    // In development the provider is on our own origin, whole.
    if settings.development.is_none() {
        sources.scripts.push(BOT_PROTECTION.to_owned());
        sources.frames.push(BOT_PROTECTION.to_owned());
        sources.images.push(PICTURES.to_owned());
        if let Some(frontend) = frontend(&settings.clerk) {
            sources.scripts.push(frontend.clone());
            sources.connections.push(frontend);
        }
    }
    sources
}

/// The origin of the Frontend API, unless it is behind a path of our own: the proxy's where it is a
/// URL, else the one that was set, else the issuer, which is the Frontend API's address.
fn frontend(clerk: &Clerk) -> Option<String> {
    match clerk.proxy_path.as_deref() {
        Some(path) if path.starts_with('/') => None,
        Some(url) => origin(url),
        None => origin(clerk.frontend_api_url.as_deref().unwrap_or(&clerk.issuer)),
    }
}

/// The origin to which signed URLs of the bucket lead.
fn store(storage: &Storage) -> Option<String> {
    let amazon = format!("https://s3.{}.amazonaws.com", storage.region);
    let endpoint = storage
        .public_endpoint
        .as_ref()
        .or(storage.endpoint.as_ref());
    let endpoint = origin(endpoint.unwrap_or(&amazon))?;
    if storage.path_style {
        return Some(endpoint);
    }
    let (scheme, host) = endpoint.split_once("://")?;
    Some(format!("{scheme}://{}.{host}", storage.bucket))
}

fn origin(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    url.host()
        .is_some()
        .then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Vars;

    fn settings(more: &[(&str, &str)]) -> Settings {
        let base = [
            ("APP_URL", "https://app.example.com"),
            ("DATABASE_URL", "postgres://u:p@db.example.com/d"),
            ("CLERK_PUBLISHABLE_KEY", "pk_live_x"),
            ("CLERK_SECRET_KEY", "sk_live_x"),
            ("CLERK_ISSUER", "https://clerk.example.com"),
            ("CLERK_WEBHOOK_SIGNING_SECRET", "whsec_x"),
            ("INTERNAL_API_KEY", "k"),
            ("AUDIT_KEYS", "k1:00"),
            ("AWS_S3_BUCKET", "papers"),
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "a"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
        ];
        let pairs = base.iter().chain(more);
        let vars: Vars = pairs
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Settings::read(&vars).unwrap()
    }

    #[test]
    fn the_provider_is_allowed_wherever_it_is() {
        for (more, expected) in [
            (&[][..], Some("https://clerk.example.com")),
            (
                &[("CLERK_FRONTEND_API_URL", "https://fapi.example.com/")][..],
                Some("https://fapi.example.com"),
            ),
            (&[("CLERK_PROXY_URL", "/__clerk")][..], None),
            (
                &[("CLERK_PROXY_URL", "https://id.example.com/__clerk")][..],
                Some("https://id.example.com"),
            ),
        ] {
            let sources = of(&settings(more));
            assert_eq!(
                sources.scripts.get(1).map(String::as_str),
                expected,
                "{more:?}"
            );
            assert_eq!(
                sources.connections.get(1).map(String::as_str),
                expected,
                "{more:?}"
            );
            assert_eq!(sources.frames, [BOT_PROTECTION]);
        }
    }

    #[test]
    fn uploads_are_allowed_to_where_they_are_signed_for() {
        for (more, expected) in [
            (&[][..], "https://papers.s3.eu-central-1.amazonaws.com"),
            (
                &[("S3_PATH_STYLE", "true")][..],
                "https://s3.eu-central-1.amazonaws.com",
            ),
            (
                &[("S3_ENDPOINT", "http://minio:9000")][..],
                "http://minio:9000",
            ),
            (
                &[
                    ("S3_ENDPOINT", "http://minio:9000"),
                    ("S3_PUBLIC_ENDPOINT", "https://s3.example.com"),
                ][..],
                "https://s3.example.com",
            ),
            (
                &[
                    ("S3_ENDPOINT", "https://r2.example.com"),
                    ("S3_PATH_STYLE", "false"),
                ][..],
                "https://papers.r2.example.com",
            ),
        ] {
            assert_eq!(of(&settings(more)).connections[0], expected, "{more:?}");
        }
    }
}
