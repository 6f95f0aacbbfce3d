//! A second server on the same database, as another node of the same installation.

use std::sync::Arc;

use bailiwick_api::{AppState, Metrics, Readiness};
use bailiwick_clerk::webhook::Secret;
use bailiwick_services::App;

use crate::app::serve;
use crate::options::{self, Outside};
use crate::{Persona, SECRET, TestApp};

/// Connections of a second server: enough for what one test asks of it.
const POOL: usize = 4;

/// A second server on the same database, with caches of its own.
pub struct Neighbour {
    /// Its use cases.
    pub app: App,
    base: Arc<str>,
}

impl TestApp {
    /// Starts a second server beside this one. Both follow what the other changes.
    pub async fn neighbour(&self) -> Neighbour {
        let outside = Outside {
            env: self.app.env().clone(),
            provider_url: self.provider_url.clone(),
            objects: Arc::clone(self.app.objects()),
            pack: Arc::clone(self.app.pack()),
            modules: self.modules,
            direct: self.database.app_direct().await,
        };
        let rules = self.app.settings().clone();
        let pool = self.database.app(POOL).await;
        let app = options::app(pool, options::Powers::default(), outside, rules.clone());
        let state = AppState::new(
            app.clone(),
            vec![Secret::parse(SECRET).unwrap()],
            self.state.http.clone(),
            options::page(&rules),
            Readiness::new(Vec::new()),
            Metrics::detached().unwrap(),
        );
        let router = bailiwick_api::router_with(state.unwrap(), self.modules).unwrap();
        let base = serve(router, &self.stop, &self.tasks).await.into();
        self.follow_changes();
        self.follow_with(&app);
        Neighbour { app, base }
    }
}

impl Persona {
    /// The same person asking the other server.
    #[must_use]
    pub fn at(&self, neighbour: &Neighbour) -> Self {
        self.through(&neighbour.base)
    }
}
