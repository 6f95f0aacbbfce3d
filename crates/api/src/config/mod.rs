//! What the web page has to know before anybody has signed in.

mod get;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// Where the server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// `bailiwick dev`.
    Development,
    /// `bailiwick serve`.
    Production,
}

/// Settings of the web page, read at run time so that one build serves every installation.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConfigView {
    /// Clerk's publishable key.
    pub publishable_key: String,
    /// The path of the Frontend API where it is on our own origin.
    #[schema(required = true)]
    pub proxy_url: Option<String>,
    /// The page to sign in on.
    pub sign_in_url: String,
    /// The page to sign up on.
    pub sign_up_url: String,
    /// The mailbox of a development server.
    #[schema(required = true)]
    pub mailbox_url: Option<String>,
    /// Where the server runs.
    pub environment: Environment,
    /// The server's version.
    pub version: String,
    /// Bytes of one document at most.
    pub max_upload_bytes: u64,
    /// Content types that documents may have.
    pub allowed_content_types: Vec<String>,
}

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get::get))
}
