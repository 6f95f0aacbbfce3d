//! GitHub, which speaks OAuth alone: its API says who the person is.

use super::discovery::Endpoints;
use super::failure::Failure;
use super::http;
use super::identity::{self, Identity};

/// Who issues GitHub's identities, where the settings name no other.
const ISSUER: &str = "https://github.com";

/// The person whose access token this is.
pub async fn identity(
    client: &reqwest::Client,
    endpoints: &Endpoints,
    access_token: &str,
) -> Result<Identity, Failure> {
    let ask = |url: &Option<url::Url>| {
        let url = url
            .clone()
            .ok_or_else(|| Failure::Settings("an address is missing".to_owned()));
        url.map(|url| client.get(url).bearer_auth(access_token))
    };
    let user = http::json_ok(ask(&endpoints.user)?).await?;
    let emails = http::json_ok(ask(&endpoints.emails)?).await?;
    let issuer = endpoints.issuer.as_deref().unwrap_or(ISSUER);
    identity::from_github(issuer, &user, &emails)
}
