//! The handle on a running object store.

use std::io;

use axum::error_handling::HandleError;
use axum::{Router, middleware};
use http::StatusCode;
use s3s::HttpError;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;

use super::api::Api;
use super::config::ObjectStoreConfig;
use super::cors::{self, Origins};
use super::error::ObjectStoreError;
use super::store::Store;
use crate::listen::{Bound, Server};

/// A running object store on 127.0.0.1. It belongs to the async runtime it was started on, and
/// stops when the handle is dropped.
#[derive(Debug)]
pub struct ObjectStore {
    server: Server,
}

impl ObjectStore {
    /// Opens the directory and answers.
    ///
    /// # Errors
    /// A taken port or directory, a bad name, a disk that refuses; the text says what to do.
    pub async fn start(config: ObjectStoreConfig) -> Result<Self, ObjectStoreError> {
        let port = config.port;
        let bound = Bound::on(port).await.map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => ObjectStoreError::PortTaken { port },
            _ => ObjectStoreError::io(format!("listening on port {port}"))(error),
        })?;
        let origins = Origins::new(&config.allowed_origins)
            .map_err(|origin| ObjectStoreError::Origin { origin })?;
        let store = Store::open(&config.dir, &config.buckets)?;
        let mut service = S3ServiceBuilder::new(Api { store });
        service.set_auth(SimpleAuth::from_single(
            config.access_key,
            config.secret_key,
        ));
        let service = HandleError::new(service.build(), refuse);
        let router = Router::new()
            .fallback_service(service)
            .layer(middleware::from_fn_with_state(origins, cors::apply));
        let server = bound.serve(router);
        tracing::info!(port = server.port(), dir = %config.dir.display(), "the object store is ready");
        Ok(Self { server })
    }

    /// Where it answers, such as `http://127.0.0.1:4401`; buckets are the first segment of the
    /// path. The host is not `localhost`, so that the product's cookies are not sent along.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.server.port())
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port()
    }

    /// Lets requests in flight end for a few seconds, then stops.
    pub async fn stop(self) {
        self.server.stop().await;
    }
}

/// What `s3s` could not make an answer of.
async fn refuse(error: HttpError) -> StatusCode {
    tracing::error!(?error, "the object store could not answer");
    StatusCode::INTERNAL_SERVER_ERROR
}
