//! One chain, from its first link to its end.

use std::collections::HashMap;

use bailiwick_store::audit::check::{Checked, Snapshot};
use bailiwick_store::audit::link::Head;
use bailiwick_store::audit::{Chain, Link, Tombstone};
use jiff::SignedDuration;
use uuid::Uuid;

use super::report::{Finding, Report, What};
use super::{Verifier, outside};
use crate::Result;

/// Findings of one chain that are listed: what is wrong everywhere need not be said of everything.
const FINDINGS_MAX: usize = 50;
/// Strays that are listed.
const STRAYS_MAX: i64 = 20;
/// A new link may take so long to be outside.
const PUBLISHED_WITHIN: SignedDuration = SignedDuration::from_mins(1);

/// A walk along one chain.
struct Walk<'a> {
    verifier: &'a Verifier<'a>,
    report: &'a mut Report,
    chain: Chain,
    links: outside::Links,
    snapshot: Snapshot,
    found: usize,
    /// The last link so far.
    last: Option<Link>,
}

impl Verifier<'_> {
    pub async fn chain(&self, chain: Chain, report: &mut Report) -> Result<()> {
        let links = match self.objects {
            Some(objects) => outside::links(objects, chain).await?,
            None => outside::Links::new(),
        };
        let snapshot = self.store.chain_snapshot(chain).await?;
        let walk = Walk {
            verifier: self,
            report,
            chain,
            links,
            snapshot,
            found: 0,
            last: None,
        };
        walk.run().await
    }
}

impl Walk<'_> {
    async fn run(mut self) -> Result<()> {
        if let Some(tombstone) = self.snapshot.tombstone().await? {
            return self.removed(&tombstone).await;
        }
        let facts = self.report.facts;
        self.walk_links().await?;
        let pending = self.walk_pending().await?;
        for stray in self.snapshot.strays(STRAYS_MAX).await? {
            self.find(What::Stray(stray));
        }
        self.check_head().await?;
        self.check_end();
        let has_facts = self.report.facts > facts || pending > 0;
        self.report.pending += pending;
        self.report.chains += usize::from(has_facts || self.found > 0);
        Ok(())
    }

    fn find(&mut self, what: What) {
        self.found += 1;
        let what = match self.found {
            0..=FINDINGS_MAX => what,
            n if n == FINDINGS_MAX + 1 => What::More,
            _ => return,
        };
        let chain = self.chain;
        self.report.findings.push(Finding { chain, what });
    }

    async fn walk_links(&mut self) -> Result<()> {
        loop {
            let at = self.last.as_ref().map_or(0, |last| last.head.number);
            let links = self.snapshot.links(at).await?;
            if links.is_empty() {
                return Ok(());
            }
            for (link, ids) in links {
                self.check_link(&link, &ids).await?;
                self.last = Some(link);
            }
        }
    }

    async fn check_link(&mut self, link: &Link, ids: &[Uuid]) -> Result<()> {
        let number = link.head.number;
        self.report.links += 1;
        self.report.facts += ids.len();
        let before = self.last.take();
        let before = before.map_or_else(Head::start, |last| last.head);
        if number != before.number + 1 {
            self.find(What::LinkMissing(before.number + 1));
        }
        if !link.is_genuine(self.verifier.keys) {
            self.find(What::LinkForged(number));
        }
        let facts = self.snapshot.facts(self.verifier.keys, ids).await?;
        let is_whole = self.check_facts(&facts, ids);
        // Where a fact is gone, its MAC is too, and that is said already.
        if is_whole && number == before.number + 1 {
            let macs = ids.iter().map(|id| {
                let mac = facts.get(id).map(|fact| fact.mac.as_slice());
                (*id, mac.unwrap_or_default())
            });
            if before.after(self.chain, macs) != link.head {
                self.find(What::LinkBroken(number));
            }
        }
        self.check_outside(link);
        Ok(())
    }

    /// Finds what was edited or deleted; whether all are there.
    fn check_facts(&mut self, facts: &HashMap<Uuid, Checked>, ids: &[Uuid]) -> bool {
        let mut is_whole = true;
        for id in ids {
            match facts.get(id) {
                None => {
                    is_whole = false;
                    self.find(What::Deleted(*id));
                }
                Some(fact) if !fact.is_genuine => self.find(What::Edited(*id)),
                Some(_) => {}
            }
        }
        is_whole
    }

    fn check_outside(&mut self, link: &Link) {
        let number = link.head.number;
        match self.links.get(&number) {
            None => {}
            Some(Some(kept)) if kept == link => {}
            Some(Some(kept)) if kept.is_genuine(self.verifier.keys) => {
                self.find(What::Replaced(number));
            }
            Some(_) => self.find(What::OutsideForged(number)),
        }
    }

    /// Facts that wait are facts all the same. Answers how many.
    async fn walk_pending(&mut self) -> Result<usize> {
        let (mut after, mut count) = (Uuid::nil(), 0);
        loop {
            let ids = self.snapshot.pending(after).await?;
            let Some(last) = ids.last() else {
                return Ok(count);
            };
            after = *last;
            count += ids.len();
            let facts = self.snapshot.facts(self.verifier.keys, &ids).await?;
            self.check_facts(&facts, &ids);
        }
    }

    fn end(&self) -> Head {
        let last = self.last.as_ref();
        last.map_or_else(Head::start, |last| last.head.clone())
    }

    async fn check_head(&mut self) -> Result<()> {
        let end = self.end();
        let head = self.snapshot.head().await?.unwrap_or_else(Head::start);
        if head != end {
            let (head, last) = (head.number, end.number);
            self.find(What::HeadElsewhere { head, last });
        }
        Ok(())
    }

    /// Whether the chain reaches as far as what is outside says.
    fn check_end(&mut self) {
        if self.verifier.objects.is_none() {
            return;
        }
        let last = self.end().number;
        self.check_reach(last);
        let is_new = |link: &Link| {
            let age = self.verifier.env.now().duration_since(link.sealed_at);
            age < PUBLISHED_WITHIN
        };
        let must_be_outside = self.last.as_ref().is_some_and(|link| !is_new(link));
        if must_be_outside && self.links.is_empty() {
            self.find(What::NothingOutside);
        }
    }

    fn check_reach(&mut self, last: i64) {
        let keys = self.verifier.keys;
        let newest = self.links.last_key_value();
        let newest = newest.map(|(number, link)| (*number, link.clone()));
        match newest {
            Some((outside, link)) if outside > last => {
                if link.is_some_and(|link| link.is_genuine(keys)) {
                    self.find(What::CutOff { outside, last });
                } else {
                    self.find(What::OutsideForged(outside));
                }
            }
            _ => {}
        }
    }

    /// A chain that was removed: the tombstone stands for what was there, and nothing else is.
    async fn removed(mut self, tombstone: &Tombstone) -> Result<()> {
        self.report.removed += 1;
        if !tombstone.is_genuine(self.verifier.keys) {
            self.find(What::TombstoneForged);
        }
        let has_links = !self.snapshot.links(0).await?.is_empty();
        let has_head = self.snapshot.head().await?.is_some();
        if has_links || has_head || !self.snapshot.strays(1).await?.is_empty() {
            self.find(What::Remains);
        }
        let number = tombstone.head.number;
        let kept = self.links.get(&number).and_then(Option::as_ref);
        if kept.is_some_and(|kept| kept.head != tombstone.head) {
            self.find(What::Replaced(number));
        }
        self.check_reach(number);
        Ok(())
    }
}
