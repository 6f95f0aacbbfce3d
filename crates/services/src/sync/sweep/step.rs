//! One step of a sweep: a page, or some of what was on none.

use bailiwick_clerk::resources::{Membership, Organization, OrganizationInvitation, User};
use bailiwick_store::sweeps;
use uuid::Uuid;

use super::compare::{Difference, Mode, compare, end};
use super::pace::Pace;
use super::position::{Counts, Fit, Phase, Position};
use super::thing::{Kind, Thing};
use crate::{App, Result};

/// How much a page asks for: as much as the provider gives.
const PAGE: u32 = 500;
/// How much of what was on no page is asked about at once.
const LEFT: i64 = 200;

/// What a step works on.
pub(super) struct Step<'a> {
    pub app: &'a App,
    pub sweep: Uuid,
    pub mode: Mode,
    pub pace: &'a Pace,
    /// Hears of each difference.
    pub tell: &'a (dyn Fn(&Difference) + Send + Sync),
}

impl Step<'_> {
    /// Takes one step; position and counts are where it ended.
    pub async fn take(&self, position: &mut Position, counts: &mut Counts) -> Result<()> {
        match position.phase {
            Phase::List(Kind::User) => self.list::<User>(position, counts).await,
            Phase::Left(Kind::User) => self.left::<User>(position, counts).await,
            Phase::List(Kind::Organization) => self.list::<Organization>(position, counts).await,
            Phase::Left(Kind::Organization) => self.left::<Organization>(position, counts).await,
            Phase::List(Kind::Membership) => self.list::<Membership>(position, counts).await,
            Phase::Left(Kind::Membership) => self.left::<Membership>(position, counts).await,
            Phase::List(Kind::Invitation) => {
                self.list::<OrganizationInvitation>(position, counts).await
            }
            Phase::Left(Kind::Invitation) => {
                self.left::<OrganizationInvitation>(position, counts).await
            }
            Phase::Over => Ok(()),
        }
    }

    async fn list<T: Thing>(&self, position: &mut Position, counts: &mut Counts) -> Result<()> {
        self.pace.turn().await;
        let mut page = T::page(self.app, position.page(PAGE)).await?;
        let keys: Vec<String> = page.iter().map(T::key).collect();
        let from = match position.fit(&keys) {
            Fit::From(from) => from,
            Fit::Back => {
                position.go_back(PAGE);
                return Ok(());
            }
        };
        let new = page.split_off(from);
        let here = T::here(self.app, &new).await?;
        for thing in &new {
            let found = compare(self.app, thing, here.get(&thing.key()), self.mode).await?;
            self.note(counts, found);
        }
        counts.meet(T::KIND, new.len());
        let mut tx = self.app.store().control().await?;
        let kind = T::KIND.as_str();
        sweeps::meet(&mut tx, self.sweep, kind, position.pages, &keys).await?;
        tx.commit().await?;
        position.go_on(&keys, PAGE);
        Ok(())
    }

    async fn left<T: Thing>(&self, position: &mut Position, counts: &mut Counts) -> Result<()> {
        let (store, kind) = (self.app.store(), T::KIND.as_str());
        let after = &position.after;
        let left = store.left_by_sweep(self.sweep, kind, after, LEFT).await?;
        let Some(last) = left.last().map(|left| left.key.clone()) else {
            position.enter(position.phase.next());
            return Ok(());
        };
        let asked_at = self.app.env().now();
        for (left, thing) in T::look_for(self.app, self.pace, left).await? {
            let found = match thing {
                // It came meanwhile, or its page moved: compared as any other.
                Some(thing) => {
                    let things = [thing];
                    let here = T::here(self.app, &things).await?;
                    let [thing] = &things;
                    compare(self.app, thing, here.get(&left.key), self.mode).await?
                }
                None => end::<T>(self.app, &left.key, left.updated_at, asked_at, self.mode).await?,
            };
            self.note(counts, found);
        }
        position.after = last;
        Ok(())
    }

    fn note(&self, counts: &mut Counts, found: Option<Difference>) {
        let Some(found) = found else { return };
        let (kind, differs) = (found.kind.as_str(), found.differs.as_str());
        metrics::counter!("sync_differences", "kind" => kind, "differs" => differs).increment(1);
        tracing::info!(
            sweepId = %self.sweep, kind, differs, key = found.key, members = ?found.members,
            "the mirror differed from the provider"
        );
        counts.find(&found);
        (self.tell)(&found);
    }
}
