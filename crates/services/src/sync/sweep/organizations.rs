//! Organizations, compared.

use std::collections::HashMap;

use bailiwick_clerk::api::ListPage;
use bailiwick_clerk::resources::Organization;
use bailiwick_store::mirror::MirroredOrganization;
use bailiwick_store::tombstones;
use jiff::Timestamp;

use super::thing::{Here, Kind, Thing, different, unless_gone};
use crate::sync::{Outcome, Word, buried, organizations};
use crate::{App, Result};

impl Thing for Organization {
    type Row = MirroredOrganization;
    const KIND: Kind = Kind::Organization;

    fn key(&self) -> String {
        self.id.clone()
    }

    fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    fn differences(&self, row: &MirroredOrganization) -> Vec<&'static str> {
        different(&[
            ("name", row.name == self.name),
            ("slug", row.slug == organizations::slug_of(self)),
            ("picture", row.image_url == self.image_url),
        ])
    }

    async fn page(app: &App, page: ListPage) -> Result<Vec<Self>> {
        Ok(app.clerk().list_organizations(page).await?.data)
    }

    async fn here(
        app: &App,
        things: &[Self],
    ) -> Result<HashMap<String, Here<MirroredOrganization>>> {
        let ids: Vec<&str> = things.iter().map(|org| org.id.as_str()).collect();
        let rows = app.store().mirrored_organizations(&ids).await?;
        let mut here = buried(app, tombstones::Kind::Organization, &ids, true).await?;
        for row in rows {
            let found = Here {
                at: row.updated_at,
                is_final: row.is_deleted,
                row: Some(row.clone()),
            };
            here.entry(row.clerk_org_id).or_insert(found);
        }
        Ok(here)
    }

    async fn get(app: &App, key: &str) -> Result<Option<Self>> {
        unless_gone(app.clerk().get_organization(key).await)
    }

    async fn is_on_its_way(app: &App, key: &str) -> Result<bool> {
        Ok(app.store().is_organization_on_its_way(key).await?)
    }

    async fn apply(&self, app: &App, word: Word) -> Result<Outcome> {
        organizations::apply(app, app.store().control().await?, self, word).await
    }

    async fn end(app: &App, key: &str, word: Word) -> Result<Outcome> {
        organizations::delete(app, app.store().control().await?, key, word).await
    }
}
