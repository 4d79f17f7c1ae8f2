//! The owned labels of a call that has not ended, for metrics with open labels.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashTable;

use super::series_by_outcome::SeriesByOutcome;
use crate::labels::outcome::Outcome;
use crate::labels::part::PartList;
use crate::labels::value::LabelRef;
use crate::locks;
use crate::store::family::Family;
use crate::store::key::{Completed, Key, Parts, Query};
use crate::store::series::Series;

/// The owned labels, and the series of each outcome in which a call with these labels has ended so
/// far.
#[derive(Debug)]
pub(crate) struct OwnedLabels {
    family: &'static Family,
    key: Key,
    /// The stride from one outcome to the next in the combination of fixed labels; 0 if the metric
    /// has no outcome.
    stride: usize,
    series: SeriesByOutcome,
}

/// A reference to owned labels.
///
/// The last reference is dropped as an [`outermost`](locks::outermost). Otherwise the calls of a
/// timed `dealloc` would not end where threads keep no labels, because each call would free its
/// own.
#[derive(Debug)]
pub(crate) struct SharedLabels(Option<Arc<OwnedLabels>>);

impl SharedLabels {
    /// The labels of no call, because it is not recorded.
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn get(&self) -> Option<&OwnedLabels> {
        self.0.as_deref()
    }
}

impl Drop for SharedLabels {
    #[inline]
    fn drop(&mut self) {
        if let Some(labels) = &self.0
            && Arc::strong_count(labels) == 1
        {
            drop_last(self.0.take());
        }
    }
}

#[cold]
fn drop_last(labels: Option<Arc<OwnedLabels>>) {
    let _outermost = locks::outermost();
    drop(labels);
}

/// The maximum number of owned labels that a thread keeps. At the limit, the thread empties its
/// table.
const LIMIT: usize = 8192;

thread_local! {
    /// The owned labels that this thread has used.
    static OWNED_LABELS: RefCell<HashTable<Arc<OwnedLabels>>> = const { RefCell::new(HashTable::new()) };
}

/// The owned labels of a call: the copy that the thread keeps already, or a new one. `None` if the
/// call is not recorded, see [`outermost`](locks::outermost).
#[inline]
pub(crate) fn owned(family: &'static Family, parts: &Parts<impl PartList>) -> SharedLabels {
    let hash = family.hash(parts);
    let stride = parts.pending_stride();
    let known = OWNED_LABELS.try_with(|known| {
        let known = known.try_borrow().ok()?;
        let matches = |labels: &Arc<OwnedLabels>| {
            std::ptr::eq(labels.family, family)
                && labels.stride == stride
                && parts.matches(&labels.key.encoded)
        };
        known.find(hash, matches).map(|labels| SharedLabels(Some(Arc::clone(labels))))
    });
    let known = known.ok().flatten().or_else(|| remember(hash, family, stride, parts));
    known.unwrap_or(SharedLabels::NONE)
}

/// Copies the labels. The copy must outlive the borrowed labels, so this allocates, once for each
/// thread.
#[cold]
#[inline(never)]
fn remember(
    hash: u64,
    family: &'static Family,
    stride: usize,
    labels: &impl Query,
) -> Option<SharedLabels> {
    let _outermost = locks::outermost()?;
    let mut key = labels.to_key(family.descriptor());
    key.hash = hash;
    let labels = Arc::new(OwnedLabels { family, key, stride, series: SeriesByOutcome::default() });
    // Without thread-local storage, at the end of a thread, every call makes its own copy.
    let _ = OWNED_LABELS.try_with(|known| {
        let Ok(mut known) = known.try_borrow_mut() else { return };
        if known.len() >= LIMIT {
            known.clear();
        }
        known.insert_unique(hash, Arc::clone(&labels), |labels| labels.key.hash);
    });
    Some(SharedLabels(Some(labels)))
}

impl OwnedLabels {
    /// The series of a call with this outcome; `None` if the call is not recorded.
    #[inline]
    pub(crate) fn series(&self, outcome: Outcome) -> Option<Series> {
        let outcome = if self.stride == 0 { Outcome::Ok } else { outcome };
        self.series.of(outcome, || self.completed(outcome, 0, &[]))
    }

    /// The series with some labels replaced: `fixed_index` is added to the combination of fixed
    /// labels, and `open` replaces open labels by position.
    pub(crate) fn completed(
        &self,
        outcome: Outcome,
        fixed_index: usize,
        open: &[(usize, LabelRef<'_>)],
    ) -> Series {
        let combination = self.key.combination + self.stride * outcome.position() + fixed_index;
        self.family.find(&Completed { key: &self.key, combination, open })
    }

    pub(crate) fn family(&self) -> &'static Family {
        self.family
    }
}
