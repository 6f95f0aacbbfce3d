//! Open invitations, compared. The provider's list has the open ones alone; one that is open here and
//! not on it is asked for by itself. A role is compared as the provider calls it.

use std::collections::HashMap;

use bailiwick_clerk::api::ListPage;
use bailiwick_clerk::resources::OrganizationInvitation;
use bailiwick_store::mirror::MirroredInvitation;
use jiff::Timestamp;

use super::memberships::{key_of, parts};
use super::thing::{Here, Kind, Thing, different, unless_gone};
use crate::sync::{Outcome, Word, invitations};
use crate::{App, Result};

impl Thing for OrganizationInvitation {
    type Row = MirroredInvitation;
    const KIND: Kind = Kind::Invitation;

    fn key(&self) -> String {
        key_of(&self.organization_id, &self.id)
    }

    fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    fn differences(&self, row: &MirroredInvitation) -> Vec<&'static str> {
        different(&[
            ("status", row.status == self.status),
            ("role", row.provider_role == self.role),
        ])
    }

    async fn page(app: &App, page: ListPage) -> Result<Vec<Self>> {
        Ok(app.clerk().list_open_invitations(page).await?.data)
    }

    async fn here(app: &App, things: &[Self]) -> Result<HashMap<String, Here<MirroredInvitation>>> {
        let ids: Vec<&str> = things.iter().map(|one| one.id.as_str()).collect();
        let rows = app.store().mirrored_invitations(&ids).await?;
        let here = rows.into_iter().map(|row| {
            let found = Here {
                at: row.updated_at,
                is_final: row.is_gone,
                row: Some(row.clone()),
            };
            (key_of(&row.clerk_org_id, &row.clerk_invitation_id), found)
        });
        Ok(here.collect())
    }

    async fn get(app: &App, key: &str) -> Result<Option<Self>> {
        let (org, id) = parts(key);
        unless_gone(app.clerk().get_organization_invitation(org, id).await)
    }

    async fn is_on_its_way(app: &App, key: &str) -> Result<bool> {
        Ok(app.store().is_invitation_on_its_way(parts(key).1).await?)
    }

    async fn apply(&self, app: &App, word: Word) -> Result<Outcome> {
        invitations::apply(app, app.store().control().await?, self, word).await
    }

    async fn end(app: &App, key: &str, word: Word) -> Result<Outcome> {
        invitations::end(app, app.store().control().await?, parts(key), word).await
    }
}
