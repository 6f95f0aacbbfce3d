//! Other providers: where people are sent, and what is believed of what comes back.
//!
//! OpenID Connect by the authorization code flow with PKCE, state and nonce; GitHub, which speaks
//! OAuth alone, by its API. What a provider answers is bounded in size and time, redirects are not
//! followed, and id tokens are verified against the provider's published keys whatever the channel
//! they came by. Nothing here touches the database.

mod cache;
mod client;
mod discovery;
mod failure;
mod github;
mod http;
mod id_token;
mod identity;
mod jwks;
pub mod logo;
mod provider;
mod secret;
mod token;

pub use client::{Callback, Client, Journey, Proof};
pub use failure::Failure;
pub use identity::Identity;
pub use provider::{Kind, Provider, list};
pub use token::Tokens;
