//! Scopes: what a capture records goes into shards of its own.
//!
//! A thread inside a scope writes to a shard that began at zero; those shards count in the totals of
//! the process like any other. When nobody holds the scope any more, its shards are added to those of
//! the scope around it, or of the thread if there is none, and the emptied segments are kept for the
//! next capture. Until then the scopes around it look into its shards too, so it does not matter who
//! holds it for how long.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::iter::successors;
use std::sync::{Arc, Mutex};

use super::shard::{self, Segment, SegmentList, Shard};
use crate::cells::change::{Change, Reading};
use crate::cells::totals::Totals;
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::sync::{Ordering::Relaxed, lock};

/// What a capture records into.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The scope that the capture began in: it sees what this one sees.
    outer: Option<Arc<Scope>>,
    /// Shards of threads that have left for the moment.
    idle: Mutex<Vec<Shard>>,
    /// The segments of all its shards, and of those of the scopes inside it.
    segments: SegmentList,
    /// What went into shared cells.
    tapped: Mutex<HashMap<SeriesId, Reading>>,
    /// Moves its counts to where they belong when nobody holds it any more.
    at_end: fn(&Scope),
}

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    static CURRENT: RefCell<Option<Arc<Scope>>> = const { RefCell::new(None) };
}

/// Whether this thread is inside a scope.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.get()
}

/// The scope that this thread is inside.
pub(crate) fn current() -> Option<Arc<Scope>> {
    CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
}

/// Calls `f` outside of any scope.
pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    if is_active() {
        let _outside = Inside::enter(None);
        f()
    } else {
        f()
    }
}

/// Keeps the thread inside a scope, or outside of any, until it is dropped.
#[derive(Debug)]
pub(crate) struct Inside {
    before: Option<Arc<Scope>>,
    /// The shard that the thread wrote to before; `None` if its storage is gone.
    shard: Option<Shard>,
}

impl Inside {
    pub(crate) fn enter(scope: Option<Arc<Scope>>) -> Self {
        let shard = match &scope {
            Some(scope) => lock(&scope.idle).pop().unwrap_or_else(|| scope.new_shard()),
            None => Shard::UNCLAIMED,
        };
        let shard = shard::swap(shard).ok();
        Self { before: replace_current(scope), shard }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // Guards may be dropped in any order, so this scope need not be the one that the thread is in.
        let scope = replace_current(self.before.take());
        let Some(shard) = self.shard.take() else { return };
        if let Ok(left) = shard::swap(shard) {
            match &scope {
                Some(scope) => lock(&scope.idle).push(left),
                None => left.release(),
            }
        }
    }
}

fn replace_current(scope: Option<Arc<Scope>>) -> Option<Arc<Scope>> {
    let active = scope.is_some();
    let before = CURRENT.try_with(|current| current.replace(scope)).ok();
    ACTIVE.set(active && before.is_some());
    before.flatten()
}

/// Keeps what goes into shared cells, if this thread is inside a scope.
pub(crate) fn tap(id: SeriesId, descriptor: &'static Descriptor, change: Change) {
    let Some(scope) = current() else { return };
    let (boundaries, value_type) = (descriptor.boundaries(), descriptor.value_type());
    let nothing = match change {
        Change::Record(_) => Reading::Histogram(Totals::new(boundaries.len())),
        Change::Add(_) | Change::Set(_) => Reading::Number(0),
    };
    for scope in scope.and_outer() {
        let mut tapped = lock(&scope.tapped);
        let reading = tapped.entry(id).or_insert_with(|| nothing.clone());
        match (reading, change) {
            (Reading::Histogram(totals), Change::Record(value)) => totals.record(boundaries, value),
            (Reading::Number(bits), Change::Set(new)) => *bits = new,
            (Reading::Number(bits), Change::Add(new)) => *bits = value_type.sum(*bits, new),
            // The kind of the metric decides on both.
            (Reading::Histogram(_), _) | (Reading::Number(_), Change::Record(_)) => {}
        }
    }
}

impl Scope {
    /// A scope inside the one that this thread is in.
    ///
    /// `at_end` is called when nobody holds the scope any more: it moves the counts to where the
    /// scope began.
    pub(crate) fn new(at_end: fn(&Self)) -> Self {
        Self {
            outer: current(),
            idle: Mutex::default(),
            segments: SegmentList::default(),
            tapped: Mutex::default(),
            at_end,
        }
    }

    /// The scope and those around it.
    fn and_outer(&self) -> impl Iterator<Item = &Self> {
        successors(Some(self), |scope| scope.outer.as_deref())
    }

    /// Makes this thread record where the scope leaves its counts, if it does not already.
    pub(crate) fn enter_outer(&self) -> Option<Inside> {
        let is_there = match (&current(), &self.outer) {
            (Some(here), Some(outer)) => Arc::ptr_eq(here, outer),
            (here, outer) => here.is_none() && outer.is_none(),
        };
        (!is_there).then(|| Inside::enter(self.outer.clone()))
    }

    /// A shard whose segments this scope and those around it see.
    fn new_shard(&self) -> Shard {
        Shard::for_capture(self.and_outer().map(|scope| Arc::clone(&scope.segments)).collect())
    }

    /// Empties the shards and keeps their segments for the next capture. The caller has moved the
    /// counts, and keeps readers out.
    pub(crate) fn recycle(&self) {
        let own = lock(&self.segments);
        for scope in self.and_outer().skip(1) {
            let is_own = |segment| own.iter().any(|(_, own)| std::ptr::eq(*own, segment));
            lock(&scope.segments).retain(|(_, segment)| !is_own(*segment));
        }
        for (_, segment) in own.iter() {
            // Relaxed: nobody writes there any more, and the lock of the list publishes it.
            segment.iter().for_each(|cell| cell.store(0, Relaxed));
        }
        lock(&self.idle).drain(..).for_each(Shard::recycle);
    }

    /// The copies of a segment in the scope's shards.
    pub(crate) fn copies(&self, number: usize) -> Vec<&'static Segment> {
        let segments = lock(&self.segments);
        segments.iter().filter(|(n, _)| *n == number).map(|(_, segment)| *segment).collect()
    }

    /// What went into the shared cells of the series `id`.
    pub(crate) fn tapped(&self, id: SeriesId) -> Option<Reading> {
        lock(&self.tapped).get(&id).cloned()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        // At the end of a thread the counts have nowhere to go: the shards stay as they are, and
        // count.
        if shard::is_available() {
            (self.at_end)(self);
        }
    }
}
