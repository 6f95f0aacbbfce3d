//! What a request says beside its path and body.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{Method, header};

use super::fields::Fields;
use crate::domain::sessions::Origin;
use crate::error::{Error, Result};
use crate::frontend::Frontend;
use crate::secrets;

/// The most that is kept of a `User-Agent`.
const MAX_AGENT: usize = 256;

/// Who asks, from where, with what.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The method that is meant.
    pub method: Method,
    /// The path, without the version.
    pub path: String,
    /// Origin of the page, one of the allowed ones.
    pub origin: Option<String>,
    /// Address and name of the browser, for the session that may start.
    pub browser: Origin,
    /// Whom attempts are counted for: an IPv4 address or an IPv6 network of 64 bits.
    pub address: String,
    /// Digest of the client cookie.
    pub cookie_digest: Option<String>,
    /// Whether the browser believes that somebody is signed in.
    pub believes_signed_in: bool,
    /// The query.
    pub query: Fields,
}

impl FromRequestParts<Frontend> for Meta {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Frontend) -> Result<Self> {
        let text = |name| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let ip = peer.map(|ConnectInfo(address)| address.ip().to_canonical());
        let agent = text(header::USER_AGENT).map(|text| text.chars().take(MAX_AGENT).collect());
        let path = parts.uri.path();
        Ok(Self {
            method: parts.method.clone(),
            path: path.strip_prefix("/v1").unwrap_or(path).to_owned(),
            origin: text(header::ORIGIN).map(str::to_owned),
            browser: Origin {
                client_ip: ip.map(|ip| ip.to_string()),
                user_agent: agent,
            },
            address: ip.map_or_else(|| "unknown".to_owned(), network),
            cookie_digest: state
                .cookies
                .client_secret(&parts.headers)
                .map(|secret| secrets::digest(&secret)),
            believes_signed_in: state.cookies.believes_signed_in(&parts.headers),
            query: Fields::parse(parts.uri.query().unwrap_or_default().as_bytes())?,
        })
    }
}

/// One household has one IPv4 address, but 2^64 IPv6 addresses.
fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_networks_not_addresses_of_ipv6() {
        let at = |text: &str| network(text.parse().unwrap());
        assert_eq!(at("2001:db8:1:2::1"), at("2001:db8:1:2:ffff::9"));
        assert_ne!(at("2001:db8:1:2::1"), at("2001:db8:1:3::1"));
        assert_ne!(at("192.0.2.1"), at("192.0.2.2"));
    }
}
