//! The series that several metrics have for the same labels, found by one lookup.

use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashTable;

use super::encoded::Encoded;
use super::family::Family;
use super::key::{Parts, Query, hash};
use super::series::Series;
use crate::labels::part::PartList;

/// The series of all metrics that a thread has recorded with the same labels.
#[derive(Debug)]
pub(crate) struct GroupSeries {
    hash: u64,
    labels: Encoded,
    series: RefCell<Vec<(&'static Family, Series)>>,
}

/// The maximum number of combinations of labels that a thread remembers. At the limit, the thread
/// empties its table.
const LIMIT: usize = 8192;

thread_local! {
    static GROUPS: RefCell<HashTable<Rc<GroupSeries>>> = const { RefCell::new(HashTable::new()) };
}

impl GroupSeries {
    /// The series for these labels.
    #[inline]
    pub(crate) fn of(labels: &Parts<impl PartList>) -> Rc<Self> {
        let hash = hash(labels, 0);
        let known = GROUPS.try_with(|groups| {
            let groups = groups.try_borrow().ok()?;
            groups.find(hash, |group| labels.matches(&group.labels)).map(Rc::clone)
        });
        known.ok().flatten().unwrap_or_else(|| Self::remember(hash, labels))
    }

    #[cold]
    #[inline(never)]
    fn remember(hash: u64, labels: &Parts<impl PartList>) -> Rc<Self> {
        let group = Rc::new(Self { hash, labels: labels.encode(), series: RefCell::default() });
        // Without thread-local storage, at the end of a thread, every lookup makes a new group.
        let _ = GROUPS.try_with(|groups| {
            let Ok(mut groups) = groups.try_borrow_mut() else { return };
            if groups.len() >= LIMIT {
                groups.clear();
            }
            groups.insert_unique(hash, Rc::clone(&group), |group| group.hash);
        });
        group
    }

    /// The series of `family`. `find` looks it up if it is not known.
    #[inline]
    pub(crate) fn series(&self, family: &'static Family, find: impl FnOnce() -> Series) -> Series {
        let known = self.series.try_borrow().ok().and_then(|series| {
            let (_, series) = series.iter().find(|(of, _)| std::ptr::eq(*of, family))?;
            // A recycled series has other labels by now.
            series.is_current().then_some(*series)
        });
        known.unwrap_or_else(|| self.look_up(family, find()))
    }

    #[cold]
    #[inline(never)]
    fn look_up(&self, family: &'static Family, found: Series) -> Series {
        // The overflow series is not kept: there may be room for the series later.
        if !found.is_overflow()
            && let Ok(mut series) = self.series.try_borrow_mut()
        {
            match series.iter_mut().find(|(of, _)| std::ptr::eq(*of, family)) {
                Some((_, series)) => *series = found,
                None => series.push((family, found)),
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{counter, label};
    use super::*;
    use crate::store::block::Owner;
    use crate::store::state::End;

    #[test]
    fn a_series_is_looked_up_once_until_it_is_removed() {
        let (first, second) = (counter(10), counter(10));
        let mut lookups = 0;
        let mut find = |family: &'static Family| {
            GroupSeries::of(&label(1)).series(family, || {
                lookups += 1;
                family.find(&label(1))
            })
        };
        for _ in 0..3 {
            assert!(find(first).is_same(first.find(&label(1))));
            assert!(find(second).is_same(second.find(&label(1))));
        }
        let removed = find(first);
        removed.add(1_u64);
        first.end_life(removed.block, removed.life(), End::Removal);
        assert!(find(first).is_current() && find(first).is_current());
        assert_eq!(lookups, 3);
    }

    #[test]
    fn the_overflow_series_is_not_kept() {
        let family = counter(1);
        let only = family.find(&label(1));
        only.add(1_u64);
        let group = GroupSeries::of(&label(2));
        assert!(group.series(family, || family.find(&label(2))).is_overflow());
        family.end_life(only.block, only.life(), End::Removal);
        assert!(!group.series(family, || family.find(&label(2))).is_overflow());
    }

    #[test]
    fn a_thread_remembers_a_limited_number_of_groups() {
        let beyond = if cfg!(miri) { 10 } else { 2 * u32::try_from(LIMIT).unwrap() + 10 };
        for id in 0..beyond {
            GroupSeries::of(&label(id));
        }
        let kept = GROUPS.with_borrow(HashTable::len);
        assert!(kept <= LIMIT && kept > 0, "{kept}");
    }
}
