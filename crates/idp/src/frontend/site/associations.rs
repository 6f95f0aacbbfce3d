//! Native applications that belong to the site: there are none.

use axum::Json;
use serde_json::{Value, json};

/// `GET /.well-known/assetlinks.json`: applications for Android. Public.
pub async fn android() -> Json<Value> {
    Json(json!([]))
}

/// `GET /.well-known/apple-app-site-association`: applications of Apple's systems. Public.
pub async fn apple() -> Json<Value> {
    Json(json!({ "webcredentials": { "apps": [] } }))
}
