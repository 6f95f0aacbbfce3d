//! Memberships, compared. A role is compared as the provider calls it: the finer one is ours.

use std::collections::{BTreeMap, HashMap};

use bailiwick_clerk::api::{ListPage, MAX_AMONG};
use bailiwick_clerk::resources::Membership;
use bailiwick_store::mirror::{Left, MirroredMembership};
use bailiwick_store::tombstones;
use jiff::Timestamp;

use super::pace::Pace;
use super::thing::{Here, Kind, Thing, different, unless_gone};
use crate::sync::{Outcome, Word, buried, memberships};
use crate::{App, Result};

/// The key of a membership, or of an invitation.
pub(crate) fn key_of(org: &str, user: &str) -> String {
    format!("{org}:{user}")
}

/// The organization of a key, and the user or the invitation.
pub(super) fn parts(key: &str) -> (&str, &str) {
    key.split_once(':').unwrap_or((key, ""))
}

impl Thing for Membership {
    type Row = MirroredMembership;
    const KIND: Kind = Kind::Membership;

    fn key(&self) -> String {
        key_of(&self.organization.id, self.user_id().unwrap_or_default())
    }

    fn updated_at(&self) -> Option<Timestamp> {
        self.updated_at
    }

    fn differences(&self, row: &MirroredMembership) -> Vec<&'static str> {
        different(&[
            ("role", row.provider_role == self.role),
            (
                "id",
                row.clerk_membership_id.as_deref() == Some(self.id.as_str()),
            ),
        ])
    }

    async fn page(app: &App, page: ListPage) -> Result<Vec<Self>> {
        Ok(app.clerk().list_memberships(page).await?.data)
    }

    async fn here(app: &App, things: &[Self]) -> Result<HashMap<String, Here<MirroredMembership>>> {
        let org = |m: &Self| m.organization.id.clone();
        let user = |m: &Self| m.user_id().unwrap_or_default().to_owned();
        let pairs: Vec<(String, String)> = things.iter().map(|m| (org(m), user(m))).collect();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(o, u)| (o.as_str(), u.as_str()))
            .collect();
        here(app, &pairs).await
    }

    async fn get(app: &App, key: &str) -> Result<Option<Self>> {
        let (org, user) = parts(key);
        let found = app.clerk().list_memberships_among(org, &[user]).await;
        let found = unless_gone(found)?.unwrap_or_default();
        Ok(found.into_iter().find(|m| m.user_id() == Some(user)))
    }

    async fn is_on_its_way(app: &App, key: &str) -> Result<bool> {
        let (org, user) = parts(key);
        Ok(app.store().is_membership_on_its_way(org, user).await?)
    }

    async fn apply(&self, app: &App, word: Word) -> Result<Outcome> {
        memberships::apply(app, app.store().control().await?, self, None, word).await
    }

    async fn look_for(
        app: &App,
        pace: &Pace,
        left: Vec<Left>,
    ) -> Result<Vec<(Left, Option<Self>)>> {
        let mut by_org: BTreeMap<String, Vec<Left>> = BTreeMap::new();
        for left in left {
            by_org
                .entry(parts(&left.key).0.to_owned())
                .or_default()
                .push(left);
        }
        let mut found = Vec::new();
        for (org, lefts) in by_org {
            for lefts in lefts.chunks(MAX_AMONG) {
                pace.turn().await;
                let users: Vec<&str> = lefts.iter().map(|left| parts(&left.key).1).collect();
                let there = app.clerk().list_memberships_among(&org, &users).await;
                let there = unless_gone(there)?.unwrap_or_default();
                let mut there: HashMap<String, Self> =
                    there.into_iter().map(|m| (m.key(), m)).collect();
                for left in lefts {
                    let membership = there.remove(&left.key);
                    found.push((left.clone(), membership));
                }
            }
        }
        Ok(found)
    }

    async fn end(app: &App, key: &str, word: Word) -> Result<Outcome> {
        memberships::end(app, app.store().control().await?, parts(key), word).await
    }
}

/// What is here of these memberships, by the provider's ids of organization and user.
pub(crate) async fn here(
    app: &App,
    pairs: &[(&str, &str)],
) -> Result<HashMap<String, Here<MirroredMembership>>> {
    let (orgs, users): (Vec<&str>, Vec<&str>) = pairs.iter().copied().unzip();
    let rows = app.store().mirrored_memberships(&orgs, &users).await?;
    let keys: Vec<String> = pairs.iter().map(|(org, user)| key_of(org, user)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let mut here = buried(app, tombstones::Kind::Membership, &keys, false).await?;
    for row in rows {
        let key = key_of(&row.clerk_org_id, &row.clerk_user_id);
        let tombstone = here.get(&key).map(|found: &Here<_>| found.at);
        let found = Here {
            at: tombstone.map_or(row.updated_at, |at| at.max(row.updated_at)),
            is_final: row.is_gone,
            row: (!row.is_removed).then_some(row),
        };
        here.insert(key, found);
    }
    Ok(here)
}
