//! Organizations, compared.

use std::collections::HashMap;

use bailiwick_clerk::api::ListPage;
use bailiwick_clerk::resources::Organization;
use bailiwick_store::mirror::{Left, MirroredOrganization};
use bailiwick_store::tombstones;
use jiff::Timestamp;

use super::pace::Pace;
use super::thing::{Here, Kind, Thing, unless_gone};
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
        let same = [
            ("name", row.name == self.name),
            ("slug", row.slug == organizations::slug_of(self)),
            ("picture", row.image_url == self.image_url),
        ];
        same.iter()
            .filter(|(_, same)| !same)
            .map(|(n, _)| *n)
            .collect()
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

    async fn again(&self, app: &App) -> Result<Option<Self>> {
        unless_gone(app.clerk().get_organization(&self.id).await)
    }

    async fn apply(&self, app: &App, word: Word) -> Result<Outcome> {
        organizations::apply(app, app.store().control().await?, self, word).await
    }

    async fn look_for(
        app: &App,
        pace: &Pace,
        left: Vec<Left>,
    ) -> Result<Vec<(Left, Option<Self>)>> {
        let mut found = Vec::with_capacity(left.len());
        for left in left {
            pace.turn().await;
            let org = unless_gone(app.clerk().get_organization(&left.key).await)?;
            found.push((left, org));
        }
        Ok(found)
    }

    async fn end(app: &App, key: &str, word: Word) -> Result<Outcome> {
        organizations::delete(app, app.store().control().await?, key, word).await
    }
}
