//! An S3 server on the loopback, with a folder of its own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::error_handling::HandleError;
use axum::http::StatusCode;
use bailiwick_kernel::{Env, ManualClock, SystemRandom};
use bailiwick_outside::storage::{ObjectKey, S3Config, S3Store};
use jiff::SignedDuration;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const BUCKET: &str = "documents";

pub struct Server {
    pub url: String,
    pub folder: TempDir,
}

impl Server {
    pub async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single("key", "secret"));
        let service = HandleError::new(service.build(), |_| async {
            StatusCode::INTERNAL_SERVER_ERROR
        });
        let url = serve(Router::new().fallback_service(service)).await;
        Self { url, folder }
    }

    pub fn config(&self) -> S3Config {
        config(&self.url)
    }

    pub fn store(&self) -> S3Store {
        S3Store::new(self.config()).unwrap()
    }
}

/// Serves until the test's runtime ends.
pub async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    url
}

pub fn config(url: &str) -> S3Config {
    S3Config {
        endpoint: Some(url.to_owned()),
        public_endpoint: None,
        region: "us-east-1".into(),
        bucket: BUCKET.into(),
        path_style: true,
        access_key: "key".into(),
        secret_key: "secret".into(),
        session_token: None,
        env: Env::system(),
        timeout: Duration::from_secs(10),
    }
}

/// The real time, moved: signatures are judged by the server's clock.
pub fn env_at(offset_secs: i64) -> Env {
    let now = Env::system().now() + SignedDuration::from_secs(offset_secs);
    Env::new(Arc::new(ManualClock::at(now)), Arc::new(SystemRandom))
}

pub fn key(text: &str) -> ObjectKey {
    text.parse().unwrap()
}
