//! The handles that a thread has found.
//!
//! A macro of `metrics` asks the recorder for a handle in every call. Each thread keeps its own
//! handles: so finding one takes no lock, and the count of references to a handle is a number that
//! no other thread writes, as a rule.

use std::cell::RefCell;

use hashbrown::HashTable;
use metrics::{Counter, Gauge, Histogram, Key};

/// The most handles of one kind that a thread keeps. When they are more, it begins anew, so that a
/// program with labels from its input fills no memory.
const MOST: usize = 4096;

/// The handles of a thread.
#[derive(Default)]
pub(super) struct Found {
    counters: Handles<Counter>,
    gauges: Handles<Gauge>,
    histograms: Handles<Histogram>,
}

/// Handles of one kind by their keys.
pub(super) type Handles<H> = HashTable<(Key, H)>;

thread_local! {
    static FOUND: RefCell<Found> = RefCell::default();
}

impl Found {
    pub(super) fn counters(&mut self) -> &mut Handles<Counter> {
        &mut self.counters
    }

    pub(super) fn gauges(&mut self) -> &mut Handles<Gauge> {
        &mut self.gauges
    }

    pub(super) fn histograms(&mut self) -> &mut Handles<Histogram> {
        &mut self.histograms
    }
}

/// The handle for `key` among those of a kind, which is made by `make` if this thread does not have
/// it.
#[inline]
pub(super) fn found<H: Clone>(
    kind: fn(&mut Found) -> &mut Handles<H>,
    key: &Key,
    make: impl FnOnce() -> H,
) -> H {
    let hash = key.get_hash();
    let known = FOUND.try_with(|found| {
        // A global allocator may record while this thread adds a handle.
        let mut found = found.try_borrow_mut().ok()?;
        let known = kind(&mut found).find(hash, |(other, _)| other == key);
        known.map(|(_, handle)| handle.clone())
    });
    match known {
        Ok(Some(handle)) => handle,
        _ => add(kind, key, make()),
    }
}

/// Adds a handle, unless this thread ends.
#[cold]
fn add<H: Clone>(kind: fn(&mut Found) -> &mut Handles<H>, key: &Key, handle: H) -> H {
    let _ = FOUND.try_with(|found| {
        let Ok(mut found) = found.try_borrow_mut() else { return };
        let handles = kind(&mut found);
        if handles.len() >= MOST {
            handles.clear();
        }
        let entry = (key.to_retained(), handle.clone());
        handles.insert_unique(key.get_hash(), entry, |(key, _)| key.get_hash());
    });
    handle
}
