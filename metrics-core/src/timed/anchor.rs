//! Labels of a call that is under way, where some of them are open.

use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

use hashbrown::HashTable;

use crate::family::Family;
use crate::key::{Completed, Key, Parts, Query};
use crate::label::LabelRef;
use crate::outcome::{OUTCOMES, Outcome};
use crate::series::Series;

/// The labels, owned, and the series they have had so far.
#[derive(Debug)]
pub(crate) struct Anchor {
    family: &'static Family,
    key: Key,
    /// From one outcome to the next among the fixed labels; 0 if the metric has no outcome.
    stride: usize,
    series: Known,
}

/// The series of each outcome, as far as they have been looked up.
#[derive(Debug, Default)]
pub(crate) struct Known([OnceLock<Series>; OUTCOMES]);

/// The most anchors that a thread remembers; then it starts over.
const ANCHOR_LIMIT: usize = 8192;

thread_local! {
    /// The anchors that this thread used.
    static ANCHORS: RefCell<HashTable<Arc<Anchor>>> = const { RefCell::new(HashTable::new()) };
}

/// The anchor of these labels.
#[inline]
pub(crate) fn anchor<const N: usize>(family: &'static Family, parts: &Parts<'_, N>) -> Arc<Anchor> {
    let hash = family.hash(parts);
    let stride = parts.pending();
    let known = ANCHORS.try_with(|anchors| {
        let anchors = anchors.try_borrow().ok()?;
        let matches = |anchor: &Arc<Anchor>| {
            std::ptr::eq(anchor.family, family)
                && anchor.stride == stride
                && parts.matches(&anchor.key)
        };
        anchors.find(hash, matches).map(Arc::clone)
    });
    known.ok().flatten().unwrap_or_else(|| remember(hash, family, stride, parts))
}

/// Makes an anchor. It has to outlive the labels, so it allocates; once for each thread.
#[cold]
#[inline(never)]
fn remember(hash: u64, family: &'static Family, stride: usize, labels: &impl Query) -> Arc<Anchor> {
    let mut key = labels.to_key(family.descriptor());
    key.hash = hash;
    let anchor = Arc::new(Anchor { family, key, stride, series: Known::default() });
    // Without thread-local storage, at the end of the thread, every call makes its own.
    let _ = ANCHORS.try_with(|anchors| {
        let Ok(mut anchors) = anchors.try_borrow_mut() else { return };
        if anchors.len() >= ANCHOR_LIMIT {
            anchors.clear();
        }
        anchors.insert_unique(hash, Arc::clone(&anchor), |anchor| anchor.key.hash);
    });
    anchor
}

impl Anchor {
    /// The series of a call that ended so.
    #[inline]
    pub(crate) fn series(&self, outcome: Outcome) -> Series {
        let outcome = if self.stride == 0 { Outcome::Ok } else { outcome };
        self.series.of(outcome, || self.completed(outcome, 0, &[]))
    }

    /// The series with some labels replaced: by `fixed` in the combination of fixed labels, and by `open`.
    pub(crate) fn completed(
        &self,
        outcome: Outcome,
        fixed: usize,
        open: &[(usize, LabelRef<'_>)],
    ) -> Series {
        let fixed = self.key.fixed + self.stride * outcome.place() + fixed;
        self.family.find(&Completed { key: &self.key, fixed, open })
    }

    pub(crate) fn family(&self) -> &'static Family {
        self.family
    }
}

impl Known {
    pub(crate) const fn new() -> Self {
        Self([const { OnceLock::new() }; OUTCOMES])
    }

    /// The series of `outcome`, which `find` looks up where it is not known.
    #[inline]
    pub(crate) fn of(&self, outcome: Outcome, find: impl FnOnce() -> Series) -> Series {
        match self.0[outcome.place()].get() {
            // One that was recycled has other labels by now; one that was removed may be.
            Some(series) if series.is_current() => *series,
            known => Self::look_up(known.is_none().then_some(&self.0[outcome.place()]), find),
        }
    }

    #[cold]
    #[inline(never)]
    fn look_up(empty: Option<&OnceLock<Series>>, find: impl FnOnce() -> Series) -> Series {
        let series = find();
        // What overflows now may have room later.
        if let Some(empty) = empty
            && !series.block.family().is_overflow(series.block)
        {
            let _ = empty.set(series);
        }
        series
    }
}
