//! Signing in, up and connecting by other providers.

mod attacks;
mod connecting;
mod environment;
mod liar;
mod linking;
mod proofs;
mod servers;
mod signing;
mod world;
