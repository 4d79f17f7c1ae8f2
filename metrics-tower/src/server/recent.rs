//! The labels that a thread has recorded lately, looked up.

use std::cell::RefCell;

use typed_metrics_core::{FoundLabels, LabelGroup};

use super::metrics::HttpServerRequest;

type Labels = HttpServerRequest<'static>;

/// The number of labels that a thread remembers, if their slots differ.
const SLOTS: usize = 128;

thread_local! {
    /// Empty until the thread records.
    static RECENT: RefCell<Vec<Option<FoundLabels<Labels>>>> = const { RefCell::new(Vec::new()) };
}

/// Calls `record` with the labels, which are looked up unless the thread has recorded them lately.
#[inline]
pub(super) fn with(labels: Labels, record: impl FnOnce(&FoundLabels<Labels>)) {
    let mut record = Some(record);
    let slot = slot(&labels);
    let is_recorded = RECENT.try_with(|recent| {
        // A measurement that another measurement of this thread causes is looked up.
        let Ok(recent) = recent.try_borrow() else { return false };
        let found = recent.get(slot).and_then(Option::as_ref);
        let Some(found) = found.filter(|found| *found.labels() == labels) else { return false };
        if let Some(record) = record.take() {
            record(found);
        }
        true
    });
    if let Some(record) = record.take_if(|_| is_recorded != Ok(true)) {
        look_up(labels, slot, record);
    }
}

#[cold]
#[inline(never)]
fn look_up(labels: Labels, slot: usize, record: impl FnOnce(&FoundLabels<Labels>)) {
    let found = labels.find();
    record(&found);
    // At the end of a thread, all labels are looked up.
    let _ = RECENT.try_with(|recent| {
        if let Ok(mut recent) = recent.try_borrow_mut() {
            if recent.is_empty() {
                recent.resize(SLOTS, None);
            }
            recent[slot] = Some(found);
        }
    });
}

/// The slot of labels: routes of a program have addresses of their own.
#[inline]
fn slot(labels: &Labels) -> usize {
    let route = labels.route.map_or(0, |route| route.as_ptr().addr() >> 3);
    let status = usize::from(labels.status.unwrap_or_default());
    (route ^ status.wrapping_mul(5) ^ (labels.method as usize).wrapping_mul(31)) % SLOTS
}
