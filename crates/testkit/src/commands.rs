//! A server under test as the product's own commands find it: by settings.

use crate::app::INTERNAL_KEY;
use crate::options::{ACCESS, AUDIT_KEY, BUCKET, Objects, REGION};
use crate::provider::SECRET_KEY;
use crate::{ISSUER, SECRET, TestApp};

impl TestApp {
    /// The settings with which `bailiwick` works on the database, the provider and the objects of
    /// this server; those of the objects where it has [`crate::Options::s3`], since others are in
    /// this process alone. The roles are reached past any pooler.
    #[must_use]
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let role = |role: &str| self.database.direct_url(role);
        let mut settings = vec![
            ("APP_URL", self.base().to_owned()),
            ("INTERNAL_API_KEY", INTERNAL_KEY.to_owned()),
            ("AUDIT_KEYS", AUDIT_KEY.to_owned()),
            ("DATABASE_URL", role("bailiwick_app")),
            ("DATABASE_MIGRATION_URL", role("bailiwick_owner")),
            ("DATABASE_RETENTION_URL", role("bailiwick_retention")),
            ("DATABASE_POOL_MAX", "4".to_owned()),
            ("CLERK_PUBLISHABLE_KEY", "pk_test_bm9ib2R5JA".to_owned()),
            ("CLERK_SECRET_KEY", SECRET_KEY.to_owned()),
            ("CLERK_API_URL", self.provider_url.clone()),
            ("CLERK_ISSUER", ISSUER.to_owned()),
            ("CLERK_WEBHOOK_SIGNING_SECRET", SECRET.to_owned()),
        ];
        if let Objects::S3 { server, .. } = &self.objects {
            settings.extend([
                ("S3_ENDPOINT", server.endpoint()),
                ("AWS_S3_BUCKET", BUCKET.to_owned()),
                ("AWS_REGION", REGION.to_owned()),
                ("AWS_ACCESS_KEY_ID", ACCESS.0.to_owned()),
                ("AWS_SECRET_ACCESS_KEY", ACCESS.1.to_owned()),
            ]);
        }
        settings
    }
}
