//! Where webhooks may go. Whoever may name a URL must not reach by it what only this machine can.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::error::{Refusal, Result};

/// The longest URL of an endpoint, in characters.
const URL_MAX: usize = 2048;

/// Which network addresses webhooks are sent to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// Addresses of the public internet alone.
    Public,
    /// Those, and this machine itself: what development needs.
    #[default]
    Loopback,
    /// Every address: private networks and those of a cloud's own services too.
    Any,
}

impl Reach {
    /// Whether a network address is within reach.
    #[must_use]
    pub fn allows(self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        match self {
            Self::Any => true,
            Self::Loopback => address.is_loopback() || is_public(address),
            Self::Public => is_public(address),
        }
    }
}

/// Whether an address belongs to the public internet: none of the special ranges of RFC 6890.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, _] = address.octets();
            let shared = a == 100 && (64..128).contains(&b);
            let assignments = a == 192 && b == 0 && c == 0;
            let relay = a == 192 && b == 88 && c == 99;
            let benchmarks = a == 198 && (18..20).contains(&b);
            !(address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_documentation()
                || address.is_multicast()
                || shared
                || assignments
                || relay
                || benchmarks
                || a == 0
                || a >= 240)
        }
        IpAddr::V6(address) => {
            let [a, b, ..] = address.segments();
            // Global unicast is 2000::/3. Within it: documentation, and tunnels that carry any
            // IPv4 address (6to4, Teredo).
            let carried = a == 0x2002 || (a == 0x2001 && b == 0);
            let documentation = (a == 0x2001 && b == 0xdb8) || a == 0x3fff;
            a & 0xe000 == 0x2000 && !carried && !documentation
        }
    }
}

/// The URL of an endpoint, in its normal form.
///
/// # Errors
/// Not http or https, with credentials or a fragment, too long, or beyond `reach`. What a name
/// leads to is looked at when it is sent to, each time.
pub(super) fn parse(text: &str, reach: Reach) -> Result<Url, Refusal> {
    let refuse = |text: &str| Err(Refusal::format("url", text));
    if text.len() > URL_MAX {
        return refuse("The URL is too long.");
    }
    let Ok(url) = Url::parse(text.trim()) else {
        return refuse("This is no URL.");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refuse("The URL must start with http:// or https://.");
    }
    if !url.username().is_empty() || url.password().is_some() || url.fragment().is_some() {
        return refuse("The URL must not hold a user, a password or a fragment.");
    }
    if !admits(&url, reach) {
        return refuse("The settings do not allow webhooks to this address.");
    }
    Ok(url)
}

/// Whether a URL's host is within reach, as far as the URL itself says.
pub(super) fn admits(url: &Url, reach: Reach) -> bool {
    match url.host() {
        None => false,
        Some(Host::Ipv4(address)) => reach.allows(address.into()),
        Some(Host::Ipv6(address)) => reach.allows(address.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let is_local = name == "localhost" || name.ends_with(".localhost");
            !is_local || reach.allows(Ipv4Addr::LOCALHOST.into())
        }
    }
}

/// Looks names up and hands on only those of their addresses that are within reach, so that a name
/// cannot lead elsewhere than an address may.
pub(super) struct Guarded<F>(pub F);

impl<F: Fn() -> Reach + Send + Sync + 'static> Resolve for Guarded<F> {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = (self.0)();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| reach.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the settings do not allow webhooks to this address".into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INSIDE: [&str; 13] = [
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "::",
        "fe80::1",
        "fd00:ec2::254",
        "::ffff:10.0.0.1",
        "2002:a00:1::",
    ];

    #[test]
    fn each_reach_has_its_bounds() {
        let allows = |reach: Reach, text: &str| reach.allows(text.parse().unwrap());
        for text in INSIDE {
            assert!(
                !allows(Reach::Public, text) && !allows(Reach::Loopback, text),
                "{text}"
            );
            assert!(allows(Reach::Any, text));
        }
        for text in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(
                !allows(Reach::Public, text) && allows(Reach::Loopback, text),
                "{text}"
            );
        }
        for text in ["1.1.1.1", "2606:4700:4700::1111"] {
            assert!(allows(Reach::Public, text), "{text}");
        }
    }

    #[test]
    fn urls_in_disguise_are_seen_through() {
        for text in [
            "http://169.254.169.254/latest/meta-data",
            "http://2852039166/",
            "http://0xa9.0xfe.0xa9.0xfe/",
            "http://[::ffff:169.254.169.254]/",
            "http://0/",
        ] {
            assert!(parse(text, Reach::Loopback).is_err(), "{text}");
        }
        for text in [
            "http://localhost/x",
            "http://api.localhost./x",
            "http://127.1/x",
        ] {
            assert!(parse(text, Reach::Public).is_err(), "{text}");
            assert!(parse(text, Reach::Loopback).is_ok(), "{text}");
        }
        for text in [
            "ftp://example.com/",
            "https://a:b@example.com/",
            "https://x.example/#y",
            "x",
        ] {
            assert!(parse(text, Reach::Any).is_err(), "{text}");
        }
        assert!(parse("https://example.com/hooks?x=1", Reach::Public).is_ok());
    }
}
