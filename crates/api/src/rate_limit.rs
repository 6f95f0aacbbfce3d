//! Who asks too often waits: per client address before anybody is known, per user after.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use axum::extract::{ConnectInfo, Request};
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::id::UserId;
use bailiwick_kernel::{Code, Problem};
use futures::future::{Either, Ready, ready};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::HeaderMap;
use tower::layer::layer_fn;
use tower::{Layer, Service};

use crate::problem::ApiProblem;
use crate::settings::{HttpSettings, Rate};
use crate::state::AppState;

/// Slots that keys are spread over: what bounds the memory, whoever sends from how many addresses.
/// The spread has a secret seed, so nobody picks whose slot they share.
const SLOTS: u64 = 1 << 18;

/// Checks between two sweeps of slots that are full again.
const SWEEP_EVERY: u32 = 16_384;

/// The limits of one server. Each node counts for itself.
#[derive(Debug)]
pub struct RateLimits {
    per_address: Option<Limiter>,
    per_user: Option<Limiter>,
    trusted_proxies: usize,
}

impl RateLimits {
    /// Limits as the settings say.
    #[must_use]
    pub fn new(settings: &HttpSettings) -> Self {
        Self {
            per_address: settings.rate_per_address.map(Limiter::new),
            per_user: settings.rate_per_user.map(Limiter::new),
            trusted_proxies: settings.trusted_proxies,
        }
    }

    /// Counts a request of `user`, whom a session or a token of theirs proves.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the seconds to wait.
    pub fn count_user(&self, user: UserId) -> Result<(), Problem> {
        self.per_user
            .as_ref()
            .map_or(Ok(()), |limiter| limiter.count(user))
    }

    /// Counts a request of a client address.
    ///
    /// # Errors
    /// `RATE_LIMITED` with the seconds to wait.
    pub fn count_address(&self, address: IpAddr) -> Result<(), Problem> {
        self.per_address
            .as_ref()
            .map_or(Ok(()), |limiter| limiter.count(network(address)))
    }
}

/// One kind of limit.
#[derive(Debug)]
struct Limiter {
    slots: DefaultKeyedRateLimiter<u64>,
    clock: DefaultClock,
    seed: RandomState,
    checks: AtomicU32,
}

impl Limiter {
    fn new(rate: Rate) -> Self {
        let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
        Self {
            slots: RateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            seed: RandomState::new(),
            checks: AtomicU32::new(0),
        }
    }

    fn count(&self, key: impl Hash) -> Result<(), Problem> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.slots.retain_recent();
        }
        let slot = self.seed.hash_one(key) % SLOTS;
        self.slots.check_key(&slot).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = u32::try_from(wait.as_secs())
                .unwrap_or(u32::MAX)
                .saturating_add(1);
            metrics::counter!("api_rate_limit_hits_total").increment(1);
            Problem::new(Code::RateLimited).retry_after_s(seconds)
        })
    }
}

/// Counts client addresses in front of a service: a plain one, which boxes nothing a request.
#[derive(Clone)]
pub struct PerAddress<S> {
    inner: S,
    state: AppState,
}

impl PerAddress<()> {
    /// The layer.
    pub fn layer<S>(state: AppState) -> impl Layer<S, Service = PerAddress<S>> + Clone {
        layer_fn(move |inner| PerAddress {
            inner,
            state: state.clone(),
        })
    }
}

impl<S> Service<Request> for PerAddress<S>
where
    S: Service<Request, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<S::Future, Ready<Result<Response, S::Error>>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let limits = &self.state.limits;
        let address = client_address(peer, request.headers(), limits.trusted_proxies);
        match limits.count_address(address) {
            Ok(()) => Either::Left(self.inner.call(request)),
            Err(problem) => Either::Right(ready(Ok(ApiProblem(problem).into_response()))),
        }
    }
}

/// The client's address: the peer's, or with `proxies` trusted ones in front of us the entry of
/// `X-Forwarded-For` that the outermost of them wrote. What clients wrote there themselves stands
/// further left and is never read. Without any, all share the unspecified address.
#[must_use]
pub fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, proxies: usize) -> IpAddr {
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    if proxies == 0 {
        return peer;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let entry = entries.map(str::trim).nth(proxies - 1);
    entry.and_then(parse_address).unwrap_or(peer)
}

/// An address with or without a port, in brackets or not.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

/// What one customer of a network provider gets: an IPv4 address, or a /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() >> 64 << 64).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn forwarded(lines: &[&str]) -> HeaderMap {
        let lines = lines.iter().map(|line| {
            (
                http::HeaderName::from_static("x-forwarded-for"),
                line.parse().unwrap(),
            )
        });
        HeaderMap::from_iter(lines)
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let peer = Some(ip("10.0.0.1"));
        let headers = forwarded(&["6.6.6.6, 203.0.113.7", "198.51.100.2"]);
        assert_eq!(client_address(peer, &headers, 0), ip("10.0.0.1"));
        assert_eq!(client_address(peer, &headers, 1), ip("198.51.100.2"));
        assert_eq!(client_address(peer, &headers, 2), ip("203.0.113.7"));
        assert_eq!(client_address(peer, &headers, 9), ip("10.0.0.1"));
        assert_eq!(
            client_address(peer, &forwarded(&["unknown"]), 1),
            ip("10.0.0.1")
        );
        assert_eq!(client_address(None, &HeaderMap::new(), 1), ip("0.0.0.0"));
        assert_eq!(
            client_address(peer, &forwarded(&["[2001:db8::1]:443"]), 1),
            ip("2001:db8::1")
        );
        assert_eq!(
            client_address(peer, &forwarded(&["203.0.113.7:80"]), 1),
            ip("203.0.113.7")
        );
    }

    #[test]
    fn one_key_runs_dry_and_others_do_not() {
        let one = NonZeroU32::MIN;
        let limiter = Limiter::new(Rate {
            per_second: one,
            burst: NonZeroU32::new(3).unwrap(),
        });
        for _ in 0..3 {
            limiter.count(network(ip("2001:db8::1"))).unwrap();
        }
        let refused = limiter.count(network(ip("2001:db8::ffff"))).unwrap_err();
        assert_eq!(refused.code(), Code::RateLimited);
        assert_eq!(refused.retry_after(), Some(1));
        limiter.count(network(ip("2001:db8:0:1::1"))).unwrap();
        assert_eq!(network(ip("::ffff:203.0.113.7")), ip("203.0.113.7"));
    }

    #[test]
    fn memory_is_bounded_by_the_slots() {
        let limiter = Limiter::new(Rate {
            per_second: NonZeroU32::MIN,
            burst: NonZeroU32::MIN,
        });
        for address in 0..400_000_u32 {
            let _ = limiter.count(address);
        }
        assert!(limiter.slots.len() <= usize::try_from(SLOTS).unwrap());
    }
}
