//! Users, compared.

use std::collections::HashMap;

use bailiwick_clerk::api::ListPage;
use bailiwick_clerk::resources::User;
use bailiwick_store::mirror::MirroredUser;
use bailiwick_store::tombstones;
use jiff::Timestamp;
use serde_json::Value;

use super::thing::{Here, Kind, Thing, different, unless_gone};
use crate::sync::{Outcome, Word, buried, users};
use crate::{App, Result};

impl Thing for User {
    type Row = MirroredUser;
    const KIND: Kind = Kind::User;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    fn differences(&self, row: &MirroredUser) -> Vec<&'static str> {
        let name = users::name_of(self);
        let metadata = Value::Object(self.public_metadata.clone());
        different(&[
            (
                "email",
                row.email.as_deref() == self.primary_verified_email(),
            ),
            // Where the provider has no name, the old one stays.
            (
                "name",
                name.is_empty() || row.full_name.as_deref() == Some(name.as_str()),
            ),
            ("picture", row.avatar_url == self.image_url),
            ("metadata", row.metadata == metadata),
        ])
    }

    async fn page(app: &App, page: ListPage) -> Result<Vec<Self>> {
        Ok(app.clerk().list_users(page).await?)
    }

    async fn here(app: &App, things: &[Self]) -> Result<HashMap<String, Here<MirroredUser>>> {
        let ids: Vec<&str> = things.iter().map(|user| user.id.as_str()).collect();
        let rows = app.store().mirrored_users(&ids).await?;
        let mut here = buried(app, tombstones::Kind::User, &ids, true).await?;
        for row in rows {
            let found = Here {
                at: row.updated_at,
                is_final: row.is_deleted,
                row: Some(row.clone()),
            };
            here.entry(row.clerk_user_id).or_insert(found);
        }
        Ok(here)
    }

    async fn get(app: &App, key: &str) -> Result<Option<Self>> {
        unless_gone(app.clerk().get_user(key).await)
    }

    /// Nothing about people is decided here.
    async fn is_on_its_way(_: &App, _: &str) -> Result<bool> {
        Ok(false)
    }

    async fn apply(&self, app: &App, word: Word) -> Result<Outcome> {
        users::apply(app, app.store().control().await?, self, word).await
    }

    async fn end(app: &App, key: &str, word: Word) -> Result<Outcome> {
        users::delete(app, app.store().control().await?, key, word).await
    }
}
