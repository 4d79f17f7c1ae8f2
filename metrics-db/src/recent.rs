//! The labels of operations that a thread has recorded lately, looked up.

use std::cell::RefCell;
use std::sync::Arc;

use typed_metrics_core::{FoundLabels, LabelGroup};

use crate::interned::interned;
use crate::metrics::DbOperation;
use crate::target::{Naming, Target};

/// The number of operations that a thread remembers, if their slots differ.
const SLOTS: usize = 64;

thread_local! {
    /// Empty until the thread records.
    static RECENT: RefCell<Vec<Option<Recent>>> = const { RefCell::new(Vec::new()) };
}

/// An operation that succeeded.
#[derive(Clone)]
struct Recent {
    naming: Naming,
    /// Keeps the texts of the database at their addresses, by which they are compared.
    target: Target,
    found: FoundLabels<DbOperation<'static>>,
}

impl Recent {
    fn is_of(&self, target: &Target, naming: &Naming) -> bool {
        let Naming { operation, collection, summary } = self.naming;
        is_same(Some(self.target.system.name()), Some(target.system.name()))
            && is_same(operation, naming.operation)
            && is_same(collection, naming.collection)
            && is_same(summary, naming.summary)
            && is_same(self.target.namespace.as_deref(), target.namespace.as_deref())
            && is_same(self.target.address.as_deref(), target.address.as_deref())
            && self.target.port == target.port
    }
}

/// Whether two labels are the same. Most of them have the same address.
#[inline]
fn is_same(a: Option<&str>, b: Option<&str>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a.len() == b.len() && (a.as_ptr() == b.as_ptr() || a == b),
        (None, None) => true,
        _ => false,
    }
}

/// Calls `record` with the labels of an operation that succeeded, which are looked up unless the
/// thread has recorded them lately. Returns `record` if its labels cannot be kept.
#[inline]
pub(crate) fn with<F>(target: &Target, naming: &Naming, record: F) -> Result<(), F>
where
    F: FnOnce(&FoundLabels<DbOperation<'static>>),
{
    let mut record = Some(record);
    let slot = slot(target, naming);
    // At the end of a thread, all labels are looked up.
    let _ = RECENT.try_with(|recent| {
        // A measurement that another measurement of this thread causes is looked up.
        let Ok(recent) = recent.try_borrow() else { return };
        let Some(recent) = recent.get(slot).and_then(Option::as_ref) else { return };
        if recent.is_of(target, naming)
            && let Some(record) = record.take()
        {
            record(&recent.found);
        }
    });
    match record {
        Some(record) => look_up(target, naming, slot, record),
        None => Ok(()),
    }
}

#[cold]
#[inline(never)]
fn look_up<F>(target: &Target, naming: &Naming, slot: usize, record: F) -> Result<(), F>
where
    F: FnOnce(&FoundLabels<DbOperation<'static>>),
{
    let Some(labels) = kept_labels(target, *naming) else { return Err(record) };
    let found = labels.find();
    record(&found);
    let _ = RECENT.try_with(|recent| {
        if let Ok(mut recent) = recent.try_borrow_mut() {
            if recent.is_empty() {
                recent.resize(SLOTS, None);
            }
            recent[slot] = Some(Recent { naming: *naming, target: target.clone(), found });
        }
    });
    Ok(())
}

/// The labels with texts that live for ever; `None` if there is no room for another one.
fn kept_labels(target: &Target, naming: Naming) -> Option<DbOperation<'static>> {
    let kept = |text: &Option<Arc<str>>| match text {
        Some(text) => interned(text).map(Some),
        None => Some(None),
    };
    Some(DbOperation {
        operation: naming.operation,
        collection: naming.collection,
        summary: naming.summary,
        namespace: kept(&target.namespace)?,
        address: kept(&target.address)?,
        port: target.port,
        ..DbOperation::of(target.system)
    })
}

/// The slot of an operation: texts of a program have addresses of their own.
#[inline]
fn slot(target: &Target, naming: &Naming) -> usize {
    let of = |text: Option<&str>| text.map_or(0, |text| text.as_ptr().addr() ^ text.len());
    let naming = [naming.summary, naming.operation, naming.collection].map(of);
    let target = [Some(target.system.name()), target.namespace.as_deref()].map(of);
    let sum = naming
        .into_iter()
        .chain(target)
        .fold(0_usize, |sum, of| sum.wrapping_add(of).wrapping_mul(0x9e37_79b1));
    sum >> (usize::BITS - SLOTS.trailing_zeros())
}
