//! Which statements a connection knows by name.

use std::collections::HashMap;
use std::sync::Arc;

use crate::row::Column;
use crate::{Schema, Statement};

/// Statements seen on a connection: named from their second use on, at most `bound` of them.
pub(crate) struct Cache {
    entries: HashMap<Place, Entry>,
    evicted: Vec<Arc<str>>,
    tick: u64,
    named: u64,
    bound: usize,
}

/// A statement by the address of its constant, and the schema that it runs in.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Place(usize, Option<Schema>);

struct Entry {
    last: u64,
    prepared: Option<(Arc<str>, Arc<[Column]>)>,
}

/// What a connection knows of a statement.
pub(crate) enum Known {
    /// It has a name here, and these columns.
    Ready(Arc<str>, Arc<[Column]>),
    /// It has not been seen, and may never come again: sent whole.
    First,
    /// It comes again: to be sent under this name, and kept.
    Again(Place, Arc<str>),
}

impl Cache {
    pub fn new(bound: usize) -> Self {
        Self {
            entries: HashMap::new(),
            evicted: Vec::new(),
            tick: 0,
            named: 0,
            bound,
        }
    }

    pub fn look_up(&mut self, statement: &'static Statement, schema: Option<&Schema>) -> Known {
        let place = Place(std::ptr::from_ref(statement).addr(), schema.cloned());
        self.tick += 1;
        if let Some(entry) = self.entries.get_mut(&place) {
            entry.last = self.tick;
            if let Some((name, columns)) = &entry.prepared {
                return Known::Ready(Arc::clone(name), Arc::clone(columns));
            }
            // Each try has a name of its own: whether an earlier one, given up half-way, reached
            // the server is not known.
            self.named += 1;
            return Known::Again(place, format!("s{}", self.named).into());
        }
        if self.entries.len() >= self.bound {
            self.evict();
        }
        let entry = Entry {
            last: self.tick,
            prepared: None,
        };
        self.entries.insert(place, entry);
        Known::First
    }

    /// The server has taken the statement under that name.
    pub fn keep(&mut self, place: &Place, name: Arc<str>, columns: Arc<[Column]>) {
        match self.entries.get_mut(place) {
            Some(entry) if entry.prepared.is_none() => entry.prepared = Some((name, columns)),
            // Twice in one flight, or evicted meanwhile: one of the two names is enough.
            _ => self.close(name),
        }
    }

    /// Has the server forget a name, which it may not even know.
    pub fn close(&mut self, name: Arc<str>) {
        self.evicted.push(name);
    }

    /// Forgets the least recently used eighth.
    fn evict(&mut self) {
        let mut ticks: Vec<u64> = self.entries.values().map(|e| e.last).collect();
        ticks.sort_unstable();
        let horizon = ticks.get(ticks.len() / 8).copied().unwrap_or(u64::MAX);
        let evicted = &mut self.evicted;
        self.entries.retain(|_, entry| {
            let stays = entry.last > horizon;
            if let (false, Some((name, _))) = (stays, &entry.prepared) {
                evicted.push(Arc::clone(name));
            }
            stays
        });
    }

    /// Names to be closed on the server.
    pub fn take_evicted(&mut self) -> Vec<Arc<str>> {
        std::mem::take(&mut self.evicted)
    }
}
