//! The labels of operations that a thread has recorded lately, looked up.

use std::cell::RefCell;

use typed_metrics_core::{FoundLabels, LabelGroup};

use crate::metrics::DbOperation;
use crate::target::{Naming, Target};

type Labels = DbOperation<'static>;

/// The number of operations that a thread remembers, if their slots differ.
const SLOTS: usize = 128;

thread_local! {
    /// Empty until the thread records.
    static RECENT: RefCell<Vec<Option<FoundLabels<Labels>>>> = const { RefCell::new(Vec::new()) };
}

/// Whether these are the labels of an operation that succeeded.
fn is_of(labels: &Labels, target: &Target, naming: &Naming) -> bool {
    is_same(Some(labels.system.name()), Some(target.system.name()))
        && is_same(labels.operation, naming.operation)
        && is_same(labels.collection, naming.collection)
        && is_same(labels.summary, naming.summary)
        && is_same(labels.namespace, target.namespace())
        && is_same(labels.address, target.address())
        && labels.port == target.port
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
    F: FnOnce(&FoundLabels<Labels>),
{
    let mut record = Some(record);
    let slot = slot(target, naming);
    // At the end of a thread, all labels are looked up.
    let _ = RECENT.try_with(|recent| {
        // A measurement that another measurement of this thread causes is looked up.
        let Ok(recent) = recent.try_borrow() else { return };
        let Some(found) = recent.get(slot).and_then(Option::as_ref) else { return };
        if is_of(found.labels(), target, naming)
            && let Some(record) = record.take()
        {
            record(found);
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
    F: FnOnce(&FoundLabels<Labels>),
{
    let Some(labels) = target.kept_labels(*naming) else { return Err(record) };
    let found = labels.find();
    record(&found);
    let _ = RECENT.try_with(|recent| {
        if let Ok(mut recent) = recent.try_borrow_mut() {
            if recent.is_empty() {
                recent.resize(SLOTS, None);
            }
            recent[slot] = Some(found);
        }
    });
    Ok(())
}

/// The slot of an operation: texts of a program have addresses of their own.
#[inline]
fn slot(target: &Target, naming: &Naming) -> usize {
    // 2^64 divided by the golden ratio: the highest bits of a product depend on all bits.
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    let of = |text: Option<&str>| text.map_or(0, |text| (text.as_ptr().addr() ^ text.len()) as u64);
    let naming = [naming.summary, naming.operation, naming.collection].map(of);
    let names = [Some(target.system.name()), target.namespace(), target.address()].map(of);
    let all = naming.into_iter().chain(names).chain([target.port.unwrap_or_default().into()]);
    let sum = all.fold(0_u64, |sum, of| (sum.rotate_left(5) ^ of).wrapping_mul(SPREAD));
    // No truncation: there are few slots.
    #[expect(clippy::cast_possible_truncation)]
    let slot = (sum >> (u64::BITS - SLOTS.trailing_zeros())) as usize;
    slot
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::system::System;

    #[test]
    fn databases_that_differ_in_one_label_have_slots_of_their_own() {
        let naming = Naming { operation: Some("GET"), ..Naming::default() };
        let databases = |vary: fn(&mut Target, u16)| {
            let slots = (0..8).map(|n| {
                let mut target = Target::new(System::REDIS);
                vary(&mut target, n);
                slot(&target, &naming)
            });
            slots.collect::<HashSet<_>>().len()
        };
        let namespaces = databases(|target, n| target.set_namespace(format!("slot {n}").into()));
        let addresses = databases(|target, n| target.set_address(format!("slot-{n}").into()));
        let ports = databases(|target, n| target.port = Some(7000 + n));
        // Eight of 128 slots seldom meet; one of them may.
        assert!(namespaces >= 5, "{namespaces}");
        assert!(addresses >= 5, "{addresses}");
        assert!(ports >= 5, "{ports}");
    }
}
