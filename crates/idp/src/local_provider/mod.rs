//! A provider that plays Google, Microsoft and GitHub on one's own machine.
//!
//! For development and tests: nobody is asked for a password, whoever opens the page signs in as
//! whom they like. It speaks the protocols in earnest, so that what works against it works against
//! the real ones: codes are good once, for a minute, for the client and address that asked, and
//! with the verifier of the challenge alone. What it knows is in memory.

mod api;
mod authorize;
mod flavor;
mod oidc;
mod pages;
mod people;
mod store;
mod token;

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_lc_rs::rsa::{KeyPair, KeySize};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use bailiwick_kernel::Env;
use secrecy::SecretString;

use crate::error::{Error, Result};
use crate::secrets;
use crate::settings::SocialProvider;
use flavor::Flavor;
pub use people::Face;

/// The largest form that is read, in bytes.
const BODY_MAX: usize = 16 * 1024;

/// The provider. Cheap to clone.
#[derive(Clone)]
pub struct LocalProvider(Arc<Parts>);

struct Parts {
    env: Env,
    base: String,
    redirect_uris: Vec<String>,
    client_secret: String,
    faces: Vec<Face>,
    key: KeyPair,
    store: store::Store,
}

impl LocalProvider {
    /// A provider that browsers and we reach at `base`, where [`Self::router`] is to be mounted.
    /// It sends people back to `redirect_uris` alone, and offers `faces` to sign in as.
    ///
    /// # Errors
    /// No key could be made.
    pub async fn start(
        env: Env,
        base: &str,
        redirect_uris: Vec<String>,
        faces: Vec<Face>,
    ) -> Result<Self> {
        let key = tokio::task::spawn_blocking(|| KeyPair::generate(KeySize::Rsa2048))
            .await
            .map_err(|error| Error::Crypto(format!("key generation: {error}")))?
            .map_err(|_| Error::Crypto("key generation failed".to_owned()))?;
        Ok(Self(Arc::new(Parts {
            client_secret: secrets::opaque(&env),
            env,
            base: base.trim_end_matches('/').to_owned(),
            redirect_uris,
            faces,
            key,
            store: store::Store::default(),
        })))
    }

    /// Pages and endpoints, to be mounted at the base.
    pub fn router(&self) -> Router {
        let mut router = Router::new();
        for flavor in Flavor::ALL {
            router = router.merge(flavor.routes());
        }
        router
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .with_state(self.clone())
    }

    /// What the provider's clients are told of it, by name.
    #[must_use]
    pub fn settings(&self) -> BTreeMap<String, SocialProvider> {
        let all = Flavor::ALL.iter();
        all.map(|flavor| (flavor.key().to_owned(), flavor.settings(&self.0.base)))
            .collect()
    }

    /// The secrets of those clients, by client id.
    #[must_use]
    pub fn client_secrets(&self) -> BTreeMap<String, SecretString> {
        let secret = |flavor: &Flavor| {
            let secret = self.0.client_secret.clone().into();
            (flavor.client_id().to_owned(), secret)
        };
        Flavor::ALL.iter().map(secret).collect()
    }
}
