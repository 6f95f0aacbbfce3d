//! The crate's protocols, from outside: real signatures, real HTTP on the loopback, a clock that
//! the test moves.

#[cfg(test)]
mod api;
#[cfg(test)]
mod attacks;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod claims;
#[cfg(test)]
mod config;
#[cfg(test)]
mod events;
#[cfg(test)]
mod issuer;
#[cfg(test)]
mod jwks;
#[cfg(test)]
mod noise;
#[cfg(test)]
mod server;
#[cfg(test)]
mod signatures;
