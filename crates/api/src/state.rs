//! What every handler can reach.

use std::ops::Deref;
use std::sync::Arc;

use bailiwick_kernel::Env;
use bailiwick_services::App;
use http::HeaderValue;

use crate::config::ConfigView;
use crate::health::Readiness;
use crate::metrics::Metrics;
use crate::rate_limit::RateLimits;
use crate::security;
use crate::settings::HttpSettings;

/// The parts of the running server behind one reference: each layer of each request clones it.
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

/// The parts of the running server.
pub struct Parts {
    /// Time and randomness.
    pub env: Env,
    /// The use cases.
    pub app: App,
    /// Secrets of the provider's webhooks: any of them may have signed.
    pub webhook_secrets: Vec<bailiwick_clerk::webhook::Secret>,
    /// Settings of the HTTP side.
    pub http: HttpSettings,
    /// What the web page is told at run time.
    pub page_config: ConfigView,
    /// Whether traffic may come.
    pub readiness: Readiness,
    /// Who has asked too often.
    pub limits: RateLimits,
    /// The content security policy of pages.
    pub page_policy: HeaderValue,
    /// What Prometheus reads.
    pub metrics: Metrics,
}

impl AppState {
    /// The state of a server with these settings. Limits and the page's policy follow from them.
    ///
    /// # Errors
    /// A source of the page's content security policy is no header text.
    pub fn new(
        app: App,
        webhook_secrets: Vec<bailiwick_clerk::webhook::Secret>,
        http: HttpSettings,
        page_config: ConfigView,
        readiness: Readiness,
        metrics: Metrics,
    ) -> Result<Self, http::Error> {
        Ok(Self(Arc::new(Parts {
            env: app.env().clone(),
            app,
            webhook_secrets,
            limits: RateLimits::new(&http),
            page_policy: security::page_policy(&http.page_sources)?,
            http,
            page_config,
            readiness,
            metrics,
        })))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
