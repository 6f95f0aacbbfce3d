//! Signing in, up and connecting by other providers.

mod attacks;
mod connecting;
mod environment;
mod invited;
mod liar;
mod linking;
mod proofs;
mod servers;
mod signing;
pub mod world;
