//! What a caller decides about its object store.

use std::fmt;
use std::path::PathBuf;

/// How to run an object store.
#[derive(Clone)]
pub struct ObjectStoreConfig {
    /// Where the objects live; created when missing.
    pub dir: PathBuf,
    /// TCP port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The one access key that is accepted.
    pub access_key: String,
    /// Its secret.
    pub secret_key: String,
    /// Buckets that exist from the start, by the naming rules of S3.
    pub buckets: Vec<String>,
    /// Origins whose pages may use signed URLs, such as `http://localhost:3000`.
    pub allowed_origins: Vec<String>,
}

impl fmt::Debug for ObjectStoreConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStoreConfig")
            .field("dir", &self.dir)
            .field("port", &self.port)
            .field("access_key", &self.access_key)
            .field("buckets", &self.buckets)
            .field("allowed_origins", &self.allowed_origins)
            .finish_non_exhaustive()
    }
}
